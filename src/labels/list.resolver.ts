import { Arg, Ctx, Directive, Extensions, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, keyOf, onlyVersion } from '../core/write-arguments.ts';
import type { LabelService } from './label.service.ts';
import type { LabelRow } from './label.ts';
import {
  CreateListInputType,
  CreateListPayload,
  DeleteListPayload,
  TaskListType,
  UpdateListInputType,
  UpdateListPayload,
} from './label.type.ts';

const ID_OF_ONE = { description: 'The id of the list.' };

@Resolver()
export class ListResolver {
  readonly #labels: LabelService;

  constructor(labels: LabelService) {
    this.#labels = labels;
  }

  @Query(() => [TaskListType], { description: "All of the user's lists, by their names; at most 500." })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  lists(@Ctx() { actor }: RequestContext): Promise<LabelRow[]> {
    return this.#labels.all(actor, 'lists');
  }

  @Query(() => TaskListType, { description: 'One list of the user.' })
  @Directive(rateLimitDirective(READS))
  list(@Arg('id', () => ID, ID_OF_ONE) id: string, @Ctx() { actor }: RequestContext): Promise<LabelRow> {
    return this.#labels.get(actor, 'lists', id);
  }

  @Mutation(() => CreateListPayload, { description: 'Creates a list.' })
  @Directive(rateLimitDirective(WRITES))
  async createList(
    @Arg('input', () => CreateListInputType, { description: 'The list to create.' }) input: CreateListInputType,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<CreateListPayload> {
    return { list: await this.#labels.create(actor, 'lists', input, { key: keyOf(key) }) };
  }

  @Mutation(() => UpdateListPayload, { description: 'Changes a list.' })
  @Directive(rateLimitDirective(WRITES))
  async updateList(
    @Arg('id', () => ID, ID_OF_ONE) id: string,
    @Arg('input', () => UpdateListInputType, { description: 'What to change.' }) input: UpdateListInputType,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<UpdateListPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { list: await this.#labels.update(actor, 'lists', id, input, options) };
  }

  @Mutation(() => DeleteListPayload, { description: 'Deletes a list. Its tasks stay, without it.' })
  @Directive(rateLimitDirective(WRITES))
  async deleteList(
    @Arg('id', () => ID, ID_OF_ONE) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteListPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { deletedListId: await this.#labels.delete(actor, 'lists', id, options) };
  }
}
