import type { IncomingMessage, ServerResponse } from 'node:http';

export type Playground = (request: IncomingMessage, response: ServerResponse) => void;

export function createPlayground(): Playground {
  return (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end('<!doctype html><title>premium-todo</title>');
  };
}
