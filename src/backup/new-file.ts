import { randomBytes } from 'node:crypto';
import { existsSync, type WriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNativeError } from 'node:util/types';
import { BackupError } from './backup-file.ts';

/** What the file system refuses, as against the database's connection. */
const FILE_ERRORS = new Set([
  ...['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'],
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'],
]);

/**
 * Writes a file that only its owner can read. Until all of it is on the disk it has another name, so that whatever bears
 * the name is whole; what fails leaves nothing.
 * @throws BackupError when the file exists and must not be overwritten, or cannot be written
 */
export async function writeNewFile(
  path: string,
  { overwrite }: { overwrite: boolean },
  write: (stream: WriteStream) => Promise<void>,
): Promise<void> {
  if (!overwrite && existsSync(path)) throw new BackupError('The file exists already: --force overwrites it');
  const partial = `${path}.partial-${randomBytes(4).toString('hex')}`;
  let stream: WriteStream | undefined;
  try {
    stream = (await open(partial, 'wx', 0o600)).createWriteStream({ flush: true });
    await write(stream);
    await rename(partial, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    stream?.destroy();
    await rm(partial, { force: true });
    if (isNativeError(error) && 'code' in error && FILE_ERRORS.has(String(error.code))) {
      throw new BackupError(`Cannot write the file: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** A name is on the disk when its directory is; Windows has no such thing. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path);
  await directory.sync().finally(() => directory.close());
}
