import { defineEntity, p } from '@mikro-orm/core';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    /** the token's `sub` */
    id: p.text().primary(),
    email: p.text().nullable(),
    name: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    rev: p.bigint('string').defaultRaw('0'),
    tokensValidAfter: p.datetime(3).nullable(),
    deletedAt: p.datetime(3).nullable(),
    timeZone: p.string().length(64).nullable(),
    /** what the ids of imported tasks are made from, beside their titles */
    importSalt: p.uuid().defaultRaw('gen_random_uuid()'),
  },
});

/** A person known by a token's subject. Rows appear with the first request and stay as a tombstone after erasure. */
export class User extends UserSchema.class {}
UserSchema.setClass(User);
