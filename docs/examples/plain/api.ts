/** How to reach the server. */
export interface Api {
  /** where the REST API begins, such as `https://…/api` */
  readonly url: string;
  /** Answers an access token; a new one after a refusal. @throws when nobody is signed in */
  token(renew: boolean): Promise<string>;
  readonly signal: AbortSignal;
}

/** What the server has refused; `status` 401 when it was the token. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }

  /** Later it may go well. */
  get isPassing(): boolean {
    return this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

/** @throws RefusedError; whatever `fetch` throws when the server cannot be reached */
export async function get(api: Api, path: string, headers: Record<string, string>, renew: boolean): Promise<Response> {
  const authorization = `Bearer ${await api.token(renew)}`;
  const response = await fetch(`${api.url}${path}`, { headers: { ...headers, authorization }, signal: api.signal });
  if (response.ok) return response;
  const { detail = response.statusText } = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new RefusedError(response.status, detail);
}

/**
 * Does the work again and again until it goes well: after a refused token once at once and with a new one, else after a
 * random while below a limit that doubles. `work` says by `wentWell` when it has come somewhere.
 */
export async function persist<Result>(
  { signal }: Api,
  work: (renew: boolean, wentWell: () => void) => Promise<Result>,
  longestDelay = 30_000,
): Promise<Result> {
  let failures = 0;
  let renew = false;
  const wentWell = () => {
    failures = 0;
  };
  while (true) {
    try {
      return await work(renew, wentWell);
    } catch (error) {
      signal.throwIfAborted();
      const isRefused = error instanceof RefusedError;
      if (isRefused && !error.isPassing) throw error;
      renew = isRefused && error.status === 401;
      failures += 1;
      const limit = renew && failures === 1 ? 0 : Math.min(longestDelay, 500 * 2 ** (failures - 1));
      await pause(Math.random() * limit, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', abort, { once: true });
  });
}
