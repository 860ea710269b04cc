import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const DOCUMENT = 'docs/threat-model.md';
const LATER = '*later*';

interface Threat {
  name: string;
  defence: string;
  proof: string;
}

interface NamedTest {
  file: string;
  title: string;
}

/** The rows of all tables of threats; other tables have other columns. */
function threatsOf(text: string): Threat[] {
  const threats: Threat[] = [];
  let isThreats = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) isThreats = false;
    else if (line.startsWith('| threat |')) isThreats = true;
    else if (isThreats && !line.startsWith('|---')) {
      const [name = '', defence = '', proof = '', ...others] = line.split('|').slice(1, -1);
      if (others.length > 0) throw new Error(`a row with too many cells: ${name}`);
      threats.push({ name: name.trim(), defence: defence.trim(), proof: proof.trim() });
    }
  }
  return threats;
}

const LINK_OR_TITLE = /\]\(([^)]+)\)|"((?:\\"|[^"])+)"/g;

/** Each title in quotes belongs to the link before it. */
function testsOf({ proof }: Threat): NamedTest[] {
  const tests: NamedTest[] = [];
  let file = '';
  for (const [, link, title] of proof.matchAll(LINK_OR_TITLE)) {
    if (link !== undefined) file = join(dirname(DOCUMENT), link);
    else tests.push({ file, title: String(title).replaceAll(/\\(["_])/g, '$1') });
  }
  return tests;
}

/** Titles stand in the sources whole, as texts of their own; those of many cases with their placeholders. */
function isThere({ file, title }: NamedTest): boolean {
  const source = existsSync(file) && file.startsWith('test/') ? readFileSync(file, 'utf8') : '';
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
}

const threats = threatsOf(readFileSync(DOCUMENT, 'utf8'));

describe('the threat model', () => {
  it('has a table for every class of attack', () => {
    expect(threats.length).toBeGreaterThan(100);
  });

  it.each(threats.map((threat) => [threat.name, threat] as const))('says what is done about: %s', (_name, threat) => {
    const tests = testsOf(threat);
    if (threat.proof.includes(LATER)) return expect(tests).toEqual([]);
    expect(threat.defence).toMatch(/\]\(\.\.\/[^)]+\)/);
    expect(tests).not.toEqual([]);
    expect(tests.filter((named) => !isThere(named))).toEqual([]);
  });
});
