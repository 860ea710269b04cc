import { Arg, Ctx, Directive, FieldResolver, Int, Resolver } from 'type-graphql';
import { READS, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { Viewer } from '../users/viewer.type.ts';
import type { AuditService } from './audit.service.ts';
import { AuditConnectionType } from './audit.type.ts';

/** What the log of security events adds to the viewer. */
@Resolver(() => Viewer)
export class ViewerEventsResolver {
  readonly #audit: AuditService;

  constructor(audit: AuditService) {
    this.#audit = audit;
  }

  @FieldResolver(() => AuditConnectionType, { description: 'What concerns the safety of the account, newest first.' })
  @Directive(rateLimitDirective(READS))
  async securityEvents(
    @Ctx() { actor }: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: 'Events at most, 1 to 100; 20 if absent.' }) first?: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor to start after.' }) after?: string,
  ): Promise<AuditConnectionType> {
    return new AuditConnectionType(await this.#audit.connection(actor, { first, after }));
  }
}
