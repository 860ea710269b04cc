import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { WebSocket } from 'ws';
import type { SubscribeOrder, Transport } from './orders.ts';

/** Hears of everything that arrives, as text, which may hold several events. */
export type Hear = (text: string) => void;
type Open = (port: number, token: string, hear: Hear) => Promise<{ close(): void }>;

/** How many are opened at the same time. */
const BATCH = 50;
const QUERY =
  'subscription { taskChanged { type task { id title description completed createdAt updatedAt version } deletedTaskId syncToken } }';
const SUBSCRIBE = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } });

const OPEN: Record<Transport, Open> = {
  WebSocket: async (port, token, hear) => {
    const options = { perMessageDeflate: false };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', options);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } }));
    await once(socket, 'message');
    socket.on('message', (data: Buffer) => hear(data.toString()));
    socket.send(SUBSCRIBE);
    return { close: () => socket.terminate() };
  },
  'GraphQL SSE': async (port, token, hear) => {
    const headers = { ...eventStreamHeaders(token), 'content-type': 'application/json' };
    const outgoing = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', agent: false, headers });
    outgoing.end(JSON.stringify({ query: QUERY }));
    return listenTo(outgoing, hear);
  },
  'REST SSE': async (port, token, hear) => {
    const headers = eventStreamHeaders(token);
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/tasks/events', agent: false, headers });
    outgoing.end();
    return listenTo(outgoing, hear);
  },
};

/** Opens all, some at a time. They are told of changes once the server counts them. */
export async function openSubscriptions(
  { port, transport, tokens }: SubscribeOrder,
  hear: Hear,
): Promise<{ close(): void }[]> {
  const opened: { close(): void }[] = [];
  while (opened.length < tokens.length) {
    const batch = tokens.slice(opened.length, opened.length + BATCH);
    opened.push(...(await Promise.all(batch.map((token) => OPEN[transport](port, token, hear)))));
  }
  return opened;
}

function eventStreamHeaders(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
}

async function listenTo(outgoing: ClientRequest, hear: Hear): Promise<{ close(): void }> {
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`a subscription was answered with ${response.statusCode}`);
  // What is cut off at the end is no fault.
  response.on('error', () => {});
  outgoing.on('error', () => {});
  response.setEncoding('utf8').on('data', hear);
  return { close: () => outgoing.destroy() };
}
