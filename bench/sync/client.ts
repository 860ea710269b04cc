import type { Order } from './orders.ts';
import { hear, writeSteadily } from './steady-writes.ts';
import { openSubscriptions } from './subscriptions.ts';

/** The process of the clients: those who subscribe and those who write have one clock, and their CPU is not the server's. */
let subscriptions: { close(): void }[] = [];

async function follow(order: Order): Promise<unknown> {
  switch (order.order) {
    case 'subscribe':
      subscriptions.push(...(await openSubscriptions(order, hear)));
      return null;
    case 'write':
      return writeSteadily(order);
    case 'unsubscribe':
      for (const subscription of subscriptions) subscription.close();
      subscriptions = [];
      return null;
  }
}

process.on('message', (order: Order) => {
  follow(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
