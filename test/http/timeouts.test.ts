import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttpServer, type HttpTimeouts } from '../../src/http/http-server.ts';
import { refuseMalformed } from '../../src/http/malformed.ts';
import { createRequestsInProgress } from '../../src/http/requests-in-progress.ts';

const LONG = 60_000;
const PATIENT: HttpTimeouts = { headers: LONG, request: LONG, silence: LONG, keepAlive: LONG, checks: 20 };
const BRIEF = 100;
/** More than the buffers of a connection take. */
const LARGE = Buffer.alloc(64 * 1024 * 1024, 'x');

let server: Server | undefined;
afterEach(async () => {
  const closing = server && once(server, 'close');
  server?.close();
  server?.closeAllConnections();
  await closing;
  server = undefined;
});

async function serve(timeouts: Partial<HttpTimeouts>, listener: RequestListener): Promise<Socket> {
  server = createHttpServer(listener, { ...PATIENT, ...timeouts });
  server.on('clientError', refuseMalformed);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the server ends the connection. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return text;
}

/** Sends one more byte whenever the last one is out, as slowly as a test can afford, until the connection ends. */
function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), BRIEF / 10);
  socket.once('close', () => clearInterval(timer));
}

const answerBody: RequestListener = (request, response) => {
  request.resume();
  request.once('end', () => response.end('done'));
};

describe('a client that is slow', () => {
  it('with its headers is answered with 408 and let go', async () => {
    const socket = await serve({ headers: BRIEF }, answerBody);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-long: ');
    drip(socket, 'a');
    const answer = await received(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('application/problem+json');
  });

  it('with its body is answered with 408 and let go', async () => {
    const socket = await serve({ headers: BRIEF, request: BRIEF }, answerBody);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    drip(socket, 'a');
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('with the chunks of its body is answered with 408 and let go', async () => {
    const socket = await serve({ headers: BRIEF, request: BRIEF }, answerBody);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    drip(socket, '1\r\na\r\n');
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('and says nothing at all is let go', async () => {
    const socket = await serve({ headers: BRIEF }, answerBody);
    expect(await received(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('to ask again on a connection that it keeps is let go', async () => {
    const socket = await serve({ keepAlive: BRIEF }, answerBody);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('with nothing is not disturbed', async () => {
    const socket = await serve({}, answerBody);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody');
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*done/);
  });
});

describe('a client that does not read', () => {
  it('any of its answer is let go', async () => {
    const ended = Promise.withResolvers<boolean>();
    const socket = await serve({ silence: BRIEF }, (_request, response) => {
      response.once('close', () => ended.resolve(response.writableFinished));
      response.end(LARGE);
    });
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await ended.promise).toBe(false);
    socket.destroy();
  });

  it('more than a little of its answer now and then is let go', async () => {
    const inProgress = createRequestsInProgress({ answerTimeout: BRIEF, checks: 20 });
    const ended = Promise.withResolvers<boolean>();
    const socket = await serve({}, (_request, response) => {
      const done = inProgress.add(response, performance.now());
      response.once('close', () => {
        done();
        ended.resolve(response.writableFinished);
      });
      response.end(LARGE);
    });
    socket.on('error', () => {});
    socket.pause();
    const timer = setInterval(() => socket.read(1000), BRIEF / 10);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await ended.promise).toBe(false);
    expect(inProgress.count).toBe(0);
    clearInterval(timer);
    socket.destroy();
  });

  it('because the answer is not complete yet may wait', async () => {
    const inProgress = createRequestsInProgress({ answerTimeout: 1, checks: 1 });
    const letGo = Promise.withResolvers<boolean>();
    let later: (() => void) | undefined;
    const socket = await serve({}, (request, response) => {
      inProgress.add(response, performance.now() - LONG);
      if (request.url === '/stream') {
        response.write('begin');
        later = () => response.end('end');
        return;
      }
      response.once('close', () => letGo.resolve(response.writableFinished));
      response.end(LARGE);
    });
    socket.write('GET /stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const other = connect(socket.remotePort as number, '127.0.0.1').on('error', () => {});
    other.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
    // The check that lets the other one go has looked at the stream, too.
    expect(await letGo.promise).toBe(false);
    other.destroy();
    later?.();
    expect(await received(socket)).toMatch(/begin[\s\S]*end/);
  });
});
