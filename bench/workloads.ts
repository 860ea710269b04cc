import type { HttpCall, Protocol } from './protocol.ts';
import type { Random } from './random.ts';
import { CREATED_TITLE_PREFIX, type SeededUser } from './seed.ts';

/** How many tasks the list workload asks for. */
export const LIST_LENGTH = 20;

/** One kind of request, repeated for the length of a measurement. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Whether the tables must be restored afterwards. */
  readonly writes: boolean;
  nextCall(protocol: Protocol, user: SeededUser, random: Random): HttpCall;
}

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'list',
    title: `the ${LIST_LENGTH} newest tasks`,
    writes: false,
    nextCall: (protocol) => protocol.list(LIST_LENGTH),
  },
  {
    name: 'get',
    title: 'one task by id',
    writes: false,
    nextCall: (protocol, user, random) => protocol.get(random.pick(user.taskIds)),
  },
  {
    name: 'create',
    title: 'create a task',
    writes: true,
    nextCall: (protocol, user, random) =>
      protocol.create({
        title: `${CREATED_TITLE_PREFIX}: ${random.below(1_000_000)}`,
        description: `One more thing to do for ${user.id}; it has a few words of description, as most tasks have.`,
      }),
  },
  {
    name: 'toggle',
    title: 'toggle a task',
    writes: true,
    nextCall: (protocol, user, random) => protocol.toggle(random.pick(user.taskIds)),
  },
];
