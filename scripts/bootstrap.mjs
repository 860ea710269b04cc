/**
 * Runs before npm's start, test and dev: installs the dependencies and, with --build, compiles the sources and builds the
 * front end (with --front-end that one alone), each only when its inputs have changed. It is plain JavaScript for any
 * Node since 20, because nothing is installed yet when it runs first. It prints to stderr, so that the output of the script
 * after it stays clean.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintOf, isInstalledByHand, listFiles, readIfThere } from './bootstrap-inputs.mjs';
import { withLock } from './bootstrap-lock.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const inRoot = (...names) => join(root, ...names);

const installStamp = inRoot('node_modules', '.premium-todo-stamp');
const buildStamp = inRoot('dist', '.premium-todo-stamp');
const frontEnd = join('examples', 'web');
const frontEndStamp = inRoot('.cache', 'front-end.stamp');
const pinnedNode = inRoot('node_modules', 'node', 'bin', 'node');

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the bootstrap, and with it the npm command, with a message that says what to do. */
class BootstrapError extends Error {}

function run(program, args, environment) {
  // The child's stdout goes to stderr too.
  return spawnSync(program, args, { cwd: root, env: environment, stdio: ['ignore', 2, 2] });
}

/** Runs the npm that runs this script, or npm itself when there is none. */
function runNpm(args) {
  // It must not run by the pinned Node, which it is about to delete; npm puts that one first in the PATH.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(join('node_modules', '.bin')));
  const environment = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: npmScript = '', npm_node_execpath: npmNode = '' } = process.env;
  if (!/npm-cli\.c?js$/.test(npmScript)) return run('npm', args, environment);
  const isOutside = npmNode !== '' && !npmNode.startsWith(inRoot('node_modules'));
  return run(isOutside ? npmNode : 'node', [npmScript, ...args], environment);
}

function installFingerprint() {
  const manifest = JSON.parse(readIfThere(inRoot('package.json')) || '{}');
  // Scripts and descriptions may change without a new installation; what workspaces need stands in the lock file.
  const { workspaces, dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = manifest;
  return fingerprintOf([
    readIfThere(inRoot('package-lock.json')),
    JSON.stringify({ workspaces, dependencies, devDependencies, optionalDependencies, overrides, allowScripts }),
    readIfThere(inRoot('.npmrc')),
    `${process.platform} ${process.arch}`,
  ]);
}

function buildInputs() {
  return [
    ...['src', 'migrations'].flatMap((directory) => listFiles(root, directory)),
    ...['tsconfig.json', 'tsconfig.build.json', join('scripts', 'build-assets.mjs')],
  ];
}

function buildFingerprint() {
  return fingerprintOf([installFingerprint(), ...buildInputs().flatMap((file) => [file, readIfThere(inRoot(file))])]);
}

function frontEndFingerprint() {
  const files = ['src', 'public'].flatMap((directory) => listFiles(root, join(frontEnd, directory)));
  for (const name of ['index.html', 'vite.config.ts', 'tsconfig.json', 'package.json'])
    files.push(join(frontEnd, name));
  return fingerprintOf([installFingerprint(), ...files.flatMap((file) => [file, readIfThere(inRoot(file))])]);
}

/** An image for production is built without it. */
function isFrontEndReady() {
  if (!existsSync(inRoot(frontEnd, 'index.html'))) return true;
  return existsSync(inRoot(frontEnd, 'dist', 'index.html')) && isUpToDate(frontEndStamp, frontEndFingerprint());
}

function isUpToDate(stamp, fingerprint) {
  return readIfThere(stamp) === fingerprint;
}

function install() {
  const fingerprint = installFingerprint();
  if (isUpToDate(installStamp, fingerprint)) return;
  if (existsSync(pinnedNode) && isInstalledByHand(root, installStamp)) {
    writeFileSync(installStamp, fingerprint);
    return;
  }
  say('Installing the dependencies, this takes a while the first time …');
  // Gone before npm touches anything: whoever looks meanwhile must see that the installation is not complete.
  rmSync(installStamp, { force: true });
  rmSync(inRoot('node_modules', '.package-lock.json'), { force: true });
  const { status, signal, error } = runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) {
    throw new BootstrapError(
      `The dependencies could not be installed: ${error?.message ?? `npm ci ended with ${signal ?? `code ${status}`}`}. ` +
        'Look at the messages above; when it was the network, try the same command again.',
    );
  }
  writeFileSync(installStamp, fingerprint);
}

function build() {
  const fingerprint = buildFingerprint();
  if (isUpToDate(buildStamp, fingerprint)) return;
  say('Building …');
  rmSync(buildStamp, { force: true });
  mkdirSync(inRoot('dist'), { recursive: true });
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
  const steps = [[inRoot('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']];
  if (existsSync(inRoot('scripts', 'build-assets.mjs'))) steps.push([inRoot('scripts', 'build-assets.mjs')]);
  for (const step of steps) {
    if (run(node, step).status !== 0) throw new BootstrapError('The build failed, look at the messages above.');
  }
  removeOutputsWithoutSource();
  writeFileSync(buildStamp, fingerprint);
}

function buildFrontEnd() {
  if (isFrontEndReady()) return;
  say('Building the front end …');
  rmSync(frontEndStamp, { force: true });
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  if (run(node, [vite, 'build', '--logLevel', 'warn', frontEnd]).status !== 0) {
    throw new BootstrapError('The front end could not be built, look at the messages above.');
  }
  writeFileSync(frontEndStamp, frontEndFingerprint());
}

/** The compiler leaves what it once made; an old migration would still be found and run. */
function removeOutputsWithoutSource() {
  const outputs = new Set(buildInputs().map((file) => file.replace(/\.ts$/, '')));
  for (const directory of ['src', 'migrations']) {
    for (const file of listFiles(inRoot('dist'), directory)) {
      if (!outputs.has(file.replace(/\.js(\.map)?$/, ''))) rmSync(inRoot('dist', file));
    }
  }
}

async function bootstrap({ withBuild, withFrontEnd }) {
  if (Number.parseInt(process.versions.node, 10) < 20) {
    throw new BootstrapError(`Node.js 20 or newer is needed to begin, this is ${process.version}.`);
  }
  const isReady = () =>
    isUpToDate(installStamp, installFingerprint()) &&
    (!withBuild || isUpToDate(buildStamp, buildFingerprint())) &&
    (!withFrontEnd || isFrontEndReady());
  if (isReady()) return;
  await withLock(inRoot('.cache', 'bootstrap.lock'), say, () => {
    install();
    if (withBuild) build();
    if (withFrontEnd) buildFrontEnd();
  });
}

try {
  const withBuild = process.argv.includes('--build');
  await bootstrap({ withBuild, withFrontEnd: withBuild || process.argv.includes('--front-end') });
} catch (error) {
  say(error instanceof BootstrapError ? error.message : error.stack);
  process.exitCode = 1;
}
