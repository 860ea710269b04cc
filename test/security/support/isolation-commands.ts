import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Expected, Model } from './isolation-model.ts';
import type { Command, Of } from './isolation-operations.ts';
import type { CommandOutcome, Outcome, WatchedClient } from './watched-client.ts';

/** Batches of commands, held against the model one after the other. */

const APPLY = `mutation ($commands: [TaskCommandInput!]!, $atomic: Boolean) {
  applyCommands(commands: $commands, atomic: $atomic) { results {
    status deletedTaskId task { id title description completed completedAt createdAt updatedAt version }
    error { code message version fields { field message } }
  } }
}`;

/** What of the sequence that the batches are part of is needed here. */
interface Sequence {
  readonly model: Model;
  name(user: number): string;
  id(target: number): string;
  title(user: number, word: string): string;
  version(choice: 'current' | 'other' | undefined, target: string): number | undefined;
  settle(name: string, outcome: Outcome, expected: Expected): void;
}

interface Sent {
  id: string;
  input: Record<string, unknown>;
  /** all that makes it another command under the same id */
  asked: string;
  expected(): Expected;
}

export class IsolatedCommands {
  readonly #run: Sequence;
  readonly #client: WatchedClient;
  /** for commands that are sent again; all users have the same */
  readonly #names = Array.from({ length: 4 }, () => randomUUID());
  /** by user and id of a command: what it asked for, and which task it was about */
  readonly #applied = new Map<string, { asked: string; taskId: string }>();

  constructor(run: Sequence, client: WatchedClient) {
    this.#run = run;
    this.#client = client;
  }

  async perform({ user, atomic, commands }: Of<'commands'>): Promise<void> {
    const name = this.#run.name(user);
    const sent = commands.map((command) => this.#sent(user, command));
    const batch = sent.map(({ id, input }) => ({ id, ...input }));
    const results = await this.#client.apply(name, APPLY, { commands: batch, atomic });
    expect(results).toHaveLength(sent.length);
    const failures = results.filter(({ status }) => status === 'FAILED');
    if (atomic && failures.length > 0) {
      expect(failures).toHaveLength(1);
      for (const [index, { status }] of results.entries()) {
        if (status !== 'FAILED') expect(status).toBe(this.#isReplay(name, sent[index]!) ? 'REPLAYED' : 'NOT_APPLIED');
      }
    } else for (const [index, one] of sent.entries()) this.#settle(name, one, results[index]!);
    // What was not applied now shows the task as it is in the end.
    for (const [index, result] of results.entries()) this.#expectShown(name, sent[index]!, result);
  }

  #sent(user: number, { name, write, id: choice, target, version: known, word }: Command): Sent {
    const run = this.#run;
    const [owner, id, title] = [run.name(user), run.id(target), run.title(user, word)];
    const version = run.version(known, id);
    const { model } = run;
    const sent = (content: object, expected: () => Expected): Sent => {
      const input = { [write]: content };
      return {
        id: name === undefined ? randomUUID() : this.#names[name]!,
        ...{ input, expected, asked: JSON.stringify(input) },
      };
    };
    switch (write) {
      case 'create': {
        const own = choice === 'none' ? {} : { id: choice === 'new' ? randomUUID() : run.id(choice) };
        return sent({ ...own, title }, () =>
          model.create(owner, { ...own, title, description: null, completed: false }),
        );
      }
      case 'update':
        return sent({ id, input: { title }, expectedVersion: version }, () =>
          model.change(owner, id, { title }, version),
        );
      case 'delete':
        return sent({ id, expectedVersion: version }, () => model.delete(owner, id, version));
      case 'toggle':
        return sent({ id }, () => model.toggle(owner, id));
    }
  }

  #isReplay(name: string, { id, asked }: Sent): boolean {
    return this.#applied.get(`${name} ${id}`)?.asked === asked;
  }

  #settle(name: string, sent: Sent, { status, outcome }: CommandOutcome): void {
    if (this.#isReplay(name, sent)) {
      expect(status).toBe('REPLAYED');
      return;
    }
    if (this.#applied.has(`${name} ${sent.id}`)) {
      expect({ status, outcome }).toEqual({ status: 'FAILED', outcome: { refused: 'CONFLICT', version: undefined } });
      return;
    }
    const expected = sent.expected();
    if ('refused' in expected) {
      // The version is that of the end of the batch.
      expect({ status, outcome }).toMatchObject({ status: 'FAILED', outcome: { refused: expected.refused } });
      return;
    }
    expect(status).toBe('APPLIED');
    this.#run.settle(name, outcome!, expected);
    const taskId = outcome && 'task' in outcome ? outcome.task.id : String((outcome as { deleted: string }).deleted);
    this.#applied.set(`${name} ${sent.id}`, { asked: sent.asked, taskId });
  }

  #expectShown(name: string, { id }: Sent, { status, outcome, shown }: CommandOutcome): void {
    const own = (taskId: string) => {
      const known = this.#run.model.get(name, taskId);
      return 'task' in known ? known.task : null;
    };
    if (status === 'REPLAYED' && !(outcome && 'deleted' in outcome)) {
      expect(shown).toEqual(own(this.#applied.get(`${name} ${id}`)!.taskId));
    }
    if (status === 'NOT_APPLIED') expect(shown).toBeNull();
    if (status !== 'FAILED' || !outcome || !('refused' in outcome)) return;
    expect(outcome.version).toBe(shown?.version);
    if (shown) expect(shown).toEqual(own(shown.id));
  }
}
