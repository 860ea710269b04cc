/** How often a cache was asked: plain numbers, since every request asks. */
export interface CacheCounts {
  hits: number;
  misses: number;
}
