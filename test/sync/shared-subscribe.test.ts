import { describe, expect, it } from '@jest/globals';
import { buildSchema, type ExecutionResult, type GraphQLObjectType, parse } from 'graphql';
import { createSharedSubscribe, type Subscribe } from '../../src/graphql/subscriptions/shared-subscribe.ts';

/** A subscription to `events`, which counts how often they are executed. */
function setUp(events: readonly object[]) {
  const schema = buildSchema(`
    type Query { nothing: Int }
    type Subscription { changed(since: String): Change }
    type Change { title: String, other: String }`);
  const { changed } = (schema.getSubscriptionType() as GraphQLObjectType).getFields();
  let executions = 0;
  let returned = 0;
  const waiting = new Promise<never>(() => {});
  const shared = createSharedSubscribe();
  changed!.resolve = (event) => {
    executions += 1;
    return event;
  };
  changed!.subscribe = () => {
    let given = 0;
    return {
      next: () => (given < events.length ? Promise.resolve({ done: false, value: events[given++] }) : waiting),
      return: async () => {
        returned += 1;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return {
    schema,
    subscribe: (document: ReturnType<typeof parse>, variableValues = {}, operationName: string | null = null) =>
      iteratorOf(shared({ schema, document, variableValues, operationName })),
    executions: () => executions,
    returned: () => returned,
  };
}

async function iteratorOf(subscribed: ReturnType<Subscribe>) {
  const results = await subscribed;
  if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results));
  return results;
}

const FOLLOW = parse('subscription ($since: String) { changed(since: $since) { title } }');
const CONDITIONAL = parse('subscription ($all: Boolean!) { changed { title other @include(if: $all) } }');
const EVENT = { title: 'milk', other: 'bread' };
const result = (changed: object): IteratorResult<ExecutionResult> => ({
  done: false,
  value: expect.objectContaining({ data: { changed } }) as never,
});

describe('an event', () => {
  it('is executed once for all who follow it by the same document, wherever they began', async () => {
    const { subscribe, executions } = setUp([EVENT]);
    const followers = await Promise.all(['a', 'b', 'c'].map((since) => subscribe(FOLLOW, { since })));
    for (const follower of followers) expect(await follower.next()).toEqual(result({ title: 'milk' }));
    expect(executions()).toBe(1);
  });

  it('is executed for each other document, and for each other event', async () => {
    const { subscribe, executions } = setUp([EVENT, { title: 'milk' }]);
    const [one, other] = [await subscribe(FOLLOW), await subscribe(parse('subscription { changed { other } }'))];
    expect(await one.next()).toEqual(result({ title: 'milk' }));
    expect(await one.next()).toEqual(result({ title: 'milk' }));
    expect(await other.next()).toEqual(result({ other: 'bread' }));
    expect(executions()).toBe(3);
  });

  it('is executed for each follower whose variables decide what is shown', async () => {
    const { subscribe } = setUp([EVENT]);
    const [all, part] = [await subscribe(CONDITIONAL, { all: true }), await subscribe(CONDITIONAL, { all: false })];
    expect(await all.next()).toEqual(result({ title: 'milk', other: 'bread' }));
    expect(await part.next()).toEqual(result({ title: 'milk' }));
  });

  it('is executed for each operation of a document that has several', async () => {
    const { subscribe } = setUp([EVENT]);
    const document = parse('subscription A { changed { title } } subscription B { changed { other } }');
    const [a, b] = [await subscribe(document, {}, 'A'), await subscribe(document, {}, 'B')];
    expect(await a.next()).toEqual(result({ title: 'milk' }));
    expect(await b.next()).toEqual(result({ other: 'bread' }));
  });
});

it('a follower that waits for the next event can be ended', async () => {
  const { subscribe, returned } = setUp([]);
  const follower = await subscribe(FOLLOW);
  void follower.next();
  expect(await follower.return()).toEqual({ done: true, value: undefined });
  expect(returned()).toBe(1);
});
