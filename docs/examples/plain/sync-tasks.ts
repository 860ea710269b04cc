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

/** Takes over every change as it happens, until `api.signal` is aborted. `onChange` hears of each. */
export async function followChanges(api: Api, device: Device, onChange: (event: StreamEvent) => void): Promise<never> {
  while (true) {
    if (device.syncToken === undefined) await pullChanges(api, device);
    await persist(api, async (renew, wentWell) => {
      const response = await get(api, '/tasks/events', { 'last-event-id': String(device.syncToken) }, renew);
      for await (const event of readEvents(response.body!)) {
        if (event.event === 'end') throw new RefusedError(401, event.data);
        wentWell();
        take(device, event);
        onChange(event);
        // What was changed before is no longer known: all tasks are asked for anew.
        if (device.syncToken === undefined) return;
      }
      throw new Error('The server has ended the stream');
    });
  }
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
