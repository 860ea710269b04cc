/**
 * What every answer has. An API answers data: nothing in it may be run, framed, guessed at, embedded by pages of others
 * or kept. Pages set a policy of their own over this; `X-Frame-Options` is for browsers that know no policy.
 */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  // Only for requests without CORS, such as of images and scripts: allowed origins read answers as before.
  ['cross-origin-resource-policy', 'same-origin'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cache-control', 'no-store'],
];
