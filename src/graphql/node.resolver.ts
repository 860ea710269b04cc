import { Arg, Ctx, Directive, Extensions, ID, Query, Resolver } from 'type-graphql';
import type { Actor } from '../core/actor.ts';
import { BadUserInputError } from '../core/errors.ts';
import { Node } from '../core/node.type.ts';
import { READS, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import type { LabelService } from '../labels/label.service.ts';
import type { TaskService } from '../tasks/task.service.ts';

const MAXIMUM_NODES = 100;

type Found = { __typename: string; id: string } | null;

/** Objects by nothing but their ids (https://relay.dev/graphql/objectidentification.htm): what is not the user's own is null. */
@Resolver()
export class NodeResolver {
  readonly #tasks: TaskService;
  readonly #labels: LabelService;

  constructor(tasks: TaskService, labels: LabelService) {
    this.#tasks = tasks;
    this.#labels = labels;
  }

  @Query(() => Node, { nullable: true, description: 'What has this id; null where the user has nothing of the kind.' })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  async node(
    @Arg('id', () => ID, { description: 'The id of a task, a tag or a list.' }) id: string,
    @Ctx() { actor }: RequestContext,
  ): Promise<Found> {
    const [found] = await this.#find(actor, [id]);
    return found ?? null;
  }

  @Query(() => [Node], { nullable: 'items', description: 'What has these ids, in their order.' })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  async nodes(
    @Arg('ids', () => [ID], { description: 'Ids of tasks, tags and lists, at most 100.' }) ids: string[],
    @Ctx() { actor }: RequestContext,
  ): Promise<Found[]> {
    if (ids.length > MAXIMUM_NODES) {
      throw new BadUserInputError([{ field: 'ids', message: `must have at most ${MAXIMUM_NODES} ids` }]);
    }
    return this.#find(actor, ids);
  }

  /** Tasks are what is asked for most: where all ids are theirs, one statement has answered. */
  async #find(actor: Actor, ids: readonly string[]): Promise<Found[]> {
    const tasks = await this.#tasks.byIds(actor, ids);
    const missing = ids.filter((id) => !tasks.has(id.toLowerCase()));
    const [tags, lists] = await Promise.all([
      this.#labels.byIds(actor, 'tags', missing),
      this.#labels.byIds(actor, 'lists', missing),
    ]);
    const others = new Map<string, Found>([
      ...tags.map((tag) => [tag.id, { __typename: 'Tag', ...tag }] as const),
      ...lists.map((list) => [list.id, { __typename: 'TaskList', ...list }] as const),
    ]);
    return ids.map((text) => {
      const id = text.toLowerCase();
      const task = tasks.get(id);
      return task ? { __typename: 'Task', ...task } : (others.get(id) ?? null);
    });
  }
}
