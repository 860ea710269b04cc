import type { Server } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { CacheCounts } from '../core/cache-counts.ts';

/** What Node.js tells of its process, and how much memory it may take. */
export function watchProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const limit = new Gauge({
    name: 'nodejs_heap_size_limit_bytes',
    help: 'Heap size in bytes at which Node.js gives up.',
    registers: [registry],
  });
  limit.set(getHeapStatistics().heap_size_limit);
}

/** Caches by their names. */
export function watchCaches(registry: Registry, caches: Readonly<Record<string, Readonly<CacheCounts>>>): void {
  new Counter({
    name: 'cache_requests_total',
    help: 'How often a cache had what was asked for, and how often not.',
    labelNames: ['cache', 'result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [cache, { hits, misses }] of Object.entries(caches)) {
        this.inc({ cache, result: 'hit' }, hits);
        this.inc({ cache, result: 'miss' }, misses);
      }
    },
  });
}

/** What the server is busy with right now. */
export function watchLoad(registry: Registry, server: Server, requests: { readonly count: number }): void {
  const registers = [registry];
  new Gauge({
    name: 'http_requests_in_progress',
    help: 'Requests that are being answered.',
    registers,
    collect() {
      this.set(requests.count);
    },
  });
  new Gauge({
    name: 'http_connections',
    help: 'Open connections of clients.',
    registers,
    async collect() {
      this.set(await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count ?? 0))));
    },
  });
}
