import { Field, ObjectType } from 'type-graphql';
import type { ExportPart } from './export.service.ts';

@ObjectType('DataExport', { description: 'A piece of everything that is kept about the user.', simpleResolvers: true })
export class DataExportType implements ExportPart {
  @Field(() => String, {
    description: 'Lines of JSON (NDJSON). The pieces one after the other are the file of `GET /api/auth/me/export`.',
  })
  ndjson!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where the next piece begins: give it back as `after`; null after the last piece.',
  })
  endCursor!: string | null;
}
