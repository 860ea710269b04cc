import { Agent, request } from 'node:http';
import type { HttpCall } from './protocol.ts';

/** A client of one contender, with its own kept-alive connections. */
export interface HttpClient {
  send(call: HttpCall, token: string): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Connections live as long as the client, so make one per measurement: servers close idle connections. */
export function createHttpClient(port: number, connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  return {
    send: (call, token) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            method: call.method,
            path: call.path,
            headers: headersOf(call, token),
            timeout: 30_000,
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body: textOf(chunks) }));
            response.on('error', reject);
          },
        );
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 30 s')));
        outgoing.on('error', reject);
        outgoing.end(call.body);
      }),
    close: () => agent.destroy(),
  };
}

function headersOf(call: HttpCall, token: string): Record<string, string | number> {
  const headers: Record<string, string | number> = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (call.body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(call.body);
  }
  return headers;
}

function textOf(chunks: Buffer[]): string {
  const [first] = chunks;
  return first && chunks.length === 1 ? first.toString() : Buffer.concat(chunks).toString();
}
