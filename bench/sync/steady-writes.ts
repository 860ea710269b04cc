import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../http-client.ts';
import { REST_PROTOCOL } from '../protocols/rest.ts';
import { CREATED_TITLE_PREFIX } from '../seed.ts';
import type { WriteOrder, WriteResult } from './orders.ts';

const CONNECTIONS = 64;
/** milliseconds after the last answer in which events are waited for */
const PATIENCE = 3000;
const TITLE = new RegExp(`"title":"${CREATED_TITLE_PREFIX} (\\d+)"`, 'g');

interface Write {
  readonly sent: number;
  answered: number | undefined;
  readonly arrivals: number[];
}

let titles = 0;
const writes = new Map<number, Write>();

/** To be called with everything that subscribers hear. */
export function hear(text: string): void {
  const now = performance.now();
  for (const [, title] of text.matchAll(TITLE)) writes.get(Number(title))?.arrivals.push(now);
}

/** Sends when it is time, whether what was sent before is answered or not. */
export async function writeSteadily(order: WriteOrder): Promise<WriteResult> {
  const { port, tokens, count, perSecond, subscribers } = order;
  const client = createHttpClient(port, CONNECTIONS);
  const begin = performance.now();
  const answers: Promise<boolean>[] = [];
  writes.clear();
  while (answers.length < count) {
    const due = begin + (answers.length * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    titles += 1;
    const write: Write = { sent: performance.now(), answered: undefined, arrivals: [] };
    writes.set(titles, write);
    const call = REST_PROTOCOL.create({
      title: `${CREATED_TITLE_PREFIX} ${titles}`,
      description: 'One more thing to do; it has a few words of description, as most tasks have.',
    });
    answers.push(
      client.send(call, tokens[answers.length % tokens.length]!).then(
        ({ status }) => {
          write.answered = performance.now();
          return status === 201;
        },
        () => false,
      ),
    );
  }
  const errors = (await Promise.all(answers)).filter((isGood) => !isGood).length;
  client.close();
  const expected = count * subscribers;
  const deadline = performance.now() + PATIENCE;
  while (arrived() < expected && performance.now() < deadline) await sleep(5);
  const all = [...writes.values()];
  return {
    errors,
    missing: expected - arrived(),
    fromRequest: all.flatMap(({ sent, arrivals }) => arrivals.map((arrival) => arrival - sent)),
    fromAnswer: all.flatMap(({ answered = Number.NaN, arrivals }) => arrivals.map((arrival) => arrival - answered)),
  };
}

function arrived(): number {
  return [...writes.values()].reduce((sum, { arrivals }) => sum + arrivals.length, 0);
}
