import { randomUUID } from 'node:crypto';
import type { TestApp } from '../../support/app.ts';
import { asked, TASK, tasksOf } from './graphql-tasks.ts';

interface Occurrence {
  version: number;
  dueDate: string | null;
  dueAt: string | null;
  completedAt: string;
}

/** The completed occurrences of a task, the latest first. */
export async function completedOccurrences(app: TestApp, user: string, id: string): Promise<Occurrence[]> {
  const occurrences = 'completedOccurrences { nodes { version dueDate dueAt completedAt } }';
  return (await asked(app, user, `query ($id: ID!) { task(id: $id) { ${occurrences} } }`, { id })).task
    .completedOccurrences.nodes;
}

export async function appliedCommands(app: TestApp, user: string, commands: object[]) {
  const query = `mutation ($commands: [TaskCommandInput!]!) {
    applyCommands(commands: $commands) { results { status task { ${TASK} } error { code version } } }
  }`;
  const sent = commands.map((command) => ({ id: randomUUID(), ...command }));
  return (await asked(app, user, query, { commands: sent })).applyCommands.results;
}

/** Every way in which a client can say that a task is done. */
export const WAYS: [string, (app: TestApp, user: string, id: string) => Promise<unknown>][] = [
  ['completeTask', (app, user, id) => tasksOf(app).complete(user, id)],
  ['updateTask', (app, user, id) => tasksOf(app).update(user, id, { completed: true })],
  ['toggleTask', (app, user, id) => tasksOf(app).toggle(user, id)],
  [
    'a command that updates',
    (app, user, id) => appliedCommands(app, user, [{ update: { id, input: { completed: true } } }]),
  ],
  ['a command that toggles', (app, user, id) => appliedCommands(app, user, [{ toggle: { id } }])],
  ['PUT', (app, user, id) => app.rest(user, 'PUT', `/api/tasks/${id}`, { completed: true })],
  ['PATCH', (app, user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}`, { completed: true })],
  ['PATCH …/toggle', (app, user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`)],
];
