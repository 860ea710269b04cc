import { settings } from '../src/settings.ts';

const HEAD = `# Every setting with its default. Copy this file to .env and change what you need there, or set the environment,
# which goes first. The server names each wrong setting and does not start.
`;

/** The text of `.env.example`, from the table of settings that the server reads. */
export function environmentExample(): string {
  const entries = Object.entries(settings.shape).map(
    ([name, setting]) => `# ${setting.description}\n# ${name}=${defaultOf(setting)}\n`,
  );
  return [HEAD, ...entries].join('\n');
}

function defaultOf(setting: (typeof settings.shape)[keyof typeof settings.shape]): string {
  const value: unknown = setting.safeParse(undefined).data;
  return value === undefined ? '' : String(value);
}
