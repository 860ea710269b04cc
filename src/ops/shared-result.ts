/** milliseconds */
const KEPT_FOR = 1000;

/**
 * Makes a result once for all who ask while it is being made, and keeps it for a second: whoever may ask without a token
 * causes no more work by asking more often. `now` counts milliseconds and never goes back.
 */
export function shareResult<Result>(make: () => Promise<Result>, now: () => number): () => Promise<Result> {
  let latest: Promise<Result> | undefined;
  /** while it is being made there is no end yet */
  let keptUntil = 0;

  async function begin(): Promise<Result> {
    keptUntil = Number.POSITIVE_INFINITY;
    try {
      const result = await make();
      keptUntil = now() + KEPT_FOR;
      return result;
    } catch (error) {
      keptUntil = 0;
      throw error;
    }
  }

  return () => {
    if (!latest || now() >= keptUntil) latest = begin();
    return latest;
  };
}
