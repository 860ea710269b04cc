import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A load balancer on 127.0.0.1: it takes turns, keeps connections, looks at readiness, and never sends a request twice. */
export interface RoundRobinProxy {
  readonly url: string;
  /** Sends requests there from its first look on that finds it ready. */
  add(backend: string): void;
  /** Stops looking at it. */
  remove(backend: string): void;
  /** Resolves when a look has found this one ready. */
  ready(backend: string): Promise<void>;
  close(): Promise<void>;
}

interface Backend {
  readonly url: string;
  readonly agent: Agent;
  isReady: boolean;
  readonly becameReady: PromiseWithResolvers<void>;
}

/** `interval`: milliseconds between two looks at readiness */
export async function startRoundRobinProxy(interval: number): Promise<RoundRobinProxy> {
  const backends = new Map<string, Backend>();
  let turns = 0;

  const server = createServer((incoming, answer) => {
    const ready = [...backends.values()].filter(({ isReady }) => isReady);
    const backend = ready[turns++ % ready.length];
    if (backend) forward(backend, incoming, answer);
    else answer.writeHead(503).end('nobody is ready');
  });

  async function look(backend: Backend): Promise<void> {
    backend.isReady = await fetch(`${backend.url}/health/ready`, { headers: { connection: 'close' } }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (backend.isReady) backend.becameReady.resolve();
  }

  const timer = setInterval(() => {
    for (const backend of backends.values()) void look(backend);
  }, interval);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(url) {
      const agent = new Agent({ keepAlive: true });
      backends.set(url, { url, agent, isReady: false, becameReady: Promise.withResolvers() });
    },
    remove(url) {
      backends.get(url)?.agent.destroy();
      backends.delete(url);
    },
    async ready(url) {
      await backends.get(url)?.becameReady.promise;
    },
    async close() {
      clearInterval(timer);
      for (const { agent } of backends.values()) agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function forward({ url, agent }: Backend, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = incoming;
  const { connection: _hopByHop, ...passedOn } = headers;
  const outgoing = request(`${url}${incoming.url}`, { method, headers: passedOn, agent }, (response) => {
    const { connection: _ofBackend, ...answered } = response.headers;
    answer.writeHead(response.statusCode ?? 502, answered);
    response.pipe(answer);
  });
  outgoing.on('error', (error) => {
    if (!answer.headersSent) answer.writeHead(502);
    answer.end(error.message);
  });
  incoming.pipe(outgoing);
}
