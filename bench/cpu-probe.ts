import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Preloaded into every contender (`node --import`), the product included: answers the runner's questions
 * "how much CPU time have you used?", "how much memory does your process take?" and "how much is in use?" over the IPC
 * channel. All threads count. It costs nothing between questions.
 */
process.on('message', (message) => {
  if (message === 'cpu-usage') process.send?.(process.cpuUsage());
  if (message === 'resident-memory') process.send?.(process.memoryUsage.rss());
  if (message === 'memory-usage') {
    collectGarbage();
    process.send?.(process.memoryUsage());
  }
});

/** What is left after this is held by somebody. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
}

// The channel must not keep a server alive that wants to end, and no server may outlive the runner.
process.channel?.unref();
process.on('disconnect', () => process.exit());
