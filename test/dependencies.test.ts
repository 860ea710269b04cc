import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface LockedPackage {
  hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(path, 'utf8');
const readJson = (path: string) => JSON.parse(read(path));

describe('each package', () => {
  it('is locked to one version, with its checksum and without a place to download from', () => {
    expect(() => execFileSync(process.execPath, ['scripts/check-versions.mjs'], { encoding: 'utf8' })).not.toThrow();
  });

  it('runs no script at its installation that nobody has decided on', () => {
    const locked: [string, LockedPackage][] = Object.entries(readJson('package-lock.json').packages);
    const withScripts = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect([...new Set(withScripts)].sort()).toEqual(Object.keys(readJson('package.json').allowScripts).sort());
  });
});

describe('the image for production', () => {
  it('takes nothing in but what the build reads', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).sort()).toEqual([
      ...['!.npmrc', '!migrations', '!package-lock.json', '!package.json'],
      ...['!scripts', '!src', '!tsconfig.build.json', '!tsconfig.json'],
    ]);
  });

  it('installs without running scripts, and runs as a user without rights', () => {
    const stages = read('Dockerfile').split(/^FROM /m);
    const [dependencies = '', last = ''] = stages.slice(-2);
    expect(dependencies).toMatch(/^RUN npm ci --omit=dev --omit=optional --ignore-scripts$/m);
    expect(last.match(/^USER .*$/gm)).toEqual(['USER node']);
    expect(last).not.toMatch(/^(ADD|RUN|COPY (?!--from=|package\.json ))/m);
  });
});
