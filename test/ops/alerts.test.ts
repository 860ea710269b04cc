import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { promtool, promtoolSuite } from './support/promtool.ts';

const RULES = 'deploy/prometheus/alerts.yml';
const TESTS = 'deploy/prometheus/alerts.test.yml';

interface Rule {
  alert?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}
interface RuleTest {
  alert_rule_test: { alertname: string; exp_alerts?: unknown[] }[];
}

const groups: { rules: Rule[] }[] = parse(readFileSync(RULES, 'utf8')).groups;
const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
const cases = (parse(readFileSync(TESTS, 'utf8')).tests as RuleTest[]).flatMap((test) => test.alert_rule_test);

promtoolSuite('promtool', () => {
  it.each([
    ['loads the rules', ['check', 'rules', RULES]],
    ['loads the configuration of Prometheus', ['check', 'config', 'deploy/prometheus/prometheus.yml']],
    ['sees each alert fire on what it is for and stay silent otherwise', ['test', 'rules', TESTS]],
  ])('%s', (_title, args) => {
    expect(promtool(args)).toMatchObject({ isGood: true, output: expect.stringContaining('SUCCESS') });
  });

  it('finds fault with a rule that is none', () => {
    expect(promtool(['check', 'rules', TESTS]).isGood).toBe(false);
  });
});

describe.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('the alert %s', (name, rule) => {
  const own = cases.filter(({ alertname }) => alertname === name);

  it('has a test in which it fires, and one in which it stays silent', () => {
    expect(own.some(({ exp_alerts }) => exp_alerts?.length)).toBe(true);
    expect(own.some(({ exp_alerts }) => exp_alerts === undefined)).toBe(true);
  });

  it('says how urgent it is, what is the matter, and where to read what to do', () => {
    const { summary, description, runbook_url } = rule.annotations;
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(summary).not.toBe('');
    expect(description).not.toBe('');
    expect(runbook_url).toBe(`docs/monitoring.md#${name.toLowerCase()}`);
    expect(readFileSync('docs/monitoring.md', 'utf8')).toMatch(new RegExp(`^### ${name}$`, 'm'));
  });
});
