import { Arg, Ctx, Directive, Query, Resolver } from 'type-graphql';
import { READS, rateLimitDirective } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { ExportPart, ExportService } from './export.service.ts';
import { DataExportType } from './export.type.ts';

@Resolver()
export class ExportResolver {
  readonly #exports: ExportService;

  constructor(exports: ExportService) {
    this.#exports = exports;
  }

  @Query(() => DataExportType, { description: 'Everything that is kept about the user, a hundred rows at a time.' })
  @Directive(rateLimitDirective(READS))
  exportMyData(
    @Ctx() { actor }: RequestContext,
    @Arg('after', () => String, { nullable: true, description: 'The `endCursor` of the piece before.' }) after?: string,
  ): Promise<ExportPart> {
    return this.#exports.part(actor, after);
  }
}
