import { rm } from 'node:fs/promises';
import type { EmbeddedPostgres } from '../../src/db/embedded-postgres.ts';

declare global {
  var testPostgres: { postgres: EmbeddedPostgres; dataDirectory: string } | undefined;
}

export default async function globalTeardown(): Promise<void> {
  await globalThis.testPostgres?.postgres.stop();
  if (globalThis.testPostgres) await rm(globalThis.testPostgres.dataDirectory, { recursive: true, force: true });
}
