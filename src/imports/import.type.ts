import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { IMPORT_FORMATS, type ImportFormat } from './file-formats.ts';
import type { ImportOutcome } from './import.service.ts';
import type { ImportFault } from './imported-task.ts';

/** The GraphQL types of imports. */

export const ImportFormatEnum = Object.fromEntries(IMPORT_FORMATS.map((name) => [name, name])) as {
  [Name in ImportFormat]: Name;
};
registerEnumType(ImportFormatEnum, {
  name: 'ImportFormat',
  description: 'What a file is in.',
  valuesConfig: {
    MARKDOWN: { description: 'A Markdown task list with the emoji marks of the Tasks plugin of Obsidian.' },
    TODOIST_CSV: { description: 'A project as Todoist exports it.' },
    ICALENDAR: { description: 'A calendar with tasks (VTODO, RFC 5545).' },
  },
});

@ObjectType('ImportFault', {
  description: 'What a line of a file says that was not taken as it stands.',
  simpleResolvers: true,
})
class ImportFaultType implements ImportFault {
  @Field(() => Int, { description: 'The number of the line, from 1.' })
  line!: number;

  @Field(() => String, { description: 'What is wrong with it.' })
  message!: string;

  @Field(() => Boolean, { description: 'Whether a task is missing for it; otherwise one lacks something.' })
  leftOut!: boolean;
}

@ObjectType({ description: 'What importTasks did.', simpleResolvers: true })
export class ImportTasksPayload implements ImportOutcome {
  @Field(() => Int, { description: 'How many tasks are new; with dryRun, how many would be.' })
  added!: number;

  @Field(() => Int, { description: 'How many were imported before. They stay as they are, deleted ones too.' })
  known!: number;

  @Field(() => Boolean, { description: 'Whether nothing was written, as it was asked for.' })
  dryRun!: boolean;

  @Field(() => [ImportFaultType], { description: 'What was not taken as it stands, by line; of very many the first.' })
  faults!: ImportFault[];
}
