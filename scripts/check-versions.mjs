/** Checks that package.json and the lock file name exact versions only, the same ones, and no place to download from. */
import { readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const { dependencies, devDependencies, overrides } = read('package.json');
const locked = read('package-lock.json').packages;
const wanted = Object.entries({ ...overrides, ...dependencies, ...devDependencies });
const isExact = (version) => /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version ?? '');

const faults = [
  ...wanted.filter(([, version]) => !isExact(version)).map(([name, version]) => `${name} ${version} is not exact`),
  ...wanted
    .filter(([name, version]) => locked[`node_modules/${name}`]?.version !== version)
    .map(([name, version]) => `${name} ${version} is not what package-lock.json has: npm install`),
  ...Object.entries(locked)
    .filter(([path, { version, integrity }]) => path !== '' && !(isExact(version) && integrity))
    .map(([path]) => `${path} is locked without an exact version or its checksum`),
  ...Object.entries(locked)
    .filter(([, { resolved }]) => resolved !== undefined)
    .map(([path]) => `${path} is locked with an address to download from, which other machines may not reach`),
];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
