import { type Api, get, persist, RefusedError } from './api.ts';
import { readEvents, type StreamEvent } from './events.ts';

export interface Task {
  id: string;
  title: string;
  completed: boolean;
  version: number;
}

/** What a device has of the user's tasks, and up to where it has everything. Keep the two together. */
export interface Device {
  readonly tasks: Map<string, Task>;
  syncToken: string | undefined;
}

interface Changes {
  changed: Task[];
  deleted_ids: string[];
  sync_token: string;
  has_more: boolean;
  full_sync: boolean;
}

/**
 * Takes over all that has changed since the last time; the first time, and when that is too long ago, all tasks. Enough for
 * an application that asks when it is opened, and now and then.
 */
export async function pullChanges(api: Api, device: Device): Promise<void> {
  try {
    await pull(api, device);
  } catch (error) {
    if (!isNotGiven(error) || device.syncToken === undefined) throw error;
    device.syncToken = undefined;
    await pull(api, device);
  }
}

async function pull(api: Api, device: Device): Promise<void> {
  let since = device.syncToken;
  let started: Set<string> | undefined;
  for (let hasMore = true; hasMore; ) {
    const query = new URLSearchParams({ limit: '100', ...(since === undefined ? {} : { since }) });
    const page = await persist(api, async (renew) => {
      const response = await get(api, `/tasks/changes?${query}`, {}, renew);
      return (await response.json()) as Changes;
    });
    if (page.full_sync) {
      started ??= new Set();
      // Half a start is none: whoever is interrupted begins anew.
      device.syncToken = undefined;
    }
    for (const task of page.changed) {
      started?.add(task.id);
      device.tasks.set(task.id, task);
    }
    for (const id of page.deleted_ids) device.tasks.delete(id);
    ({ sync_token: since, has_more: hasMore } = page);
    if (started === undefined) device.syncToken = since;
  }
  for (const id of started ? device.tasks.keys() : []) if (!started?.has(id)) device.tasks.delete(id);
  device.syncToken = since;
}

/**
 * Takes over every change as it happens, until `api.signal` is aborted, which it then rejects with. `onChange` hears of each,
 * and without an event of each start, which may have changed everything.
 */
export async function followChanges(api: Api, device: Device, onChange: (event?: StreamEvent) => void): Promise<never> {
  while (true) {
    if (device.syncToken === undefined) {
      await pullChanges(api, device);
      onChange();
    }
    try {
      await persist(api, (renew, wentWell) => follow(api, device, onChange, renew, wentWell));
    } catch (error) {
      if (!isNotGiven(error)) throw error;
      device.syncToken = undefined;
    }
  }
}

/** Until what was changed before is no longer known, so that all tasks have to be asked for anew. */
async function follow(
  api: Api,
  device: Device,
  onChange: (event: StreamEvent) => void,
  renew: boolean,
  wentWell: () => void,
): Promise<void> {
  const response = await get(api, '/tasks/events', { 'last-event-id': String(device.syncToken) }, renew);
  for await (const event of readEvents(response.body!)) {
    if (event.event === 'end') throw new RefusedError(401, event.data);
    wentWell();
    take(device, event);
    if (device.syncToken === undefined) return;
    onChange(event);
  }
  throw new Error('The server has ended the stream');
}

/** The token that was kept is another user's, or of another server. */
function isNotGiven(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 400 && error.message.startsWith('since');
}

function take(device: Device, { event, id, data }: StreamEvent): void {
  if (event === 'resync') {
    device.syncToken = undefined;
    return;
  }
  const task = JSON.parse(data) as Task;
  if (event === 'deleted') device.tasks.delete(task.id);
  // The answer to a change of one's own may have been faster, and of a later version.
  else if (task.version >= (device.tasks.get(task.id)?.version ?? 0)) device.tasks.set(task.id, task);
  device.syncToken = id;
}
