import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { finds, readQuery, readSeries, type Selector, type Series } from './support/promql.ts';
import { promtool, promtoolSuite } from './support/promtool.ts';

/** What the dashboard, the alerts and the documents speak of is what the server exports. */

/** By Prometheus itself, and by the primary of several workers (test/workers/workers.test.ts). */
const ELSEWHERE = ['up', 'workers_ready', 'workers_replaced_total'];
const LABELS_OF_PROMETHEUS = ['job', 'instance'];

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  fieldConfig?: { defaults: { unit: string } };
  targets?: { expr: string; datasource: { uid: string } }[];
}
interface Rule {
  record?: string;
  expr: string;
}

const dashboard: { panels: Panel[] } & Record<string, unknown> = JSON.parse(
  readFileSync('deploy/grafana/dashboards/premium-todo.json', 'utf8'),
);
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const rules = (parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8')).groups as { rules: Rule[] }[]).flatMap(
  (group) => group.rules,
);
const recorded = rules.flatMap(({ record }) => record ?? []);
const queries = [
  ...rules.map(({ expr }) => expr),
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m'))),
];

let app: TestApp;
let exposition: string;
let series: Series[];

beforeAll(async () => {
  // Nobody answers there, which is a state of the shared store too.
  app = await startTestApp({ environment: { REDIS_URL: 'redis://127.0.0.1:1' } });
  const user = newUser();
  for (let times = 0; times < 3; times++) await app.graphql(user, 'query List { tasks { nodes { id } } }');
  await app.graphql(user, 'mutation Forgotten { createTask(input: { title: "" }) { task { id } } }');
  await app.rest(user, 'GET', '/api/tasks');
  await app.rest(user, 'GET', '/api/tasks/none');
  await app.rest(undefined, 'GET', '/health/ready');
  exposition = await (await fetch(`${app.url}/metrics`)).text();
  series = readSeries(exposition);
});
afterAll(() => app.close());

describe('each query of the alerts and of the dashboard', () => {
  it.each(queries)('finds what the server exports: %s', (query) => {
    const { selectors, grouping } = readQuery(query);
    expect(selectors).not.toEqual([]);
    const own = selectors.filter(({ metric }) => !ELSEWHERE.includes(metric) && !recorded.includes(metric));
    const lost = own.filter((selector) => !series.some((one) => finds(selector, one)));
    expect(lost).toEqual([]);
    const known = new Set([...LABELS_OF_PROMETHEUS, ...own.flatMap(labelsOf)]);
    expect(grouping.filter((label) => !known.has(label))).toEqual([]);
  });
});

function labelsOf({ metric }: Selector): string[] {
  return series.filter((one) => one.metric === metric).flatMap(({ labels }) => Object.keys(labels));
}

describe('the dashboard', () => {
  it('numbers its panels without repeating one', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))(
    'says what the panel "%s" shows, and from where',
    (_title, panel) => {
      expect(panel.title).not.toBe('');
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      const sources = [panel.datasource, ...(panel.targets ?? []).map(({ datasource }) => datasource)];
      expect(new Set(sources.map((source) => source?.uid))).toEqual(new Set([`\${datasource}`]));
    },
  );

  it('is found where Grafana is told to look for it', () => {
    const { providers } = parse(readFileSync('deploy/grafana/provisioning/dashboards/premium-todo.yml', 'utf8'));
    const { datasources } = parse(readFileSync('deploy/grafana/provisioning/datasources/prometheus.yml', 'utf8'));
    expect(providers[0].options.path).toBe('/var/lib/grafana/dashboards');
    expect(datasources[0]).toMatchObject({ type: 'prometheus', isDefault: true });
  });
});

describe('docs/monitoring.md', () => {
  it('lists every metric of the server with its kind and its labels', () => {
    const table = readFileSync('docs/monitoring.md', 'utf8');
    const types = [...exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
      name,
      type,
    }));
    const own = types.filter(({ name }) => !/^(process|nodejs)_/.test(name) || name === 'nodejs_heap_size_limit_bytes');
    const rows = own.map(({ name, type }) => `| \`${name}\` | ${type} | ${labelNames(name).join(', ')} |`);
    expect(rows.filter((row) => !table.includes(row))).toEqual([]);
    const documented = [...table.matchAll(/^\| `([a-z_]+)` \| (?:counter|gauge|histogram) \|/gm)].map(
      ([, name]) => name,
    );
    const exported = new Set([...types.map(({ name }) => name), ...ELSEWHERE]);
    expect(documented.filter((name) => !exported.has(name ?? ''))).toEqual([]);
  });
});

function labelNames(metric: string): string[] {
  const [one] = series.filter(
    (other) => other.metric.replace(/_(bucket|sum|count)$/, '') === metric || other.metric === metric,
  );
  return Object.keys(one?.labels ?? {}).filter((label) => label !== 'le');
}

promtoolSuite('promtool', () => {
  it('finds the metrics well-formed and named as is usual', () => {
    const own = ofOurs(exposition);
    expect(promtool(['check', 'metrics'], own)).toEqual({ isGood: true, output: '' });
  });

  it('finds fault with a metric that is not', () => {
    expect(promtool(['check', 'metrics'], '# TYPE some_counter counter\nsome_counter 1\n').isGood).toBe(false);
  });
});

/** Without what prom-client names by itself. */
function ofOurs(text: string): string {
  const lines = text.split('\n').filter((line) => !/^(# (HELP|TYPE) )?(nodejs|process)_(?!heap_size_limit)/.test(line));
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
