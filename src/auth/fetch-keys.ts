import type { JSONWebKeySet } from 'jose';

/** milliseconds for everything, the last byte included */
const FETCH_TIMEOUT = 5_000;
/** Better Auth's key sets have one to three keys of 150 bytes; these are far more than anybody needs. */
const BYTES = 256 * 1024;
const KEYS = 100;

/**
 * Fetches a JSON Web Key Set (RFC 7517 section 5), for `createKeySet`. Follows no redirect, and looks at what is sent rather
 * than at what the key server calls it.
 * @param timeout milliseconds
 */
export function fetchKeys(url: string, timeout = FETCH_TIMEOUT): () => Promise<JSONWebKeySet> {
  return async () => {
    const response = await fetch(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`The key server answered ${response.status}`);
    }
    // createKeySet checks the shape
    const keySet = JSON.parse(await readText(response)) as JSONWebKeySet;
    if (keySet?.keys?.length > KEYS) throw new Error(`The key set has more than ${KEYS} keys`);
    return keySet;
  };
}

/** Counts what arrives, unpacked: neither a length that is announced nor a compressed one can be relied on. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BYTES) throw new Error(`The key set has more than ${BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
