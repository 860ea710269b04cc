import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'auth-secret';
const SECRET_BYTES = 32;

/**
 * The secret of a server that was given none: made at the first call and kept in `auth-secret` in `dataDirectory`
 * (absolute path, created if need be), readable by its owner only. Processes that start together get the same one.
 * @throws Error when the file is there but is not such a secret, or cannot be read or written
 */
export async function developmentSecret(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, FILE);
  return (await read(file)) ?? (await create(file, dataDirectory));
}

/** A link appears at once with its content and never replaces a file, so that no reader sees half a secret. */
async function create(file: string, dataDirectory: string): Promise<string> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const secret = await read(file);
  if (secret === undefined) throw new Error(`${file} vanished while it was made`);
  return secret;
}

async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  const secret = text?.trim();
  if (secret !== undefined && Buffer.byteLength(secret) < SECRET_BYTES) {
    throw new Error(`${file} holds no secret of at least ${SECRET_BYTES} bytes: remove it, and a new one is made`);
  }
  return secret;
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
