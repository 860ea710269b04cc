import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** A backup cannot be made or used as asked; the message is all that the caller is shown. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** Grows when older versions could no longer read the file. */
const FORMAT = 1;
/**
 * Skippable frames (RFC 8878, section 3.1.2): programs that read Zstandard pass over them. The first says what the file
 * is, the last seals it.
 */
const FIRST_MAGIC = 0x184d2a50;
const SEAL_MAGIC = 0x184d2a5f;
const FRAME_HEAD = 8;
const FIRST_LENGTH = 32;
const SEAL_LENGTH = 32;
const FIRST = 'premium-todo backup, format ';
const CONTENT_START = FRAME_HEAD + FIRST_LENGTH;
const SEAL_SIZE = FRAME_HEAD + SEAL_LENGTH;
const READ_SIZE = 256 * 1024;

const DAMAGED = 'The file is damaged: it is not what the backup wrote';

function skippableFrame(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUInt32LE(magic, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** Puts what a file of ours begins and ends with around compressed content: at the end, the SHA-256 of all before it. */
export async function* sealed(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const first = skippableFrame(FIRST_MAGIC, Buffer.from(`${FIRST}${FORMAT}`.padEnd(FIRST_LENGTH - 1).concat('\n')));
  hash.update(first);
  yield first;
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  yield skippableFrame(SEAL_MAGIC, hash.digest());
}

/**
 * The compressed content of a file of ours, piece by piece; it ends only if the seal is right.
 * @throws BackupError for foreign, newer, incomplete and damaged files
 */
export async function* unsealed(path: string, progress: (bytes: number, total: number) => void = () => {}) {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const hash = createHash('sha256');
    hash.update(await readFirst(file, size));
    const seal = await readSeal(file, size);
    yield* content(file, size - SEAL_SIZE, hash, (bytes) => progress(bytes, size));
    if (!hash.digest().equals(seal)) throw new BackupError(DAMAGED);
  } finally {
    await file.close();
  }
}

/** What reading made of bytes that are not ours, in the words of a damaged file. */
export function damaged(cause?: unknown): BackupError {
  return new BackupError(DAMAGED, { cause });
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path).catch((error: Error) => {
    throw new BackupError(`Cannot read the file: ${error.message}`, { cause: error });
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new BackupError('Cannot read the file: it must be a regular file');
}

async function readFirst(file: FileHandle, size: number): Promise<Buffer> {
  if (size === 0) throw new BackupError('The file is empty');
  const frame = await readAt(file, 0, Math.min(size, CONTENT_START));
  const text = frame.subarray(FRAME_HEAD).toString('latin1');
  const format = /^(\d+) *\n?$/.exec(text.slice(FIRST.length))?.[1];
  const isOurs = frame.length >= FRAME_HEAD && frame.readUInt32LE(0) === FIRST_MAGIC && text.startsWith(FIRST);
  if (!isOurs || format === undefined) throw new BackupError('The file is no backup of premium-todo');
  if (Number(format) > FORMAT) {
    throw new BackupError(
      `The backup has format ${format}, and this version reads ${FORMAT} at most: use the version that wrote it`,
    );
  }
  return frame;
}

async function readSeal(file: FileHandle, size: number): Promise<Buffer> {
  const seal = await readAt(file, Math.max(0, size - SEAL_SIZE), SEAL_SIZE);
  const head = skippableFrame(SEAL_MAGIC, seal.subarray(FRAME_HEAD)).subarray(0, FRAME_HEAD);
  const isSeal = size >= CONTENT_START + SEAL_SIZE && seal.subarray(0, FRAME_HEAD).equals(head);
  if (!isSeal) throw new BackupError('The file is incomplete: its end is missing');
  return seal.subarray(FRAME_HEAD);
}

async function* content(file: FileHandle, end: number, hash: Hash, progress: (bytes: number) => void) {
  for (let position = CONTENT_START; position < end; ) {
    const chunk = await readAt(file, position, Math.min(READ_SIZE, end - position));
    if (chunk.length === 0) throw new BackupError('The file became shorter while it was read');
    hash.update(chunk);
    position += chunk.length;
    progress(position);
    yield chunk;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
