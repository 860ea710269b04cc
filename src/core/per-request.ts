import type { RequestContext } from './request-context.ts';

/** What is made once for each request that asks for it, and goes with it: loaders, which must not know of other users. */
export function perRequest<Made>(make: (context: RequestContext) => Made): (context: RequestContext) => Made {
  const made = new WeakMap<RequestContext, { made: Made }>();
  return (context) => {
    const existing = made.get(context);
    if (existing) return existing.made;
    const created = { made: make(context) };
    made.set(context, created);
    return created.made;
  };
}
