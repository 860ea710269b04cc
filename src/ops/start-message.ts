import type { Config } from '../config.ts';

/** What a newcomer needs to know when the server is up. `url` is where it listens. */
export function startMessage(config: Config, url: string): string {
  const lines = [
    `premium-todo is ready at ${url}`,
    `  GraphQL and playground  ${url}/graphql`,
    `  REST documentation      ${url}/api/docs`,
    `  Health                  ${url}/health/ready`,
  ];
  if (config.development) {
    lines.push(
      '  Development mode: this server signs its own tokens.',
      '  A token for anybody     npm run -s token -- alice',
      `  Sign up                 POST ${url}/api/auth/sign-up/email`,
    );
  }
  return lines.join('\n');
}
