import type { Worker } from 'node:cluster';

/** What Node.js' cluster and its workers write to each other (`lib/internal/cluster` of the version that is pinned). */
interface ClusterMessage {
  readonly cmd?: 'NODE_CLUSTER';
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly accepted?: boolean;
}

interface ChildInternals {
  send(message: ClusterMessage, ...rest: unknown[]): boolean;
  on(event: 'internalMessage', listener: (message: ClusterMessage) => void): void;
  emit(event: 'internalMessage', message: ClusterMessage): void;
}

/**
 * Gives connections that are on their way to this worker when it dies to another one. Node.js waits for the answer of
 * the dead process and keeps them open, so that their clients would wait for ever. A worker answers before it reads, so
 * no request can be executed twice.
 */
export function recoverConnections(worker: Worker): void {
  const child = worker.process as unknown as ChildInternals;
  const underWay = new Set<number>();
  const send = child.send.bind(child);
  child.send = (message, ...rest) => {
    if (message.act === 'newconn' && message.seq !== undefined) underWay.add(message.seq);
    return send(message, ...rest);
  };
  child.on('internalMessage', ({ ack }) => {
    if (ack !== undefined) underWay.delete(ack);
  });
  worker.once('exit', () => {
    // Its last answers may still stand in the channel.
    setImmediate(() => {
      for (const ack of underWay) child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
    });
  });
}
