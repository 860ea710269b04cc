import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestApp } from '../../support/app.ts';

export interface Message {
  type: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every shape
  payload?: any;
}

/** One WebSocket of which nothing is done by itself: for what no client library would send. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** text as it is, anything else as JSON */
  send(message: unknown): void;
  /** all that came so far */
  readonly messages: readonly Message[];
  /** resolves with the next message that was not taken yet */
  next(): Promise<Message>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface RawSocketOptions extends ClientOptions {
  path?: string;
  protocols?: string[];
}

export async function openSocket(app: Pick<TestApp, 'url'>, options: RawSocketOptions = {}): Promise<RawSocket> {
  const { path = '/graphql', protocols = ['graphql-transport-ws'], ...others } = options;
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, protocols, others);
  const messages: Message[] = [];
  let taken = 0;
  let arrived = Promise.withResolvers<void>();
  const end = Promise.withResolvers<{ code: number; reason: string }>();
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(String(data)) as Message);
    arrived.resolve();
    arrived = Promise.withResolvers();
  });
  socket.on('close', (code, reason: Buffer) => end.resolve({ code, reason: String(reason) }));
  await once(socket, 'open');
  // What is written to a server that has closed meanwhile is told by the close.
  socket.on('error', () => {});
  return {
    socket,
    messages,
    closed: end.promise,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      while (taken >= messages.length) {
        const closed = await Promise.race([arrived.promise, end.promise]);
        if (closed && taken >= messages.length) throw new Error(`it was closed: ${JSON.stringify(closed)}`);
      }
      taken += 1;
      return messages[taken - 1]!;
    },
  };
}

export const initOf = (token: string): Message => ({
  type: 'connection_init',
  payload: { Authorization: `Bearer ${token}` },
});

/** One that the server has acknowledged. */
export async function connected(
  app: Pick<TestApp, 'url' | 'token'>,
  user: string,
  { token, ...options }: RawSocketOptions & { token?: string } = {},
): Promise<RawSocket> {
  const socket = await openSocket(app, options);
  socket.send(initOf(token ?? (await app.token(user))));
  const { type } = await socket.next();
  if (type !== 'connection_ack') throw new Error(`${type} instead of an acknowledgement`);
  return socket;
}

export const subscribeMessage = (
  id: string,
  query = 'subscription { taskChanged { type syncToken } }',
  variables = {},
) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});

/** The status of the answer to a handshake that is refused, and its body. */
export async function refusedHandshake(
  app: Pick<TestApp, 'url'>,
  options: RawSocketOptions,
): Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }> {
  const { path = '/graphql', protocols = ['graphql-transport-ws'], ...others } = options;
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}${path}`, protocols, others);
  socket.on('error', () => {});
  const answer = await Promise.race([
    once(socket, 'unexpected-response'),
    once(socket, 'open').then(() => Promise.reject(new Error('it was accepted'))),
  ]);
  const [, response] = answer as [unknown, import('node:http').IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}
