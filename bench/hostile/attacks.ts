import { randomBytes } from 'node:crypto';
import type { HttpCall } from '../protocol.ts';

/** One kind of hostile request. `token` undefined sends the attacker's own, which is good. */
export interface Attack {
  readonly name: string;
  readonly requests: number;
  call(turn: number): HttpCall & { readonly token?: string };
}

const graphql = (query: string, variables?: unknown): HttpCall => ({
  method: 'POST',
  path: '/graphql',
  body: JSON.stringify({ query, variables }),
});

/** 24 fragments that each spread the next one twice: 16 million fields in 1.3 KB. */
function fragmentBomb(): string {
  const fragments = Array.from({ length: 24 }, (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`);
  return `{ ...f0 } ${fragments.join(' ')} fragment f24 on Query { viewer { id } }`;
}

const FRAGMENT_BOMB = fragmentBomb();
const ALIASES = `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: __typename`).join(' ')} }`;
const DEEP_JSON = `{"query":"{ viewer { id } }","variables":{"x":${'['.repeat(5000)}${']'.repeat(5000)}}}`;

/** Each one cheap to send: what a bored person with a script has. */
const MIXED: ((turn: number) => HttpCall & { readonly token?: string })[] = [
  (turn) => ({ ...graphql('{ viewer { id } }'), token: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${turn}` }),
  () => ({ ...graphql('{ viewer { id } }'), token: 'not-a-token' }),
  (turn) => ({ method: 'GET', path: '/api/tasks', token: `e30.e30.${randomBytes(32).toString('base64url')}${turn}` }),
  () => ({ method: 'POST', path: '/graphql', body: '{"query":' }),
  () => ({ method: 'POST', path: '/graphql', body: '[[[[{"__proto__":{"x":1}}]]]]' }),
  (turn) => graphql('query ($id: ID!) { task(id: $id) { title } }', { id: `' or ${turn}=${turn} --` }),
  (turn) => graphql(`{ tasks(after: "${Buffer.from(`x${turn}`).toString('base64url')}") { nodes { id } } }`),
  (turn) => ({ method: 'GET', path: `/api/tasks/${turn}/../../etc/passwd%00` }),
  (turn) => ({ method: 'GET', path: `/api/tasks?search=${encodeURIComponent(`%_'&|!:*${turn}`)}&sort=title` }),
  (turn) => ({ method: 'POST', path: '/api/tasks', body: JSON.stringify({ title: `\0${turn}`, user_id: 'somebody' }) }),
  () => graphql('mutation { createTask(input: { title: "x", owner: "y" }) { task { id } } }'),
  (turn) => graphql(`{ a${turn}: viewer { id unknownField } }`),
  () => ({ method: 'GET', path: `/graphql?query=mutation{revokeTokens{revoked}}` }),
];

export const ATTACKS: readonly Attack[] = [
  { name: 'fragment bomb', requests: 2000, call: () => graphql(FRAGMENT_BOMB) },
  { name: '10,000 aliases', requests: 2000, call: () => graphql(ALIASES) },
  {
    name: '5,000-deep JSON',
    requests: 2000,
    call: () => ({ method: 'POST', path: '/graphql', body: DEEP_JSON }),
  },
  {
    name: 'distinct documents',
    requests: 20_000,
    call: (turn) => graphql(`query Q${turn} { v${turn}: viewer { id name t${turn}: taskStats { total } } }`),
  },
  { name: 'mixed hostile requests', requests: 100_000, call: (turn) => MIXED[turn % MIXED.length]!(turn) },
];
