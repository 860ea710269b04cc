import { type ChildProcess, execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { RUN_TYPESCRIPT } from '../support/run-typescript.ts';

export interface Outcome {
  code: number;
  output: string;
  complaint: string;
}

interface Surroundings {
  cwd: string;
  /** nothing else is set */
  env: Record<string, string>;
}

/** Starts a command as a user does. */
export function startCommand(name: string, args: string[], { cwd, env }: Surroundings) {
  const { promise, resolve: end } = Promise.withResolvers<Outcome>();
  const command = resolve(`src/commands/${name}.ts`);
  const child: ChildProcess = execFile(
    process.execPath,
    [...RUN_TYPESCRIPT, command, ...args],
    { cwd, env },
    (error, output, complaint) => end({ code: error === null ? 0 : Number(error.code), output, complaint }),
  );
  return { child, outcome: promise };
}

export function runCommand(name: string, args: string[], surroundings: Surroundings): Promise<Outcome> {
  return startCommand(name, args, surroundings).outcome;
}
