import {
  buildSchema as buildFromSdl,
  type GraphQLDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  specifiedDirectives,
} from 'graphql';
import { rateLimitDirective } from 'graphql-rate-limit-directive';
import type { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { buildSchema, type ContainerType, type NonEmptyArray } from 'type-graphql';
import { countedKey, limitExceeded, type RateLimit, type RateLimits, stateOf } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';

/** Instances of resolver classes; their services were given to their constructors by the composition root. */
export type Resolvers = readonly object[];

/**
 * The schema that is served: TypeGraphQL's types with every field under `@rateLimit` counting per user.
 * The limiter wraps resolvers last, on the schema that is executed; anything that rebuilds it afterwards would lose it.
 */
export async function createSchema(resolvers: Resolvers, rateLimits: RateLimits): Promise<GraphQLSchema> {
  const directive = rateLimit(rateLimits);
  const definition = buildFromSdl(`${directive.rateLimitDirectiveTypeDefs} type Query { none: Int }`).getDirective(
    'rateLimit',
  );
  const instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const schema = await buildSchema({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<NewableFunction>,
    container: { get: (resolver) => instances.get(resolver) } as ContainerType,
    // TypeGraphQL would replace the built-in directives by this list.
    directives: [...specifiedDirectives, definition as GraphQLDirective],
    // TypeGraphQL asks for one as soon as there is a subscription, also where each brings its own events.
    pubSub: { publish: () => {}, subscribe: () => neverSubscribed() },
    // Input is validated once, in the services.
    validate: false,
    // Apollo Server checks the schema too, without a query of all of it.
    skipCheck: true,
  });
  const limited = directive.rateLimitDirectiveTransformer(schema);
  // TypeGraphQL answers a promise of the type, which compiled documents do not wait for.
  for (const type of Object.values(limited.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = ({ __typename }: { __typename: string }) => __typename;
  }
  describe(limited.getQueryType(), 'What can be read. Everything is about the user that the token names.');
  describe(limited.getMutationType(), 'What can be changed. Fields of one mutation run one after the other.');
  describe(
    limited.getSubscriptionType(),
    'What can be followed, over WebSocket (graphql-transport-ws) or as server-sent events.',
  );
  return limited;
}

function neverSubscribed(): never {
  throw new Error('subscriptions bring their own events');
}

/** TypeGraphQL makes the root types itself and leaves them without a description. */
function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}

function rateLimit(rateLimits: RateLimits) {
  return rateLimitDirective<RequestContext>({
    limiterClass: sharedLimiterClass(rateLimits),
    keyGenerator: (_directive, _source, _args, { actor }) => countedKey(actor?.userId),
    pointsCalculator: () => (rateLimits.enabled ? 1 : 0),
    setState: (response, { limit, duration }, _source, _args, context) => {
      const state = stateOf(response, rateLimits.limiter({ limit, duration }));
      if (context.rateLimit === undefined || state.remaining <= context.rateLimit.remaining) context.rateLimit = state;
    },
    onLimit: (response: RateLimiterRes, { limit, duration }) => {
      throw limitExceeded(response, rateLimits.limiter({ limit, duration }), { limit, duration });
    },
  });
}

/** The directive makes its limiters by `new`; this class answers those that REST counts in too. */
function sharedLimiterClass(rateLimits: RateLimits): typeof RateLimiterMemory {
  const Shared = class {
    constructor({ points, duration }: { points: number; duration: number }) {
      const shared: RateLimit = { limit: points, duration };
      // biome-ignore lint/correctness/noConstructorReturn: a constructor is the only way the directive offers
      return rateLimits.limiter(shared);
    }
  };
  return Shared as unknown as typeof RateLimiterMemory;
}
