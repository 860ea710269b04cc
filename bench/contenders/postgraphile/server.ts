/**
 * PostGraphile 5 as its documentation sets it up: the Amber preset, Grafserv on node:http, prepared statements,
 * and row-level security with the user of the verified token in `pgSettings`.
 */
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { grafserv } from 'postgraphile/grafserv/node';
import { OWNER_DATABASE_URL, PORT } from '../settings.ts';
import { userOf } from '../tokens.ts';
import { prepareDatabase } from './database.ts';
import { preset, users } from './preset.ts';

await prepareDatabase(OWNER_DATABASE_URL);

const api = postgraphile(preset);
const handle = api.createServ(grafserv).createHandler();
await api.getSchema();

const server = createServer(async (request, response) => {
  const userId = await userOf(request.headers.authorization);
  if (userId === undefined) {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"code":"UNAUTHENTICATED"}');
    return;
  }
  users.set(request, userId);
  handle(request, response);
});
server.listen(PORT, '127.0.0.1');

process.once('SIGTERM', () => process.exit());
