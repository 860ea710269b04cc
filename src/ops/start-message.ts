import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';

/** What a newcomer needs to know when the server is up. `listening` is the URL with the address that it listens on. */
export function startMessage(config: Config, listening: string): string {
  const url = listening.replace('//127.0.0.1:', '//localhost:');
  const lines = [
    `premium-todo is ready at ${url}`,
    ...(hasFrontEnd(config) ? [`  Front end               ${url}/`] : []),
    `  ${config.playground ? 'GraphQL and playground' : 'GraphQL               '}  ${url}/graphql`,
    `  REST documentation      ${url}/api/docs`,
    `  Health                  ${url}/health/ready`,
  ];
  if (config.workers > 1) lines.push(`  Workers                 ${config.workers}`);
  if (config.development) {
    lines.push(
      '  Development mode: this server signs its own tokens.',
      '  A token for anybody     npm run -s token -- alice',
      `  Sign up                 POST ${url}/api/auth/sign-up/email`,
    );
  }
  return lines.join('\n');
}

function hasFrontEnd({ frontEnd }: Config): boolean {
  return frontEnd !== undefined && existsSync(join(frontEnd.directory, 'index.html'));
}
