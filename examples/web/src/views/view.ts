import { useSyncExternalStore } from 'react';

/** What the page shows. It stands in the address behind `#`, so that it can be kept and the browser can go back. */
export type View =
  | { readonly kind: 'all' | 'today' | 'upcoming' | 'completed' | 'trash' }
  | { readonly kind: 'list' | 'tag'; readonly id: string };

const PLAIN = ['all', 'today', 'upcoming', 'completed', 'trash'] as const;

export function hashOf(view: View): string {
  return 'id' in view ? `#/${view.kind}/${view.id}` : `#/${view.kind}`;
}

export function goTo(view: View): void {
  location.hash = hashOf(view);
}

function viewOf(hash: string): View {
  const [kind, id] = hash.replace(/^#\//, '').split('/');
  if ((kind === 'list' || kind === 'tag') && id) return { kind, id };
  return { kind: PLAIN.find((plain) => plain === kind) ?? 'all' };
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useView(): View {
  return viewOf(useSyncExternalStore(subscribe, () => location.hash));
}
