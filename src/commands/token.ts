import { developmentSecret } from '../auth/development-secret.ts';
import { signToken } from '../auth/sign-token.ts';
import { isEmail, isName, isUserId } from '../auth/token-claims.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../core/clock.ts';
import { CommandError, readArguments, runCommand } from './command-config.ts';

const USAGE = `Prints a bearer token that the server with the same settings accepts.

  npm run -s token -- USER [--expires 1h] [--email ADDRESS] [--name NAME]

USER is the user id. --expires takes a whole number with s, m, h or d; default 1h.`;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

await runCommand(async (config) => {
  const { userId, expires, email, name, help } = typed();
  if (help) return console.log(USAGE);
  if (userId === undefined) throw new CommandError(USAGE);
  if (!isUserId(userId)) throw new CommandError('USER must have 1 to 255 characters');
  if (email !== undefined && !isEmail(email)) throw new CommandError('--email must have 1 to 320 characters');
  if (name !== undefined && !isName(name)) throw new CommandError('--name must have 1 to 255 characters');
  const { issuer, audience, maxTokenAge } = config.auth;
  const lifetime = seconds(expires);
  if (lifetime > maxTokenAge) console.error(`The server accepts it for ${maxTokenAge} s only (AUTH_MAX_TOKEN_AGE).`);
  const content = { userId, email, name, issuer, audience, lifetime };
  console.log(await signToken(content, await secretOf(config), systemClock));
});

function typed() {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: {
      expires: { type: 'string', default: '1h' },
      email: { type: 'string' },
      name: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals.length > 1) throw new CommandError('One USER only: quote it if it has spaces');
  return { ...values, userId: positionals[0] };
}

function seconds(duration: string): number {
  const [, count, unit] = /^([1-9]\d{0,8})([smhd])$/.exec(duration) ?? [];
  if (count === undefined || unit === undefined) throw new CommandError('--expires must be like 90s, 15m, 1h or 7d');
  return Number(count) * UNITS[unit]!;
}

async function secretOf({ auth, dataDirectory }: Config): Promise<string> {
  const [current] = auth.secrets;
  if (current !== undefined) return current;
  if (auth.embedded) return developmentSecret(dataDirectory);
  throw new CommandError('The server accepts only tokens from AUTH_JWKS_URL: get one there, or set BETTER_AUTH_SECRET');
}
