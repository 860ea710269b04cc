import { useSyncExternalStore } from 'react';

/** A value outside of React that components follow: what links, queue and feed know as well as the page. */
export class Store<Value> {
  readonly #listeners = new Set<() => void>();
  #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  readonly get = (): Value => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: Value): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}

const resets = new Set<() => void>();

/** A store of what belongs to whoever is signed in: nobody else finds it there. */
export function createUserStore<Value>(value: Value): Store<Value> {
  const store = new Store(value);
  resets.add(() => store.set(value));
  return store;
}

export function resetUserStores(): void {
  for (const reset of resets) reset();
}

export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get);
}
