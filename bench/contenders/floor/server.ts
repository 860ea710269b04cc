/**
 * The floor: what the operations cost when nothing stands between node:http and PostgreSQL but the code they need. No
 * GraphQL, no framework, no ORM; named prepared statements and JSON written by hand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PORT } from '../settings.ts';
import { userOf } from '../tokens.ts';
import { pageJson, plannedJson, taskJson } from './json.ts';
import {
  createTask,
  getTask,
  listAndCountTasks,
  listTasks,
  listTasksAfter,
  openTasksWithWords,
  plannedTasks,
  renameTask,
  type TaskRow,
  toggleTask,
} from './queries.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const LIST_ROUTE = /^\/tasks\?first=(\d{1,3})(?:(&count)|&after=([\w-]{1,200}))?$/;
const SEARCH_ROUTE = /^\/tasks\/open\?first=(\d{1,3})&words=([^&]{1,600})$/;
const PLANNED_ROUTE = /^\/tasks\/planned\?first=(\d{1,3})$/;
const TASK_ROUTE = new RegExp(`^/tasks/(${UUID})$`);
const TOGGLE_ROUTE = new RegExp(`^/tasks/(${UUID})/toggle$`);
const CURSOR = new RegExp(`^([-0-9]{10}[ T][0-9:.]{8,12}(?:Z|\\+00))\\|(${UUID})$`);
const MAXIMUM_BODY_BYTES = 1024 * 1024;

type Answer = readonly [status: number, json: string];

const NOT_FOUND: Answer = [404, '{"code":"NOT_FOUND"}'];
const BAD_INPUT: Answer = [400, '{"code":"BAD_USER_INPUT"}'];
const UNAUTHENTICATED: Answer = [401, '{"code":"UNAUTHENTICATED"}'];
const FAILED: Answer = [500, '{"code":"INTERNAL_SERVER_ERROR"}'];

createServer((request, response) => {
  handle(request).then(
    (answer) => send(response, answer),
    (error: unknown) => {
      console.error(error);
      send(response, FAILED);
    },
  );
}).listen(PORT, '127.0.0.1');

process.once('SIGTERM', () => process.exit());

async function handle(request: IncomingMessage): Promise<Answer> {
  const { method, url = '' } = request;
  const body = method === 'GET' ? '' : await readBody(request);
  const userId = await userOf(request.headers.authorization);
  if (userId === undefined) return UNAUTHENTICATED;
  if (method === 'GET') return get(userId, url);
  return method === 'POST' ? post(userId, url, body) : patch(userId, url, body);
}

async function get(userId: string, url: string): Promise<Answer> {
  const id = TASK_ROUTE.exec(url)?.[1];
  if (id !== undefined) return taskAnswer(await getTask(userId, id));
  const planned = PLANNED_ROUTE.exec(url);
  if (planned) return plannedPage(userId, Number(planned[1]));
  const words = SEARCH_ROUTE.exec(url);
  if (words) return search(userId, Number(words[1]), decodeURIComponent(words[2]!));
  const [, length, counted, after] = LIST_ROUTE.exec(url) ?? [];
  const first = Number(length);
  if (!isPageSize(first)) return BAD_INPUT;
  if (counted !== undefined) {
    const [tasks, totalCount] = await listAndCountTasks(userId, first + 1);
    return pageAnswer(tasks, first, totalCount);
  }
  if (after === undefined) return pageAnswer(await listTasks(userId, first + 1), first);
  const [, createdAt, lastId] = CURSOR.exec(Buffer.from(after, 'base64url').toString()) ?? [];
  if (createdAt === undefined || lastId === undefined) return BAD_INPUT;
  return pageAnswer(await listTasksAfter(userId, first + 1, createdAt, lastId), first);
}

async function plannedPage(userId: string, first: number): Promise<Answer> {
  if (!isPageSize(first)) return BAD_INPUT;
  const tasks = await plannedTasks(userId, first + 1);
  return [200, pageJson(tasks.slice(0, first), tasks.length > first, undefined, plannedJson)];
}

async function search(userId: string, first: number, words: string): Promise<Answer> {
  if (!isPageSize(first) || words.length > 200) return BAD_INPUT;
  return pageAnswer(await openTasksWithWords(userId, first + 1, words), first);
}

async function post(userId: string, url: string, body: string): Promise<Answer> {
  const id = TOGGLE_ROUTE.exec(url)?.[1];
  if (id !== undefined) return taskAnswer(await toggleTask(userId, id));
  if (url !== '/tasks') return NOT_FOUND;
  const { title, description = null } = JSON.parse(body) as Record<string, unknown>;
  if (!isTitle(title)) return BAD_INPUT;
  if (description !== null && typeof description !== 'string') return BAD_INPUT;
  return [201, taskJson(await createTask(userId, title, description))];
}

async function patch(userId: string, url: string, body: string): Promise<Answer> {
  const id = TASK_ROUTE.exec(url)?.[1];
  if (id === undefined) return NOT_FOUND;
  const { title } = JSON.parse(body) as Record<string, unknown>;
  return isTitle(title) ? taskAnswer(await renameTask(userId, id, title)) : BAD_INPUT;
}

function isPageSize(first: number): boolean {
  return first >= 1 && first <= 100;
}

function isTitle(title: unknown): title is string {
  return typeof title === 'string' && title.length >= 1 && title.length <= 255;
}

function taskAnswer(task: TaskRow | undefined): Answer {
  return task ? [200, taskJson(task)] : NOT_FOUND;
}

function pageAnswer(tasks: readonly TaskRow[], first: number, totalCount?: number): Answer {
  return [200, pageJson(tasks.slice(0, first), tasks.length > first, totalCount)];
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAXIMUM_BODY_BYTES) request.destroy(new Error('the body is too large'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, [status, json]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}
