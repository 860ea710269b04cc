/** Checks that each package.json and the lock file name exact versions only, the same ones, and no place to download from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const { workspaces } = read('package.json');
const folders = ['', ...workspaces];
const locked = read('package-lock.json').packages;
const wanted = folders.flatMap((folder) => {
  const { dependencies, devDependencies, overrides } = read(join(folder, 'package.json'));
  const versions = Object.entries({ ...overrides, ...dependencies, ...devDependencies });
  return versions.map(([name, version]) => ({ name, version, found: lockedFor(folder, name)?.version }));
});
/** What npm installed from the registry: neither our own folders nor the links to them. */
const downloaded = Object.entries(locked).filter(([path, { link }]) => !folders.includes(path) && !link);

function lockedFor(folder, name) {
  return locked[join(folder, 'node_modules', name)] ?? locked[`node_modules/${name}`];
}

function isExact(version) {
  return /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version ?? '');
}

const faults = [
  ...wanted.filter(({ version }) => !isExact(version)).map(({ name, version }) => `${name} ${version} is not exact`),
  ...wanted
    .filter(({ version, found }) => found !== version)
    .map(({ name, version }) => `${name} ${version} is not what package-lock.json has: npm install`),
  ...downloaded
    .filter(([, { version, integrity }]) => !(isExact(version) && integrity))
    .map(([path]) => `${path} is locked without an exact version or its checksum`),
  ...downloaded
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(([path]) => `${path} is locked with an address to download from, which other machines may not reach`),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
