import { Arg, Ctx, Directive, Mutation, Query, Resolver } from 'type-graphql';
import { RARE, READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { UserService } from './user.service.ts';
import {
  DeleteAccountPayload,
  RevokeTokensPayload,
  UpdateViewerInput,
  UpdateViewerPayload,
  Viewer,
} from './viewer.type.ts';

@Resolver()
export class ViewerResolver {
  readonly #users: UserService;

  constructor(users: UserService) {
    this.#users = users;
  }

  @Query(() => Viewer, { description: 'The user that the token names.' })
  @Directive(rateLimitDirective(READS))
  viewer(@Ctx() { actor }: RequestContext): Promise<Viewer> {
    return this.#users.profile(actor);
  }

  @Mutation(() => UpdateViewerPayload, { description: 'Changes what the user has said of themselves here.' })
  @Directive(rateLimitDirective(WRITES))
  async updateViewer(
    @Arg('input', () => UpdateViewerInput, { description: 'What to change.' }) input: UpdateViewerInput,
    @Ctx() { actor }: RequestContext,
  ): Promise<UpdateViewerPayload> {
    return { viewer: await this.#users.update(actor, input) };
  }

  @Mutation(() => RevokeTokensPayload, { description: 'Signs out everywhere: ends every token issued before.' })
  @Directive(rateLimitDirective(RARE))
  async revokeTokens(@Ctx() { actor, origin }: RequestContext): Promise<RevokeTokensPayload> {
    await this.#users.revokeTokens(actor, origin);
    return { revoked: true };
  }

  @Mutation(() => DeleteAccountPayload, { description: 'Erases the account and all its data, for good.' })
  @Directive(rateLimitDirective(RARE))
  async deleteAccount(
    @Arg('confirm', () => String, { description: "The user's id, so that nobody does this by mistake." })
    confirm: string,
    @Ctx() { actor, origin }: RequestContext,
  ): Promise<DeleteAccountPayload> {
    await this.#users.deleteAccount(actor, confirm, origin);
    return { deletedUserId: actor.userId };
  }
}
