import type { Logger } from '../core/logger.ts';

/**
 * A bug that no request answers for, be it a rejection that nobody waits for, is told in the log whole, as any other one.
 * Then `end` is called: what the process was in the middle of is unknown, and whoever runs it starts a new one.
 */
export function endAtFaults(logger: Logger, end: () => void): void {
  // Rejections come here, too; `origin` tells them apart.
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'unexpected fault');
    end();
  });
}
