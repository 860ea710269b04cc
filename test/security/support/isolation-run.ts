import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { TaskOrder } from '../../../src/tasks/task.order.ts';
import type { TaskView } from '../../support/api.ts';
import { newUser } from '../../support/factories.ts';
import { IsolatedCommands } from './isolation-commands.ts';
import { type Change, type Creation, createModel, type Expected, type Model, type Place } from './isolation-model.ts';
import { type Of, type Operation, USERS } from './isolation-operations.ts';
import type { Outcome, WatchedClient } from './watched-client.ts';

const FIELDS = 'id title description completed completedAt createdAt updatedAt version';
const ENUMS = { createdAt: 'CREATED_AT', title: 'TITLE', completed: 'COMPLETED' } as const;
const NAMES = { createdAt: 'created_at', title: 'title', completed: 'completed' } as const;

const DOCUMENTS = {
  create: `mutation ($input: CreateTaskInput!, $key: String) {
    createTask(input: $input, idempotencyKey: $key) { task { ${FIELDS} } } }`,
  update: `mutation ($id: ID!, $input: UpdateTaskInput!, $version: Int, $key: String) {
    updateTask(id: $id, input: $input, expectedVersion: $version, idempotencyKey: $key) { task { ${FIELDS} } } }`,
  delete: `mutation ($id: ID!, $version: Int, $key: String) {
    deleteTask(id: $id, expectedVersion: $version, idempotencyKey: $key) { deletedTaskId } }`,
  toggle: `mutation ($id: ID!, $key: String) { toggleTask(id: $id, idempotencyKey: $key) { task { ${FIELDS} } } }`,
  list: `query ($first: Int, $after: String, $last: Int, $before: String, $filter: TaskFilter, $search: String,
      $orderBy: [TaskOrder!]) {
    tasks(first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search,
      orderBy: $orderBy) { totalCount edges { cursor node { ${FIELDS} } } }
    viewer { id taskStats { total completed open } }
  }`,
};

/** A word of letters only, so that search takes it for one. */
const newMarker = () =>
  randomUUID()
    .replaceAll(/[^a-f\d]/g, '')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!);

/** A request and all that makes it another one under the same key. */
interface Keyed {
  readonly name: string;
  readonly key: string | undefined;
  readonly asked: readonly unknown[];
}

/** One sequence of operations, each answered as the model says or the test fails. */
export class IsolationRun {
  readonly #client: WatchedClient;
  readonly #commands: IsolatedCommands;
  readonly model: Model = createModel();
  readonly users = Array.from({ length: USERS }, () => newUser('isolated'));
  readonly markers = this.users.map(newMarker);
  /** no task has this id until somebody makes one under it */
  readonly absent = randomUUID();
  readonly cursors: (Place & { cursor: string })[] = [];

  constructor(client: WatchedClient) {
    this.#client = client;
    this.#commands = new IsolatedCommands(this, client);
    for (const [index, name] of this.users.entries()) {
      const others = [...this.users, ...this.markers].filter((_, other) => other % USERS !== index);
      client.hide(name, others);
    }
  }

  /** Does an operation and holds what comes of it against the model. */
  async perform(operation: Operation): Promise<void> {
    await this[operation.kind](operation as never);
  }

  name = (index: number) => this.users[index]!;
  id = (choice: number) => this.model.ids()[choice] ?? this.absent;
  title = (index: number, text: string) => `${this.markers[index]} ${text}`;

  version(choice: 'current' | 'other' | undefined, target: string): number | undefined {
    if (choice === undefined) return undefined;
    const owner = this.users.map((name) => this.model.get(name, target)).find((known) => 'task' in known);
    const current = owner && 'task' in owner ? owner.task.version! : 1;
    return choice === 'current' ? current : current + 1;
  }

  settle(name: string, outcome: Outcome, expected: Expected): void {
    if ('refused' in expected) expect(outcome).toEqual({ version: undefined, ...expected });
    else expect(outcome).toMatchObject(expected);
    if ('task' in outcome) this.model.keep(name, outcome.task);
    if ('deleted' in outcome) this.model.forget(outcome.deleted);
  }

  /** Under a key that was used before, what was answered then comes again and nothing changes, or it is a conflict. */
  async write(request: Keyed, expectedNow: () => Expected, send: () => Promise<Outcome>): Promise<void> {
    const { name, key } = request;
    const asked = JSON.stringify(request);
    const known = key === undefined ? undefined : this.model.underKey(name, key, asked);
    if (known) {
      expect(await send()).toEqual(known);
      return;
    }
    const expected = expectedNow();
    const before = this.model.ids();
    const outcome = await send();
    if ('task' in expected && expected.task.id === undefined && 'task' in outcome) {
      expect(before).not.toContain(outcome.task.id);
    }
    this.settle(name, outcome, expected);
    if (key !== undefined && !('refused' in outcome)) this.model.bindKey(name, key, asked, outcome);
  }

  async create({ user, api, id, word, description, completed, key }: Of<'create'>): Promise<void> {
    const name = this.name(user);
    const input: Creation = { title: this.title(user, word), description, completed };
    if (id !== 'none') input.id = id === 'new' ? randomUUID() : this.id(id);
    const send = () =>
      api === 'GraphQL'
        ? this.#client.mutate(name, 'createTask', DOCUMENTS.create, { input, key })
        : this.#client.rest(name, 'POST', '/api/tasks', input, withKey(key));
    await this.write({ name, key, asked: [input] }, () => this.model.create(name, input), send);
  }

  async get({ user, api, target }: Of<'get'>): Promise<void> {
    const [name, id] = [this.name(user), this.id(target)];
    if (api === 'GraphQL') return this.readMany({ kind: 'readMany', user, targets: [target] });
    this.settle(name, await this.#client.rest(name, 'GET', `/api/tasks/${id}`), this.model.get(name, id));
  }

  async update({ user, api, target, version: choice, changes, key }: Of<'update'>): Promise<void> {
    const [name, id] = [this.name(user), this.id(target)];
    const { word, ...rest } = changes;
    const input = { ...(word === undefined ? {} : { title: this.title(user, word) }), ...rest };
    const version = this.version(choice, id);
    const send = () =>
      api === 'GraphQL'
        ? this.#client.mutate(name, 'updateTask', DOCUMENTS.update, { id, input, version, key })
        : this.#client.rest(name, 'PUT', `/api/tasks/${id}`, input, { ...ifMatch(version), ...withKey(key) });
    const { title, description, completed } = input as Change;
    const asked = ['update', id, version, title, description, completed];
    await this.write({ name, key, asked }, () => this.model.change(name, id, input, version), send);
  }

  async delete({ user, api, target, version: choice, key }: Of<'delete'>): Promise<void> {
    const [name, id] = [this.name(user), this.id(target)];
    const version = this.version(choice, id);
    const send = () =>
      api === 'GraphQL'
        ? this.#client.mutate(name, 'deleteTask', DOCUMENTS.delete, { id, version, key })
        : this.#client.rest(name, 'DELETE', `/api/tasks/${id}`, undefined, { ...ifMatch(version), ...withKey(key) });
    await this.write({ name, key, asked: ['delete', id, version] }, () => this.model.delete(name, id, version), send);
  }

  async toggle({ user, api, target, key }: Of<'toggle'>): Promise<void> {
    const [name, id] = [this.name(user), this.id(target)];
    const send = () =>
      api === 'GraphQL'
        ? this.#client.mutate(name, 'toggleTask', DOCUMENTS.toggle, { id, key })
        : this.#client.rest(name, 'PATCH', `/api/tasks/${id}/toggle`, undefined, withKey(key));
    await this.write({ name, key, asked: ['toggle', id] }, () => this.model.toggle(name, id), send);
  }

  async commands(batch: Of<'commands'>): Promise<void> {
    await this.#commands.perform(batch);
  }

  async list({ user, api, order, completed, search: sought }: Of<'list'>): Promise<void> {
    const name = this.name(user);
    const search = typeof sought === 'number' ? this.markers[sought] : sought;
    const criteria = { ...(completed === undefined ? {} : { completed }), ...(search ? { search } : {}) };
    const expected = this.model.list(name, order, criteria);
    if (api === 'REST') {
      const sort = `${order.direction === 'desc' ? '-' : ''}${NAMES[order.field as keyof typeof NAMES]}`;
      const query = new URLSearchParams({ sort, limit: '100', ...(search ? { search } : {}) });
      if (completed !== undefined) query.set('completed', String(completed));
      expect(await this.#client.page(name, query)).toEqual({ items: expected, total: expected.length });
      return;
    }
    const { filter, ...rest } = { filter: completed === undefined ? null : { completed }, search, first: 100 };
    const edges = await this.connection(name, order, { filter, ...rest });
    expect(edges.map(({ node }) => node)).toEqual(expected);
    this.cursors.push(...edges.map(({ cursor, node }) => ({ cursor, order, row: node })));
  }

  /** A cursor that was given to whomever shows nothing but a place in the caller's own list. */
  async follow({ user, cursor: choice, side }: Of<'follow'>): Promise<void> {
    const place = this.cursors[choice % Math.max(1, this.cursors.length)];
    if (!place) return;
    const name = this.name(user);
    const expected = this.model.beside(name, place, side);
    const slice = side === 'after' ? { first: 100, after: place.cursor } : { last: 100, before: place.cursor };
    const edges = await this.connection(name, place.order, slice);
    expect(edges.map(({ node }) => node)).toEqual(expected);
  }

  async connection(name: string, order: TaskOrder, variables: Record<string, unknown>) {
    const { field, direction } = order;
    const orderBy = [{ field: ENUMS[field as keyof typeof ENUMS], direction: direction.toUpperCase() }];
    const { data, refused } = await this.#client.graphql(name, DOCUMENTS.list, { ...variables, orderBy });
    expect(refused).toEqual({});
    expect(data.viewer).toEqual({ id: name, taskStats: this.model.stats(name) });
    return data.tasks.edges as { cursor: string; node: TaskView }[];
  }

  /** Own and others' tasks in one document: all are answered, or nothing but the refusal of one. */
  async readMany({ user, targets }: Of<'readMany' | 'toggleMany'>): Promise<void> {
    const name = this.name(user);
    const ids = targets.map(this.id);
    const expected = ids.map((id) => this.model.get(name, id));
    const { data, refused } = await this.#client.graphql(
      name,
      bulk('query', 'task', ` { ${FIELDS} }`, ids),
      variablesOf(ids),
    );
    const refusals = Object.fromEntries(
      expected.flatMap((one, index) => ('refused' in one ? [[`a${index}`, one.refused]] : [])),
    );
    if (Object.keys(refusals).length === 0) {
      expect(ids.map((_, index) => ({ task: data[`a${index}`] }))).toEqual(expected);
      return;
    }
    expect(data ?? null).toBeNull();
    expect(refusals).toMatchObject(refused);
    expect(Object.keys(refused)).not.toEqual([]);
  }

  /** Mutations of one document run one after the other, up to the first that is refused. */
  async toggleMany({ user, targets }: Of<'readMany' | 'toggleMany'>): Promise<void> {
    const name = this.name(user);
    const ids = [...new Set(targets.map(this.id))];
    const document = bulk('mutation', 'toggleTask', ` { task { ${FIELDS} } }`, ids);
    const { data, refused } = await this.#client.graphql(name, document, variablesOf(ids));
    for (const [index, id] of ids.entries()) {
      const expected = this.model.toggle(name, id);
      if ('refused' in expected) {
        expect({ data: data ?? null, refused }).toEqual({ data: null, refused: { [`a${index}`]: expected.refused } });
        return;
      }
      const answered = data?.[`a${index}`].task ?? (await this.reread(name, id));
      this.settle(name, { task: answered }, expected);
    }
    expect(refused).toEqual({});
  }

  /** What became of a task whose answer was lost with that of a later one. */
  async reread(name: string, id: string): Promise<TaskView> {
    const outcome = await this.#client.rest(name, 'GET', `/api/tasks/${id}`);
    if (!('task' in outcome)) throw new Error('a task that was just changed is gone');
    return outcome.task;
  }
}

const withKey = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { 'idempotency-key': key };

const ifMatch = (version: number | undefined): Record<string, string> =>
  version === undefined ? {} : { 'if-match': `"${version}"` };

function bulk(type: string, field: string, selection: string, ids: readonly string[]): string {
  const parameters = ids.map((_, index) => `$i${index}: ID!`).join();
  return `${type} (${parameters}) { ${ids.map((_, index) => `a${index}: ${field}(id: $i${index})${selection}`).join(' ')} }`;
}

const variablesOf = (ids: readonly string[]) => Object.fromEntries(ids.map((id, index) => [`i${index}`, id]));
