import type { IncomingMessage } from 'node:http';
import type { RequestOrigin } from '../core/security-events.ts';
import { clientAddress } from './client-address.ts';
import { requestIdOf } from './request-id.ts';

/** Asks the request only when it is asked itself: most requests leave nothing to record. */
class HttpOrigin implements RequestOrigin {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  get address(): string {
    return clientAddress(this.#request);
  }

  get requestId(): string {
    return requestIdOf(this.#request);
  }
}

export function originOf(request: IncomingMessage): RequestOrigin {
  return new HttpOrigin(request);
}
