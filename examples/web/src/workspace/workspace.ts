import type { ApolloClient } from '@apollo/client';
import { createCache } from '../apollo/cache.ts';
import { createClient } from '../apollo/client.ts';
import { CommandLayers } from '../apollo/command-layers.ts';
import type { AccessTokens } from '../apollo/live-links.ts';
import { OfflineQueue, type Refusal } from '../apollo/offline-queue.ts';
import { createQueueStore } from '../apollo/queue-store.ts';
import { ListRefresher } from '../apollo/refresh-lists.ts';
import { SavedCache } from '../apollo/saved-cache.ts';
import { expireSession, isSignedIn, tokensOf, type User } from '../auth/session.ts';
import { showRefusal } from '../conflicts/refusals.ts';
import { Commander } from './commander.ts';
import { sendCommand } from './send-command.ts';

/** Everything that belongs to one user: nothing of it outlives the session. */
export interface Workspace {
  readonly user: User;
  readonly tokens: AccessTokens;
  readonly client: ApolloClient;
  readonly saved: SavedCache;
  readonly queue: OfflineQueue;
  readonly commander: Commander;
  readonly lists: ListRefresher;
}

/** The one place where the parts of the kit meet. */
export function createWorkspace(user: User): Workspace {
  const cache = createCache();
  const tokens = tokensOf(user);
  const onSignedOut = () => expireSession(user);
  const client = createClient({ url: `${location.origin}/graphql`, tokens, cache, onSignedOut });
  const layers = new CommandLayers(cache);
  const lists = new ListRefresher(client);
  // An answer that comes after the user has gone is for nobody else's eyes.
  const onRefused = (refusal: Refusal) => isSignedIn(user) && showRefusal(refusal);
  const queue = new OfflineQueue({
    client,
    layers,
    store: createQueueStore(user.id),
    repeat: (command) => sendCommand(client, command),
    onRefused,
    onAnswered: () => lists.request(),
  });
  const commander = new Commander({ client, layers, queue, onRefused, onAnswered: () => lists.request() });
  return { user, tokens, client, saved: new SavedCache(cache, user.id), queue, commander, lists };
}
