import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generatedFiles } from '../scripts/generated-files.ts';
import { loadConfig } from '../src/config.ts';
import { settings } from '../src/settings.ts';
import { startTestApp, type TestApp } from './support/app.ts';

const LONGEST_FILE = 300;
const read = (path: string) => readFileSync(path, 'utf8');

describe('the sources', () => {
  it(`have no file of more than ${LONGEST_FILE} lines`, () => {
    const files = globSync('{src,migrations,scripts,test,bench,docs,examples/web/src}/**/*.{ts,tsx,css,mjs}', {
      exclude: ['test/generated/**', 'examples/web/src/generated/**'],
    });
    expect(files.filter((file) => read(file).split('\n').length > LONGEST_FILE + 1)).toEqual([]);
  });

  it('read the settings in main.ts and the commands only', () => {
    const readers = globSync('src/**/*.ts').filter((file) => /\bloadConfig\(|process\.loadEnvFile/.test(read(file)));
    expect(readers.sort()).toEqual(['src/commands/command-config.ts', 'src/config.ts', 'src/main.ts']);
  });
});

describe('.env.example', () => {
  const lines = read('.env.example').split('\n');

  it('names every setting of the server once, with its meaning above it', () => {
    const named = lines.flatMap((line) => /^# ([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? []);
    expect(named).toEqual(Object.keys(settings.shape));
    for (const setting of Object.values(settings.shape)) expect(lines).toContain(`# ${setting.description}`);
  });

  it('shows the defaults: with all of it in force nothing changes', () => {
    const entries = lines.flatMap((line) => {
      const [, name, value] = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    });
    expect(loadConfig(Object.fromEntries(entries))).toEqual(loadConfig({}));
  });
});

describe('the generated files', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  it('are those that the sources make', async () => {
    for (const [path, content] of await generatedFiles()) expect([path, read(path)]).toEqual([path, content]);
  });

  it('describe the REST API that is served', async () => {
    const { body } = await app.rest(undefined, 'GET', '/api/openapi.json');
    expect(body).toEqual(JSON.parse(read('schema/openapi.json')));
  });
});

describe('the documents', () => {
  it.each(globSync(['*.md', 'docs/**/*.md', 'bench/*.md']))('%s has no dead link', (document) => {
    expect([...linksOf(document)].filter((link) => isDead(document, link))).toEqual([]);
  });
});

function isDead(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), decodeURIComponent(path));
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

/** Links to files of this repository, outside of code. */
function linksOf(document: string): Set<string> {
  const text = read(document).replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '');
  const links = [...text.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)].map(([, link]) => link ?? '');
  return new Set(links.filter((link) => !/^[a-z]+:/i.test(link)));
}

/** What GitHub makes of headings. */
function anchorsOf(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
