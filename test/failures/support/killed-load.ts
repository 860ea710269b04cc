import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { tokenOf } from '../../workers/support/server.ts';

/** milliseconds between two tries of a client that got no answer */
const PAUSE = 25;

/** What a client keeps until it knows that it was done: it sends the same again as often as it takes. */
interface Write {
  readonly title: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Clients that write one thing after the other, each with what makes a retry harmless. */
export interface Load {
  /** titles of the tasks whose creation was acknowledged, each with the id that was answered */
  readonly created: ReadonlyMap<string, string>;
  /** toggles that were acknowledged */
  toggles(): number;
  /** Resolves when so many more writes are acknowledged than now. */
  progress(writes: number): Promise<void>;
  /** Resolves when all clients have an answer to their last write. @throws Error when an answer was neither good nor a 503 */
  stop(): Promise<void>;
}

export function startLoad(url: string, user: string, toggled: string, clients: number): Load {
  const created = new Map<string, string>();
  let toggles = 0;
  let isOver = false;
  let waiting: { left: number; resolve: () => void } | undefined;

  /** By an idempotency key, by an id of its own, by GraphQL, and a toggle, which done twice would be undone. */
  function newWrite(client: number, count: number): Write {
    const title = `write ${client}-${count}`;
    const input = { id: randomUUID(), title };
    const keyed = { 'idempotency-key': randomUUID() };
    const kinds: Write[] = [
      { title, method: 'POST', path: '/api/tasks', headers: keyed, body: { title } },
      { title, method: 'POST', path: '/api/tasks', headers: {}, body: input },
      {
        ...{ title, method: 'POST', path: '/graphql', headers: {} },
        body: {
          query: 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }',
          variables: { input },
        },
      },
      { title: '', method: 'PATCH', path: `/api/tasks/${toggled}/toggle`, headers: keyed, body: undefined },
    ];
    return kinds[count % kinds.length]!;
  }

  async function send({ method, path, headers, body }: Write): Promise<string | undefined> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${await tokenOf(user)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response === undefined || text === undefined || response.status === 503) return undefined;
    const answer = JSON.parse(text);
    const id: unknown = answer.id ?? answer.data?.createTask.task.id;
    if (typeof id !== 'string') throw new Error(`answered ${response.status}: ${text}`);
    return id;
  }

  async function acknowledged(write: Write): Promise<string> {
    for (;;) {
      const id = await send(write);
      if (id !== undefined) return id;
      await delay(PAUSE);
    }
  }

  async function work(client: number): Promise<void> {
    for (let count = 0; !isOver; count++) {
      const write = newWrite(client, count);
      const id = await acknowledged(write);
      if (write.title === '') toggles += 1;
      else created.set(write.title, id);
      if (waiting && --waiting.left <= 0) waiting.resolve();
    }
  }

  const running = Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  running.catch(() => {});
  return {
    created,
    toggles: () => toggles,
    async progress(writes) {
      await Promise.race([new Promise<void>((resolve) => (waiting = { left: writes, resolve })), running]);
    },
    async stop() {
      isOver = true;
      await running;
    },
  };
}
