import { createRandom, type Random } from '../random.ts';

/** The tasks of a database as lines of COPY. A task's text depends on its owner and number alone, whatever is around it. */

export const BUSY_USER = 'busy';
export const BUSY_TASKS = 100_000;
/** One of a thousand of the busy user's tasks has it. */
export const SELDOM_WORD = 'seldom';
/** Every task has it. */
export const COMMON_WORD = 'call';

export interface Population {
  /** all together */
  tasks: number;
  users: number;
}

export const ordinaryUser = (number: number) => `user-${number}`;

const SYLLABLES = [
  'ba',
  'con',
  'del',
  'fi',
  'gra',
  'lo',
  'men',
  'no',
  'per',
  'ri',
  'sta',
  'tu',
  'ver',
  'xi',
  'zen',
  'mo',
];
const VOCABULARY = Array.from({ length: 4096 }, (_, index) =>
  [index & 15, (index >> 4) & 15, (index >> 8) & 15].map((syllable) => SYLLABLES[syllable]).join(''),
);
const YEAR = 365 * 86_400_000;
const BEGINNING = Date.UTC(2025, 0, 1);
/** About what the socket takes at once. */
const LINES_OF_A_CHUNK = 500;

/** Words that few have and words that many have, as languages have them. */
const word = (random: Random) => VOCABULARY[Math.floor((random.below(4096) * random.below(4096)) / 4096)];
const words = (random: Random, count: number) => Array.from({ length: count }, () => word(random)).join(' ');

/** The places from `from` to `to` (not included) of all tasks in the order of time: users take turns. */
export function* copyLines({ tasks, users }: Population, from: number, to: number): Generator<string> {
  const everyBusy = Math.floor(tasks / BUSY_TASKS);
  let chunk: string[] = [];
  for (let place = from; place < to; place++) {
    const turn = Math.floor(place / everyBusy);
    const isBusy = place % everyBusy === 0 && turn < BUSY_TASKS;
    const ordinary = place - Math.min(turn + 1, BUSY_TASKS);
    const owner = isBusy ? 0 : 1 + (ordinary % users);
    const number = isBusy ? turn : Math.floor(ordinary / users);
    chunk.push(line(owner, number, BEGINNING + Math.floor((place * YEAR) / tasks), place));
    if (chunk.length === LINES_OF_A_CHUNK) {
      yield chunk.join('');
      chunk = [];
    }
  }
  yield chunk.join('');
}

function line(owner: number, number: number, moment: number, place: number): string {
  const random = createRandom(owner * 1_000_003 + number + 1);
  // The first numbers of the generator still show its seed.
  for (let skipped = 0; skipped < 4; skipped++) random.below(2);
  const time = new Date(moment).toISOString();
  const isCompleted = random.below(4) === 0;
  const seldom = number % 1000 === 7 ? ` ${SELDOM_WORD}` : '';
  const title = `Task ${number}: ${COMMON_WORD} ${words(random, 3 + random.below(4))}${seldom}`;
  const description = random.below(2) === 0 ? '\\N' : words(random, 8 + random.below(12));
  const completedAt = isCompleted ? time : '\\N';
  const user = owner === 0 ? BUSY_USER : ordinaryUser(owner);
  return `${versionSeven(moment, place)}\t${user}\t${title}\t${description}\t${isCompleted}\t${completedAt}\t${time}\t${time}\n`;
}

/** A UUID of version 7 whose random part is a permutation of the places. */
function versionSeven(moment: number, place: number): string {
  const time = moment.toString(16).padStart(12, '0');
  const random = (Math.imul(place, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8000-${random.slice(3)}0000000`;
}
