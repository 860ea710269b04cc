import { access, constants, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { type Finding, fault, ok, reason, warning } from './finding.ts';

/** bytes; PostgreSQL stops when its write-ahead log finds no room */
const LITTLE_SPACE = 1024 ** 3;

/** Whether the server could listen; a server that runs already is no fault. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (failure === undefined) return ok('port', port === 0 ? 'any that is free' : `${port} is free`);
  if (failure.code === 'EADDRINUSE') {
    return warning(
      'port',
      `${port} is in use`,
      'Fine if this server runs already; otherwise stop what uses it or set PORT',
    );
  }
  return fault('port', `${host}:${port} cannot be listened on: ${reason(failure)}`, 'Set HOST and PORT');
}

/** For the embedded PostgreSQL. Looks at the nearest folder that exists, and creates none. */
export async function checkDataDirectory(directory: string): Promise<Finding[]> {
  let existing = directory;
  while (!(await isThere(existing)) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      fault('data', `${existing} may not be written`, 'Give the user of the server rights there, or set DATA_DIR'),
    ];
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const gibibytes = (free / 1024 ** 3).toFixed(1);
  if (free < LITTLE_SPACE) return [warning('data', `${gibibytes} GiB are free`, 'Make room where DATA_DIR is')];
  return [ok('data', `writable, ${gibibytes} GiB free`)];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
