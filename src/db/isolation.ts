import { type Statement, statement } from './statement.ts';

/** The role that the server's statements run as: owns nothing and bypasses no policy. The migrations create it. */
export const APPLICATION_ROLE = 'premium_todo_app';
/** The setting that row-level security compares every row's owner with. */
const USER_SETTING = 'app.user_id';
/** Nobody's id, since ids have at least one character: what the server does for itself sees no user's rows. */
export const SERVER = '';

/**
 * How a connection comes under the policies of row-level security:
 *
 * - `login`: the connection's role is bound by them already; each statement only names its user.
 * - `switch`: the connection's role owns the tables or may bypass policies, so each statement changes to the
 *   application's role first, and back at its end.
 * - `owner`: neither; for migrations, which need the owner's rights and act for no user.
 */
export type IsolationMode = 'login' | 'switch' | 'owner';

/** Returns no row, so that it leaves no trace in the result of the statement that it goes before. */
const SET_USER = `select 1 where set_config('${USER_SETTING}', $1, true) is null`;
const SET_USER_AND_ROLE = `${SET_USER} or set_config('role', '${APPLICATION_ROLE}', true) is null`;

/**
 * The statement that binds the transaction it runs in to one user (`$1`), until the transaction ends. Poolers in
 * transaction mode keep it apart from others', as they do not with a setting of the session.
 */
export function isolationStatement(mode: 'login' | 'switch', prepared: boolean): Statement {
  const text = mode === 'login' ? SET_USER : SET_USER_AND_ROLE;
  return prepared ? statement(text) : { name: undefined, text };
}

/** The same for MikroORM, which applies it at the beginning of a transaction. */
export function sessionContext(mode: 'login' | 'switch', userId: string) {
  return { variables: { [USER_SETTING]: userId }, ...(mode === 'switch' ? { role: APPLICATION_ROLE } : {}) };
}
