import { createLocalRevocations, type RevocationChannel } from '../core/revocations.ts';
import type { Primary } from './messages.ts';

/** Tells the other workers through the primary: they know in less than a millisecond. */
export function jointRevocations(primary: Primary): RevocationChannel {
  const local = createLocalRevocations();
  primary.listen((message) => {
    if (message.kind === 'revoked') local.publish(message.userId);
  });
  return {
    publish: (userId) => {
      local.publish(userId);
      primary.send({ kind: 'revoked', userId });
    },
    subscribe: local.subscribe,
  };
}
