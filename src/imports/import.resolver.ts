import { Arg, Ctx, Directive, Mutation, Resolver } from 'type-graphql';
import { RARE, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { ImportFormat } from './file-formats.ts';
import type { ImportService } from './import.service.ts';
import { ImportFormatEnum, ImportTasksPayload } from './import.type.ts';

@Resolver()
export class ImportResolver {
  readonly #imports: ImportService;

  constructor(imports: ImportService) {
    this.#imports = imports;
  }

  @Mutation(() => ImportTasksPayload, {
    description:
      'Adds the tasks of a file of another program, at most 1,000, all or none, with tags, lists and subtasks. The same ' +
      'file again adds nothing.',
  })
  @Directive(rateLimitDirective(RARE))
  importTasks(
    @Arg('format', () => ImportFormatEnum, { description: 'What the text is in.' }) format: ImportFormat,
    @Arg('text', () => String, { description: 'The whole file.' }) text: string,
    @Arg('dryRun', () => Boolean, { nullable: true, description: 'Only says what would be done.' })
    dryRun: boolean | null | undefined,
    @Arg('timeZone', () => String, {
      nullable: true,
      description: 'An IANA time zone: that of times which name none. That of the user when absent.',
    })
    timeZone: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<ImportTasksPayload> {
    return this.#imports.importFile(actor, { format, text, dryRun, timeZone });
  }
}
