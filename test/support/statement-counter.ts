import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

const LENGTH_BYTES = 4;
const TERMINATE = 'X';
/** A simple query, and the end of an extended one. */
const AWAITED = ['Q', 'S'];

/** Stands before PostgreSQL and counts what clients ask of it. It understands the protocol as far as its messages' bounds. */
export interface StatementCounter {
  /** the same URL by way of the counter; without TLS */
  through(url: string): string;
  /** connections that were opened so far */
  readonly connections: number;
  /** messages of clients so far, but for those that say goodbye */
  readonly messages: number;
  /** messages that PostgreSQL answers before anything else is sent, which are as many as statements */
  readonly roundTrips: number;
  close(): Promise<void>;
}

export async function countStatements(target: string): Promise<StatementCounter> {
  const { hostname, port: targetPort } = new URL(target);
  let connections = 0;
  let messages = 0;
  let roundTrips = 0;

  const listener = createServer((client) => {
    connections += 1;
    const server = connect(Number(targetPort), hostname);
    const count = messageCounter((type) => {
      if (type !== TERMINATE) messages += 1;
      if (AWAITED.includes(type)) roundTrips += 1;
    });
    client.on('data', count);
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    through(url) {
      const changed = new URL(url);
      changed.hostname = '127.0.0.1';
      changed.port = String((listener.address() as AddressInfo).port);
      return changed.href;
    },
    get connections() {
      return connections;
    },
    get messages() {
      return messages;
    },
    get roundTrips() {
      return roundTrips;
    },
    async close() {
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** Each message is a type, a length that counts itself, and its content; only the first one of a connection has no type. */
function messageCounter(onMessage: (type: string) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let typeBytes = 0;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= typeBytes + LENGTH_BYTES) {
      const size = typeBytes + rest.readUInt32BE(typeBytes);
      if (rest.length < size) return;
      onMessage(rest.toString('latin1', 0, typeBytes));
      rest = rest.subarray(size);
      typeBytes = 1;
    }
  };
}
