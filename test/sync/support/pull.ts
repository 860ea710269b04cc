import type { TestApp } from '../../support/app.ts';

/** A page of `taskSync`. */
export interface Page {
  changed: { id: string; title: string; version: number }[];
  deletedIds: string[];
  syncToken: string;
  hasMore: boolean;
  fullSync: boolean;
}

const SYNC = `query ($since: String, $first: Int) {
  taskSync(since: $since, first: $first) { changed { id title version } deletedIds syncToken hasMore fullSync }
}`;

/** @throws Error with the code of a refusal */
export async function pullGraphQL(app: TestApp, user: string, since?: string | null, first?: number): Promise<Page> {
  const { data, errors } = await app.graphql(user, SYNC, { since, first });
  if (errors.length > 0)
    throw Object.assign(new Error(errors[0]?.message), { code: errors[0]?.extensions.code, errors });
  return data.taskSync;
}
