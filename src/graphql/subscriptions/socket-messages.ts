import { MessageType, validateMessage } from 'graphql-ws';
import { parseJson } from '../../http/body.ts';
import type { SubscriptionRequest } from './subscription-operations.ts';

/** What a client has sent, and what of it is handed on to the library. */
export type ClientMessage =
  | { readonly type: 'subscribe'; readonly id: string; readonly request: SubscriptionRequest; readonly text: string }
  | { readonly type: 'complete'; readonly id: string; readonly text: string }
  | { readonly type: 'other'; readonly text: string };

/** In the place of what a subscription asks for: the library would keep it, and its text, until the subscription ends. */
const NOTHING = { query: '' };

/**
 * Reads a message by the rules of the bodies of requests (UTF-8, no `__proto__`, not nested without end) and of the
 * protocol; undefined for what is none that a client may send.
 */
export function messageOf(data: Buffer): ClientMessage | undefined {
  try {
    const message = validateMessage(parseJson(data));
    switch (message.type) {
      case MessageType.Subscribe: {
        const { type, id, payload } = message;
        return { type: 'subscribe', id, request: payload, text: JSON.stringify({ type, id, payload: NOTHING }) };
      }
      case MessageType.Complete: {
        const { type, id } = message;
        return { type: 'complete', id, text: JSON.stringify({ type, id }) };
      }
      case MessageType.Ping:
      case MessageType.Pong:
        return { type: 'other', text: JSON.stringify({ type: message.type }) };
      case MessageType.ConnectionInit:
        return { type: 'other', text: data.toString() };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}
