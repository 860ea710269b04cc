/**
 * The floor: what the four operations cost when nothing stands between node:http and PostgreSQL but the code they
 * need. No GraphQL, no framework, no ORM; named prepared statements and JSON written by hand.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PORT } from '../settings.ts';
import { pageJson, taskJson } from './json.ts';
import { createTask, getTask, listTasks, toggleTask } from './queries.ts';
import { userOf } from './tokens.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const LIST_ROUTE = /^\/tasks\?first=(\d{1,3})$/;
const TASK_ROUTE = new RegExp(`^/tasks/(${UUID})$`);
const TOGGLE_ROUTE = new RegExp(`^/tasks/(${UUID})/toggle$`);
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
  const body = request.method === 'POST' ? await readBody(request) : '';
  const userId = await userOf(request.headers.authorization);
  if (userId === undefined) return UNAUTHENTICATED;
  const url = request.url ?? '';
  return request.method === 'POST' ? post(userId, url, body) : get(userId, url);
}

async function get(userId: string, url: string): Promise<Answer> {
  const id = TASK_ROUTE.exec(url)?.[1];
  if (id !== undefined) {
    const task = await getTask(userId, id);
    return task ? [200, taskJson(task)] : NOT_FOUND;
  }
  const first = Number(LIST_ROUTE.exec(url)?.[1]);
  if (!(first >= 1 && first <= 100)) return BAD_INPUT;
  const tasks = await listTasks(userId, first + 1);
  return [200, pageJson(tasks.slice(0, first), tasks.length > first)];
}

async function post(userId: string, url: string, body: string): Promise<Answer> {
  const id = TOGGLE_ROUTE.exec(url)?.[1];
  if (id !== undefined) {
    const task = await toggleTask(userId, id);
    return task ? [200, taskJson(task)] : NOT_FOUND;
  }
  if (url !== '/tasks') return NOT_FOUND;
  const { title, description = null } = JSON.parse(body) as Record<string, unknown>;
  if (typeof title !== 'string' || title.length < 1 || title.length > 255) return BAD_INPUT;
  if (description !== null && typeof description !== 'string') return BAD_INPUT;
  return [201, taskJson(await createTask(userId, title, description))];
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
