import { parser } from '@prometheus-io/lezer-promql';

type Operator = '=' | '!=' | '=~' | '!~';

interface Matcher {
  readonly label: string;
  readonly operator: Operator;
  readonly value: string;
}

/** The series that a query asks for at one place. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

interface Query {
  readonly selectors: readonly Selector[];
  /** labels that it groups by */
  readonly grouping: readonly string[];
}

/** Reads a query as Prometheus does. @throws Error where it is not one */
export function readQuery(text: string): Query {
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${text}`);
      const source = text.slice(node.from, node.to);
      if (node.name === 'VectorSelector') selectors.push({ metric: '', matchers: [] });
      const selector = selectors.at(-1);
      if (node.name === 'Identifier' && selector) selector.metric = source;
      if (node.name === 'UnquotedLabelMatcher') selector?.matchers.push(matcherOf(source));
      if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels') grouping.push(source);
    },
  });
  return { selectors, grouping };
}

function matcherOf(source: string): Matcher {
  const [, label, operator, value] = /^(\w+)\s*(=~|!~|!=|=)\s*(".*")$/.exec(source) ?? [];
  if (!label || !operator || !value) throw new Error(`not a matcher: ${source}`);
  return { label, operator: operator as Operator, value: JSON.parse(value) as string };
}

/** One exported series. */
export interface Series {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The series of the text format of Prometheus. */
export function readSeries(exposition: string): Series[] {
  const lines = exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, metric = '', labels = ''] = /^([\w:]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (metric === '') throw new Error(`not a sample: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]);
    return { metric, labels: Object.fromEntries(pairs) };
  });
}

/** Labels that Prometheus adds to what it scrapes. */
const ADDED = new Set(['job', 'instance']);

/** Whether the selector finds this series once Prometheus has scraped it. */
export function finds({ metric, matchers }: Selector, series: Series): boolean {
  if (metric !== series.metric) return false;
  return matchers.every(({ label, operator, value }) => {
    if (ADDED.has(label)) return true;
    const given = series.labels[label];
    if (given === undefined) return false;
    const isEqual = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(given) : given === value;
    return operator.startsWith('!') ? !isEqual : isEqual;
  });
}
