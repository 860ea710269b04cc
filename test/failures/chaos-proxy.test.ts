import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';

/** Answers everything with what it was asked. */
let server: Server;
let heard: string;
let proxy: ChaosProxy;
let clients: Socket[];

beforeEach(async () => {
  heard = '';
  clients = [];
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard += bytes;
      socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startChaosProxy(`echo://127.0.0.1:${(server.address() as { port: number }).port}`);
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  server.close();
});

async function client(): Promise<Socket> {
  const { port } = new URL(proxy.through('echo://127.0.0.1:1'));
  const socket = connect(Number(port), '127.0.0.1');
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function echoOf(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, 'data'))[0]);
}

it('carries bytes to the server and back', async () => {
  expect(await echoOf(await client(), 'hello')).toBe('hello');
  expect(proxy.connections).toBe(1);
});

it('refuses connections until it passes them again, and leaves open ones alone', async () => {
  const open = await client();
  await proxy.refuse();
  await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(await echoOf(open, 'still here')).toBe('still here');
  await proxy.pass();
  expect(await echoOf(await client(), 'back')).toBe('back');
});

it('lets nothing through a black hole, and everything once it passes again', async () => {
  const open = await client();
  proxy.blackHole();
  const arrived = proxy.next('request');
  const echo = echoOf(open, 'held');
  await arrived;
  expect(heard).toBe('');
  await proxy.pass();
  expect(await echo).toBe('held');
});

it('freezes answers alone', async () => {
  const open = await client();
  proxy.freeze('answer');
  const answered = proxy.next('answer');
  const echo = echoOf(open, 'heard');
  await answered;
  expect(heard).toBe('heard');
  await proxy.pass();
  expect(await echo).toBe('heard');
});

it('cuts every connection at once', async () => {
  const open = await Promise.all([client(), client()]);
  const ended = open.map((socket) => once(socket, 'close').catch((error: unknown) => error));
  // A client knows of its connection before the proxy does.
  await Promise.all(open.map((socket) => echoOf(socket, 'a')));
  proxy.cut();
  expect(await Promise.all(ended)).toMatchObject([{ code: 'ECONNRESET' }, { code: 'ECONNRESET' }]);
});

it('cuts before certain bytes reach the server', async () => {
  proxy.cutOn('commit', 'unsent');
  const ended = once(await client(), 'close').catch(() => {});
  clients[0]?.write('commit');
  await ended;
  expect(heard).toBe('');
});

it('cuts when the server has heard certain bytes and has answered', async () => {
  proxy.cutOn('commit', 'unanswered');
  const socket = await client();
  const echoes: string[] = [];
  socket.on('data', (bytes) => echoes.push(String(bytes)));
  const ended = once(socket, 'close').catch(() => {});
  socket.write('commit');
  await ended;
  expect(heard).toBe('commit');
  expect(echoes).toEqual([]);
});

it('cuts in the middle of an answer', async () => {
  proxy.cutAfter(3);
  const socket = await client();
  const ended = once(socket, 'close');
  expect(await echoOf(socket, 'hello')).toBe('hel');
  await ended;
});
