import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../core/page-info.type.ts';
import { DateTime } from '../core/scalars.ts';
import {
  SECURITY_DETAILS,
  SECURITY_EVENTS,
  SECURITY_OUTCOMES,
  type SecurityDetail,
  type SecurityEventName,
  type SecurityOutcome,
} from '../core/security-events.ts';
import { type AuditConnectionPage, cursorOf } from './audit.connection.ts';
import type { AuditEvent } from './audit.event.ts';
import { DETAIL_MEANINGS, EVENT_MEANINGS, OUTCOME_MEANINGS } from './audit.meanings.ts';

const EventName = enumOf(SECURITY_EVENTS);
const Outcome = enumOf(SECURITY_OUTCOMES);
const Detail = enumOf(SECURITY_DETAILS);

registerEnumType(EventName, {
  name: 'SecurityEventName',
  description: 'What happened.',
  valuesConfig: described(EVENT_MEANINGS),
});
registerEnumType(Outcome, {
  name: 'SecurityOutcome',
  description: 'How it ended.',
  valuesConfig: described(OUTCOME_MEANINGS),
});
registerEnumType(Detail, {
  name: 'SecurityDetail',
  description: 'What more there is to say of an event.',
  valuesConfig: described(DETAIL_MEANINGS),
});

@ObjectType('SecurityEvent', {
  description: 'Something that concerns the safety of the account.',
  simpleResolvers: true,
})
class AuditEventType implements AuditEvent {
  @Field(() => ID, { description: 'UUID of version 7.' })
  id!: string;

  @Field(() => EventName, { description: 'What happened.' })
  event!: SecurityEventName;

  @Field(() => Outcome, { description: 'How it ended.' })
  outcome!: SecurityOutcome;

  @Field(() => Detail, { nullable: true, description: 'What more there is to say of it.' })
  detail!: SecurityDetail | null;

  @Field(() => String, { nullable: true, description: 'Network address that the request came from.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: 'Names the request, as `X-Request-Id` of its answer did.' })
  requestId!: string | null;

  @Field(() => Int, {
    description: 'How many equal events this one stands for; more than 1 after many within a minute.',
  })
  occurrences!: number;

  @Field(() => DateTime, { description: 'When it happened; of several, the first time.' })
  occurredAt!: string;

  @Field(() => DateTime, { description: 'When it happened last; `occurredAt` unless it stands for several.' })
  lastAt!: string;
}

@ObjectType('SecurityEventEdge', { description: 'A security event in its place in the list.', simpleResolvers: true })
class AuditEdgeType {
  @Field(() => AuditEventType, { description: 'The event.' })
  readonly node: AuditEvent;

  constructor(node: AuditEvent) {
    this.node = node;
  }

  @Field(() => String, { description: 'Names this place; give it back as `after`.' })
  get cursor(): string {
    return cursorOf(this.node);
  }
}

@ObjectType('SecurityEventConnection', {
  description: 'A page of the security events of the user, newest first.',
  simpleResolvers: true,
})
export class AuditConnectionType {
  readonly page: AuditConnectionPage;

  constructor(page: AuditConnectionPage) {
    this.page = page;
  }

  @Field(() => [AuditEdgeType], { description: 'The events of this page with their places.' })
  get edges(): AuditEdgeType[] {
    return this.page.rows.map((row) => new AuditEdgeType(row));
  }

  @Field(() => [AuditEventType], { description: 'The events of this page.' })
  get nodes(): AuditEvent[] {
    return this.page.rows;
  }

  @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
  get pageInfo(): PageInfo {
    const { rows, hasNextPage, hasPreviousPage } = this.page;
    const [first, last] = [rows[0], rows.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  }
}

function enumOf<Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

function described<Name extends string>(meanings: Record<Name, string>) {
  return Object.fromEntries(
    Object.entries<string>(meanings).map(([name, description]) => [name, { description }]),
  ) as Record<Name, { description: string }>;
}
