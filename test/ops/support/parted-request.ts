import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestApp } from '../../support/app.ts';

/** Sends a new task whose body comes when the server has asked for it; without one the client leaves instead. */
export async function sendInTwoParts(
  app: TestApp,
  user: string,
  headers: Record<string, string>,
  task: object | undefined,
): Promise<void> {
  const body = JSON.stringify(task ?? {});
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({
    host: hostname,
    connection: 'close',
    'content-type': 'application/json',
    'content-length': String(body.length),
    expect: '100-continue',
    ...(await app.credentials(user)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(['POST /api/tasks HTTP/1.1', ...lines, '\r\n'].join('\r\n'));
  await once(socket, 'data');
  if (task === undefined) {
    socket.destroy();
    return;
  }
  socket.write(body);
  socket.resume();
  await once(socket, 'close');
}
