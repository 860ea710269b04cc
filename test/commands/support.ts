import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export interface Outcome {
  code: number;
  output: string;
  complaint: string;
}

/** Runs a command as a user does, with nothing but these settings. */
export function runCommand(
  name: string,
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Outcome> {
  const command = resolve(`src/commands/${name}.ts`);
  return new Promise((done) => {
    execFile(process.execPath, [command, ...args], { cwd, env }, (error, output, complaint) =>
      done({ code: error === null ? 0 : Number(error.code), output, complaint }),
    );
  });
}
