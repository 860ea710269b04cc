import type { HttpCall, Protocol } from './protocol.ts';
import { DOCUMENT_VARIANTS } from './protocols/document-variants.ts';
import type { Random } from './random.ts';
import { CREATED_TITLE_PREFIX, LIST_LENGTH, SEARCHED_WORDS, type SeededData, seedTitle } from './seed.ts';
import type { SeededUser } from './seeded-user.ts';

/** What requests are made of: the language of the contender, and the data. */
export interface Scene extends SeededData {
  readonly protocol: Protocol;
  /** The contender's cursor of `deepPlace`. */
  readonly deepCursor: string;
}

/** One request and who sends it. */
export interface UserRequest {
  readonly user: SeededUser;
  readonly call: HttpCall;
}

/** One kind of request, repeated for the length of a measurement. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Whether the tables must be restored afterwards. */
  readonly writes: boolean;
  /** Contenders that cannot take part, or would only repeat what another one shows. */
  readonly without: readonly string[];
  /** Requests in flight, where it is not the usual number. */
  readonly connections?: number;
  nextRequest(scene: Scene, random: Random): UserRequest;
}

/** The product without remembered answers: only shown where all answers can come from memory. */
const FRESH = ['product-fresh', 'product-rest-fresh'];
const WITHOUT_DOCUMENTS = ['floor', 'product-rest', 'product-rest-fresh', 'product-fresh'];

const list = forRandomUser(({ protocol }) => protocol.list(LIST_LENGTH));
const get = forRandomUser(({ protocol }, user, random) => protocol.get(random.pick(user.taskIds)));
const search = forRandomUser(({ protocol }, _user, random) =>
  protocol.search(random.pick(SEARCHED_WORDS), LIST_LENGTH),
);
const count = forRandomUser(({ protocol }) => protocol.count(LIST_LENGTH));
const create = forRandomUser(({ protocol }, user, random) =>
  protocol.create({
    title: `${CREATED_TITLE_PREFIX}: ${random.below(1_000_000)}`,
    description: `One more thing to do for ${user.id}; it has a few words of description, as most tasks have.`,
  }),
);
/** Titles that were given so far. All contenders draw the same numbers, and a change to what is there already is none. */
let changes = 0;
const update = forRandomUser(({ protocol }, user, random) => {
  changes += 1;
  return protocol.update(random.pick(user.taskIds), seedTitle(random.below(1000), 1_000_000 + changes));
});
const toggle = forRandomUser(({ protocol }, user, random) => protocol.toggle(random.pick(user.taskIds)));
const document = forRandomUser(({ protocol }, _user, random) => {
  const call = protocol.document?.(random.below(DOCUMENT_VARIANTS), LIST_LENGTH);
  if (!call) throw new Error('this contender knows no documents');
  return call;
});

/** Of the users whose tasks are planned. */
const planned: NextRequest = ({ protocol, plannedUsers }, random) => {
  const call = protocol.planned?.(LIST_LENGTH);
  if (!call) throw new Error('this contender knows no planned tasks');
  return { user: random.pick(plannedUsers), call };
};

type NextRequest = Workload['nextRequest'];

/** 80 % read, 20 % write. */
const day = mixed([
  [40, list],
  [20, get],
  [10, search],
  [10, count],
  [8, create],
  [7, update],
  [5, toggle],
]);

/** Not measured. Writing outweighs, as servers have most code for it that needs to get warm. */
export const WARM_UP: Workload = {
  name: 'warm-up',
  title: 'everything, with much writing',
  writes: true,
  without: [],
  nextRequest: mixed([
    [35, create],
    [30, update],
    [10, toggle],
    [10, list],
    [5, get],
    [5, search],
    [5, count],
  ]),
};

export const WORKLOADS: readonly Workload[] = [
  { name: 'list', title: `the ${LIST_LENGTH} newest tasks`, writes: false, without: [], nextRequest: list },
  { name: 'get', title: 'one task by id', writes: false, without: FRESH, nextRequest: get },
  { name: 'create', title: 'create a task', writes: true, without: FRESH, nextRequest: create },
  { name: 'update', title: 'change the title of a task', writes: true, without: FRESH, nextRequest: update },
  { name: 'toggle', title: 'toggle a task', writes: true, without: FRESH, nextRequest: toggle },
  {
    name: 'search',
    title: `the ${LIST_LENGTH} newest open tasks with two words`,
    writes: false,
    without: [],
    nextRequest: search,
  },
  {
    name: 'page',
    title: `${LIST_LENGTH} tasks four fifths down a long list: page 4,000 of 100,000 tasks`,
    writes: false,
    without: [],
    nextRequest: ({ protocol, largeUser, deepCursor }) => ({
      user: largeUser,
      call: protocol.page(deepCursor, LIST_LENGTH),
    }),
  },
  {
    name: 'count',
    title: `the ${LIST_LENGTH} newest tasks and the number of all`,
    writes: false,
    without: [],
    nextRequest: count,
  },
  {
    name: 'planned',
    title: `the ${LIST_LENGTH} newest tasks with their tags, list and numbers of subtasks`,
    writes: false,
    without: ['product-rest', 'product-rest-fresh', 'mercurius', 'postgraphile', 'textbook'],
    nextRequest: planned,
  },
  {
    name: 'day',
    title: 'a mixed day: 40 % list, 20 % get, 10 % search, 10 % count, 8 % create, 7 % update, 5 % toggle',
    writes: true,
    without: FRESH,
    connections: 100,
    nextRequest: day,
  },
  {
    name: 'documents',
    title: `a list by one of ${DOCUMENT_VARIANTS} different documents`,
    writes: false,
    without: WITHOUT_DOCUMENTS,
    nextRequest: document,
  },
];

/** Each kind as often as its share says, in random order. */
function mixed(kinds: readonly (readonly [share: number, next: NextRequest])[]): NextRequest {
  const table = kinds.flatMap(([share, next]) => Array.from({ length: share }, () => next));
  return (scene, random) => random.pick(table)(scene, random);
}

function forRandomUser(call: (scene: Scene, user: SeededUser, random: Random) => HttpCall): NextRequest {
  return (scene, random) => {
    const user = random.pick(scene.users);
    return { user, call: call(scene, user, random) };
  };
}
