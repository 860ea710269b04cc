import { createRequire, registerHooks } from 'node:module';

/** Starts the server without a collector and asks it something, then traces with one, and prints what of OpenTelemetry is loaded. */

const imported = new Set<string>();
registerHooks({
  load(url, context, next) {
    imported.add(url);
    return next(url, context);
  },
});

function loaded(): string[] {
  const required = Object.keys(createRequire(import.meta.url).cache);
  const names = [...imported, ...required].map((place) => /node_modules\/@opentelemetry\/([\w-]+)\//.exec(place)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined);
}

const { createApp } = await import('../../../src/app.ts');
const { createTraces } = await import('../../../src/ops/traces.ts');
const { loadConfig } = await import('../../../src/config.ts');

const app = await createApp(loadConfig(process.env));
const answer = await fetch(`${await app.listen()}/api/tasks`);
if (answer.status !== 401) throw new Error(`answered with ${answer.status}`);
await app.close();
const without = loaded();
const withCollector = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
await createTraces(withCollector, app.logger, () => undefined);
console.log(JSON.stringify({ without, withCollector: loaded() }));
process.exit(0);
