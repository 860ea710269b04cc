import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Where bytes go: what clients ask, and what the server answers. */
export type Direction = 'request' | 'answer';
/** What `next` waits for: a client that has come, bytes in either direction before anything is done with them, a cut. */
export type ProxyEvent = 'connection' | Direction | 'cut';

/** Stands between a server and its clients on 127.0.0.1, and has happen to their connections what a network does. */
export interface ChaosProxy {
  /** the same URL by way of the proxy */
  through(url: string): string;
  /** Connections of clients that are open. */
  readonly connections: number;
  /** All is well: whatever was done before ends, and what was held meanwhile arrives. */
  pass(): Promise<void>;
  /** New connections are refused, as nobody listens; open ones stay. */
  refuse(): Promise<void>;
  /** New connections are accepted, and no byte passes, on open ones neither. */
  blackHole(): void;
  /** No byte passes in one direction any more. */
  freeze(direction: Direction): void;
  /** Bytes pass, but clients do not hear yet that the server has ended their connection. */
  holdEnds(): void;
  /** Every piece of data takes so many milliseconds longer. */
  slow(milliseconds: number): void;
  /** Ends all connections now, by RST or by FIN. */
  cut(how?: 'reset' | 'end'): void;
  /**
   * Cuts once, as soon as a client sends bytes with this text: before they reach the server, or when the server has
   * done what they ask for and its answer gets lost. A `COMMIT` of MikroORM is the text `commit`.
   */
  cutOn(text: string, moment: 'unsent' | 'unanswered'): void;
  /** Cuts once, when so many bytes of answers have passed. */
  cutAfter(bytes: number): void;
  /** Resolves at the next event of this kind. */
  next(event: ProxyEvent): Promise<void>;
  /** refuses and cuts for good */
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** What is under way in each direction: bytes and ends keep their order through all delays. */
  readonly tails: Record<Direction, Promise<unknown>>;
  losesAnswer: boolean;
}

export async function startChaosProxy(target: string): Promise<ChaosProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const events = new EventEmitter().setMaxListeners(0);
  const links = new Set<Link>();
  const gates: Partial<Record<Direction, PromiseWithResolvers<void>>> = {};
  let ends: PromiseWithResolvers<void> | undefined;
  let latency = 0;
  let trigger: { text: string; moment: 'unsent' | 'unanswered' } | undefined;
  let answerBytesLeft = Number.POSITIVE_INFINITY;

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: Number(targetPort), host: hostname, allowHalfOpen: true });
    const link: Link = {
      client,
      server,
      tails: { request: Promise.resolve(), answer: Promise.resolve() },
      losesAnswer: false,
    };
    links.add(link);
    carry(link, 'request');
    carry(link, 'answer');
    client.once('close', () => links.delete(link));
    events.emit('connection');
  });

  function carry(link: Link, direction: Direction): void {
    const [from, to] = direction === 'request' ? [link.client, link.server] : [link.server, link.client];
    const then = (step: () => void) => {
      link.tails[direction] = link.tails[direction].then(async () => {
        if (latency > 0) await delay(latency);
        await gates[direction]?.promise;
        step();
      });
    };
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      events.emit(direction);
      then(() => (direction === 'request' ? passRequest(link, bytes) : passAnswer(link, bytes)));
    });
    const end = () => then(() => (ends ? void ends.promise.then(() => to.end()) : void to.end()));
    from.on('end', end);
    from.on('error', () => then(() => to.destroy()));
    from.on('close', end);
  }

  function passRequest(link: Link, bytes: Buffer): void {
    const moment = trigger && bytes.includes(trigger.text) ? trigger.moment : undefined;
    if (moment !== undefined) trigger = undefined;
    if (moment === 'unanswered') link.losesAnswer = true;
    if (moment === 'unsent') cutLink(link);
    else link.server.write(bytes);
  }

  function passAnswer(link: Link, bytes: Buffer): void {
    if (link.losesAnswer) {
      cutLink(link);
      return;
    }
    const passing = bytes.subarray(0, answerBytesLeft);
    answerBytesLeft -= passing.length;
    link.client.write(passing);
    if (answerBytesLeft > 0) return;
    answerBytesLeft = Number.POSITIVE_INFINITY;
    cutLink(link, 'end');
  }

  function cutLink({ client, server }: Link, how: 'reset' | 'end' = 'reset'): void {
    if (how === 'reset') client.resetAndDestroy();
    else client.destroySoon();
    server.destroy();
    events.emit('cut');
  }

  function freeze(direction: Direction): void {
    gates[direction] ??= Promise.withResolvers();
  }

  async function listen(port: number): Promise<void> {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  }

  function refuse(): Promise<void> {
    // Node's own close waits for open connections; that nobody listens any more holds at once.
    if (listener.listening) listener.close();
    return Promise.resolve();
  }

  await listen(0);
  const { port } = listener.address() as AddressInfo;
  const cut = (how: 'reset' | 'end' = 'reset') => {
    for (const link of [...links]) cutLink(link, how);
  };

  return {
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String(port);
      return changed.href;
    },
    get connections() {
      return links.size;
    },
    async pass() {
      latency = 0;
      trigger = undefined;
      answerBytesLeft = Number.POSITIVE_INFINITY;
      ends?.resolve();
      ends = undefined;
      for (const direction of ['request', 'answer'] as const) {
        gates[direction]?.resolve();
        delete gates[direction];
      }
      if (!listener.listening) await listen(port);
    },
    refuse,
    blackHole() {
      freeze('request');
      freeze('answer');
    },
    freeze,
    holdEnds() {
      ends ??= Promise.withResolvers();
    },
    slow(milliseconds) {
      latency = milliseconds;
    },
    cut,
    cutOn(text, moment) {
      trigger = { text, moment };
    },
    cutAfter(bytes) {
      answerBytesLeft = bytes;
    },
    async next(event) {
      await once(events, event);
    },
    async close() {
      await refuse();
      cut();
      for (const gate of Object.values(gates)) gate?.resolve();
    },
  };
}
