import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let own: Asking;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  own = asking(app, newUser());
});

const made = async (title: string, parentId?: string): Promise<string> =>
  (await own.ask('createTask', { input: { title, ...(parentId === undefined ? {} : { parentId }) } })).task.id;

describe('a restored task that what it belonged to belongs to by now', () => {
  it('goes back to the trash by itself, with what belongs to it, and both come back from there', async () => {
    const whole = await made('whole');
    const part = await made('part', whole);
    await own.ask('deleteTask', { id: whole });
    const { undoToken } = await own.ask('restoreTask', { id: part });
    await own.ask('restoreTask', { id: whole });
    await own.ask('updateTask', { id: whole, input: { parentId: part } });

    const undone = await own.ask('undo', { token: undoToken });
    expect(undone).toMatchObject({ tasks: [], deletedTaskIds: [part] });
    expect((await own.ask('deletedTasks', { first: 10 })).totalCount).toBe(2);

    await own.ask('restoreTask', { id: part });
    expect(await own.ask('task', { id: whole })).toMatchObject({ parentId: part });
    expect(await own.ask('task', { id: part })).toMatchObject({ parentId: null });

    await own.ask('deleteTask', { id: part });
    await own.ask('purgeTask', { id: part });
    expect((await own.ask('deletedTasks', { first: 10 })).totalCount).toBe(0);
  });

  it('goes back below it where it still can', async () => {
    const whole = await made('whole');
    const part = await made('part', whole);
    await own.ask('deleteTask', { id: whole });
    const { undoToken } = await own.ask('restoreTask', { id: part });
    await own.ask('undo', { token: undoToken });
    await own.ask('restoreTask', { id: whole });
    expect(await own.ask('task', { id: part })).toMatchObject({ parentId: whole });
  });
});
