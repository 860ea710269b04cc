import { ConfigError } from '../config.ts';
import { examine } from '../ops/doctor/examine.ts';
import { type Finding, fault } from '../ops/doctor/finding.ts';
import { readArguments, runCommand } from './command-config.ts';

const USAGE = `Looks at everything that the server needs, and changes nothing.

  npm run doctor                  one line for each check, with what to do about faults
  npm run -s doctor -- --json     the same for programs

Ends with 1 if there is a fault.`;

const ARGUMENTS = { options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } } as const;

await runCommand(async (config) => {
  const { json, help } = readArguments(USAGE, ARGUMENTS).values;
  if (help) return console.log(USAGE);
  const findings = await examine(config);
  console.log(json ? asJson(findings) : findings.map(line).join('\n'));
  if (findings.some(({ status }) => status === 'fault')) process.exitCode = 1;
}, tell);

/** Wrong settings keep every check from being made, and are what programs are told of instead. */
function tell(error: Error): void {
  if (error instanceof ConfigError && process.argv.includes('--json')) {
    console.log(asJson([fault('settings', error.message, 'Correct them in the environment or in .env')]));
  } else console.error(error.message);
}

function asJson(findings: Finding[]): string {
  return JSON.stringify(findings, null, 2);
}

function line({ check, status, says, fix }: Finding): string {
  const text = `${status.padEnd(8)} ${check.padEnd(12)} ${says}`;
  return fix === undefined ? text : `${text}\n${' '.repeat(22)}→ ${fix}`;
}
