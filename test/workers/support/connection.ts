import { Agent, request } from 'node:http';
import { tokenOf } from './server.ts';

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** One kept connection, which one worker has accepted and answers as long as both live. */
export interface Connection {
  rest(user: string, method: string, path: string, body?: unknown): Promise<Answer>;
  close(): void;
}

let requests = 0;

/** An address that no other request came from, so that refused tokens do not add up. */
function newAddress(): string {
  requests += 1;
  return `10.1.${requests >> 8}.${requests & 255}`;
}

export function connectTo(url: string): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (token: string, method: string, path: string, body: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-forwarded-for': newAddress(),
      };
      const outgoing = request(`${url}${path}`, { agent, method, headers }, async (response) => {
        try {
          const text = (await response.toArray()).join('');
          resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
        } catch (error) {
          reject(error as Error);
        }
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    rest: async (user, method, path, body) => send(await tokenOf(user), method, path, body),
    close: () => agent.destroy(),
  };
}
