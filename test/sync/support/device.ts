import { randomUUID } from 'node:crypto';

/** A task as a device knows it. */
export interface KnownTask {
  title: string;
  completed: boolean;
  version: number;
}

/** What a device did while it was offline, or has not yet heard the answer to. */
export interface Command {
  id: string;
  taskId: string;
  input: Record<string, object>;
}

interface SyncPage {
  changed: (KnownTask & { id: string })[];
  deleted_ids: string[];
  sync_token: string;
  has_more: boolean;
  full_sync: boolean;
}

interface CommandResult {
  id: string;
  status: 'APPLIED' | 'REPLAYED' | 'FAILED' | 'NOT_APPLIED';
  error: { code: string } | null;
}

const APPLY = `mutation ($commands: [TaskCommandInput!]!, $atomic: Boolean) {
  applyCommands(commands: $commands, atomic: $atomic) { results { id status error { code } } }
}`;

/** How the ends of a connection read that nobody meant. */
const CUTS = ['fetch failed', 'terminated', 'The operation was aborted due to timeout'];

/** milliseconds; more than the server waits for anything */
const ANSWER_TIMEOUT = 60_000;

/** What the devices of all runs have seen of what must not be. */
export const faults: string[] = [];

export interface DeviceOptions {
  name: string;
  user: string;
  token: string;
  /** where the servers are; which of them is asked changes from call to call */
  urls: readonly string[];
  random: () => number;
}

/**
 * A device by the book (docs/sync.md): it keeps what the server tells under one sync token, and its own changes in a queue until
 * they are answered for.
 */
export class Device {
  readonly tasks = new Map<string, KnownTask>();
  readonly queue: Command[] = [];
  /** ids of commands that the server says it has applied */
  readonly applied = new Set<string>();
  /** how many changes it was told of while it followed */
  heard = 0;
  readonly commands: Command[] = [];
  /** those of which an answer said that it was this very request */
  readonly #saidApplied = new Set<string>();
  #syncToken: string | null = null;
  /** what the pages of a start that is under way have held */
  #started: Set<string> | undefined;
  /** since a start until the changes that it was read beside have been told */
  #mayRepeat = false;
  readonly #options: DeviceOptions;

  constructor(options: DeviceOptions) {
    this.#options = options;
  }

  /** A change that the user makes, with or without a network. */
  edit(): void {
    const { random } = this.#options;
    const known = [...this.tasks.keys(), ...this.queue.map(({ taskId }) => taskId)];
    const taskId = known[Math.floor(random() * known.length)];
    const kind = random();
    if (taskId === undefined || kind < 0.4) this.create();
    else if (kind < 0.7) this.#enqueue(taskId, { update: { id: taskId, input: { title: this.#newTitle() } } });
    else if (kind < 0.9) this.#enqueue(taskId, { toggle: { id: taskId } });
    else this.#enqueue(taskId, { delete: { id: taskId } });
  }

  /** A new task, whose id it answers. */
  create(): string {
    const id = randomUUID();
    this.#enqueue(id, { create: { id, title: this.#newTitle() } });
    return id;
  }

  /** Sends some of the queue: once or twice at the same time, in order or the later ones first, again what was answered. */
  async push(): Promise<void> {
    const { random } = this.#options;
    const size = 1 + Math.floor(random() * 6);
    const batches = [this.queue.slice(0, size), this.queue.slice(size, 2 * size)];
    if (random() < 0.2) batches.reverse();
    if (random() < 0.3) batches.push(batches[0]!);
    if (random() < 0.2) batches.push(this.commands.slice(-size));
    const isAtOnce = random() < 0.4;
    const sent = batches.filter((batch) => batch.length > 0).map((batch) => () => this.#send(batch, random() < 0.2));
    if (isAtOnce) await Promise.all(sent.map((send) => send()));
    else for (const send of sent) await send();
  }

  /** Asks until there is no more, or the network ends it. */
  async pull(): Promise<boolean> {
    for (;;) {
      const since = this.#syncToken === null ? '' : `&since=${this.#syncToken}`;
      const limit = 1 + Math.floor(this.#options.random() * 20);
      const page = await this.#ask<SyncPage>(`/api/tasks/changes?limit=${limit}${since}`);
      if (page === undefined) return false;
      const wasStart = this.#takePage(page);
      if (!page.has_more && !wasStart) return true;
    }
  }

  /** Follows the changes for so many milliseconds, until it has heard enough, or until the connection breaks. */
  async follow(milliseconds: number, hasEnough = () => false): Promise<void> {
    // Whoever has a start to finish, or to make up for, has to pull.
    if (this.#syncToken === null || this.#started || this.#mayRepeat) await this.pull();
    if (this.#syncToken === null || this.#started || this.#mayRepeat) return;
    try {
      const response = await fetch(`${this.#url()}/api/tasks/events`, {
        headers: { ...this.#headers(), 'last-event-id': this.#syncToken },
        signal: AbortSignal.timeout(Math.round(milliseconds)),
      });
      if (response.status !== 200 || !response.body) return;
      let text = '';
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        text += piece;
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) this.#takeEvent(event);
        if (hasEnough()) break;
      }
    } catch (error) {
      // Cut off, killed or out of time: the token says where to go on.
      if (!CUTS.includes((error as Error).message)) throw error;
    }
  }

  #newTitle(): string {
    const { user, name } = this.#options;
    return `${user} ${name} ${this.commands.length}`;
  }

  #enqueue(taskId: string, input: Record<string, object>): void {
    const command = { id: randomUUID(), taskId, input };
    this.queue.push(command);
    this.commands.push(command);
  }

  async #send(batch: readonly Command[], atomic: boolean): Promise<void> {
    const commands = batch.map(({ id, input }) => ({ id, ...input }));
    const body = JSON.stringify({ query: APPLY, variables: { commands, atomic } });
    const answer = await this.#ask<{ data?: { applyCommands: { results: CommandResult[] } } }>('/graphql', body);
    for (const { id, status, error } of answer?.data?.applyCommands.results ?? []) this.#answered(id, status, error);
  }

  #answered(id: string, status: CommandResult['status'], error: CommandResult['error']): void {
    if (status === 'NOT_APPLIED') return;
    const place = this.queue.findIndex((command) => command.id === id);
    if (status === 'APPLIED') {
      if (this.#saidApplied.has(id)) faults.push(`${id} was applied twice`);
      this.#saidApplied.add(id);
    }
    // Of two requests at once the answer of the later one may come first.
    if (status !== 'FAILED') this.applied.add(id);
    if (place < 0) return;
    const { taskId } = this.queue[place]!;
    // Sent before the command that makes its task: its turn comes.
    const isEarly = this.queue.some(({ input }) => (input.create as { id?: string } | undefined)?.id === taskId);
    if (status === 'FAILED' && error?.code === 'NOT_FOUND' && isEarly) return;
    this.queue.splice(place, 1);
  }

  /** @returns whether it was a page of a start */
  #takePage(page: SyncPage): boolean {
    if (page.full_sync) this.#started ??= new Set();
    for (const { id, title, completed, version } of page.changed) {
      this.#started?.add(id);
      this.#take(id, { title, completed, version }, page.full_sync);
    }
    for (const id of page.deleted_ids) this.tasks.delete(id);
    this.#syncToken = page.sync_token;
    if (page.full_sync) {
      if (page.has_more) return true;
      for (const id of this.tasks.keys()) if (!this.#started?.has(id)) this.tasks.delete(id);
      this.#started = undefined;
      this.#mayRepeat = true;
    } else if (!page.has_more) this.#mayRepeat = false;
    return page.full_sync;
  }

  #takeEvent(text: string): void {
    const fields = new Map(
      text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const kind = fields.get('event');
    const data = fields.get('data');
    if (kind === undefined || data === undefined) return;
    this.heard += 1;
    const { id, title, completed, version } = JSON.parse(data);
    if (kind === 'created' || kind === 'updated') this.#take(id, { title, completed, version }, false);
    if (kind === 'deleted') this.tasks.delete(id);
    this.#syncToken = kind === 'resync' ? null : (fields.get('id') ?? null);
  }

  /** Under one token nothing is told twice and nothing goes back. */
  #take(id: string, task: KnownTask, isStart: boolean): void {
    const { user, name } = this.#options;
    const known = this.tasks.get(id)?.version ?? 0;
    const isRepeat = this.#mayRepeat ? task.version < known : task.version <= known;
    if (!isStart && isRepeat)
      faults.push(`${name} of ${user} was told version ${task.version} of ${id} after ${known}`);
    if (!task.title.startsWith(`${user} `)) faults.push(`${name} of ${user} was told of ${task.title}`);
    this.tasks.set(id, task);
  }

  async #ask<Answer>(path: string, body?: string): Promise<Answer | undefined> {
    try {
      const response = await fetch(`${this.#url()}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...this.#headers(), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT),
      });
      // A server that stood still for longer than a request may take has not looked at it: clients send it again (RFC 9110, 15.5.9).
      if (response.status === 408) return undefined;
      // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
      const answer = (await response.json()) as any;
      if (response.status === 200 && !answer.errors) return answer as Answer;
      const code = answer.errors?.[0]?.extensions.code ?? answer.code;
      if (code !== 'SERVICE_UNAVAILABLE') faults.push(`${path} was answered with ${JSON.stringify(answer)}`);
    } catch (error) {
      // Whoever is killed says nothing; but nobody may leave a client waiting.
      if ((error as Error).name === 'TimeoutError') faults.push(`${path} was not answered`);
    }
    return undefined;
  }

  #url(): string {
    const { urls, random } = this.#options;
    return urls[Math.floor(random() * urls.length)]!;
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#options.token}` };
  }
}
