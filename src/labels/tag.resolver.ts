import { Arg, Ctx, Directive, Extensions, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, keyOf, onlyVersion } from '../core/write-arguments.ts';
import type { LabelService } from './label.service.ts';
import type { LabelRow } from './label.ts';
import {
  CreateTagInputType,
  CreateTagPayload,
  DeleteTagPayload,
  TagType,
  UpdateTagInputType,
  UpdateTagPayload,
} from './label.type.ts';

const ID_OF_ONE = { description: 'The id of the tag.' };

@Resolver()
export class TagResolver {
  readonly #labels: LabelService;

  constructor(labels: LabelService) {
    this.#labels = labels;
  }

  @Query(() => [TagType], { description: "All of the user's tags, by their names; at most 500." })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  tags(@Ctx() { actor }: RequestContext): Promise<LabelRow[]> {
    return this.#labels.all(actor, 'tags');
  }

  @Query(() => TagType, { description: 'One tag of the user.' })
  @Directive(rateLimitDirective(READS))
  tag(@Arg('id', () => ID, ID_OF_ONE) id: string, @Ctx() { actor }: RequestContext): Promise<LabelRow> {
    return this.#labels.get(actor, 'tags', id);
  }

  @Mutation(() => CreateTagPayload, { description: 'Creates a tag.' })
  @Directive(rateLimitDirective(WRITES))
  async createTag(
    @Arg('input', () => CreateTagInputType, { description: 'The tag to create.' }) input: CreateTagInputType,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<CreateTagPayload> {
    return { tag: await this.#labels.create(actor, 'tags', input, { key: keyOf(key) }) };
  }

  @Mutation(() => UpdateTagPayload, { description: 'Changes a tag.' })
  @Directive(rateLimitDirective(WRITES))
  async updateTag(
    @Arg('id', () => ID, ID_OF_ONE) id: string,
    @Arg('input', () => UpdateTagInputType, { description: 'What to change.' }) input: UpdateTagInputType,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<UpdateTagPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { tag: await this.#labels.update(actor, 'tags', id, input, options) };
  }

  @Mutation(() => DeleteTagPayload, { description: 'Deletes a tag. Its tasks stay, without it.' })
  @Directive(rateLimitDirective(WRITES))
  async deleteTag(
    @Arg('id', () => ID, ID_OF_ONE) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteTagPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { deletedTagId: await this.#labels.delete(actor, 'tags', id, options) };
  }
}
