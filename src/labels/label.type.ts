import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Node } from '../core/node.type.ts';
import { DateTime } from '../core/scalars.ts';
import type { LabelRow } from './label.ts';

/** The GraphQL types of tags and lists, which have the same fields. */

@ObjectType()
abstract class LabelType implements LabelRow {
  @Field(() => ID, { description: 'UUID, version 7 when the server made it.' })
  id!: string;

  @Field(() => String, { description: '1 to 100 characters; no other of the user has the same, whatever the case.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'A colour such as `#3366ff`.' })
  color!: string | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: string;

  @Field(() => DateTime, { description: 'When it was changed last.' })
  updatedAt!: string;

  @Field(() => Int, { description: 'Starts at 1 and grows by 1 with every change; send it as `expectedVersion`.' })
  version!: number;
}

@ObjectType('Tag', { description: 'A word that a user puts on tasks.', simpleResolvers: true, implements: Node })
export class TagType extends LabelType {}

@ObjectType('TaskList', {
  description: 'Tasks that belong together; each is in at most one list.',
  simpleResolvers: true,
  implements: Node,
})
export class TaskListType extends LabelType {}

@InputType()
abstract class CreateLabelInput {
  @Field(() => ID, { nullable: true, description: 'A UUID made by the client, so that sending it again is harmless.' })
  id?: string | null;

  @Field(() => String, { description: '1 to 100 characters after trimming.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'A colour such as `#3366ff`.' })
  color?: string | null;
}

@InputType('CreateTagInput', { description: 'A new tag.' })
export class CreateTagInputType extends CreateLabelInput {}

@InputType('CreateListInput', { description: 'A new list.' })
export class CreateListInputType extends CreateLabelInput {}

@InputType()
abstract class UpdateLabelInput {
  @Field(() => String, { nullable: true, description: '1 to 100 characters after trimming; null is refused.' })
  name?: string;

  @Field(() => String, { nullable: true, description: 'A colour such as `#3366ff`; null clears it.' })
  color?: string | null;
}

@InputType('UpdateTagInput', { description: 'Changes of a tag: absent fields stay, null clears.' })
export class UpdateTagInputType extends UpdateLabelInput {}

@InputType('UpdateListInput', { description: 'Changes of a list: absent fields stay, null clears.' })
export class UpdateListInputType extends UpdateLabelInput {}

@ObjectType({ description: 'What createTag did.', simpleResolvers: true })
export class CreateTagPayload {
  @Field(() => TagType, { description: 'The new tag.' })
  tag!: LabelRow;
}

@ObjectType({ description: 'What updateTag did.', simpleResolvers: true })
export class UpdateTagPayload {
  @Field(() => TagType, { description: 'The tag after the change.' })
  tag!: LabelRow;
}

@ObjectType({ description: 'What deleteTag did.', simpleResolvers: true })
export class DeleteTagPayload {
  @Field(() => ID, { description: 'The id of the deleted tag.' })
  deletedTagId!: string;
}

@ObjectType({ description: 'What createList did.', simpleResolvers: true })
export class CreateListPayload {
  @Field(() => TaskListType, { description: 'The new list.' })
  list!: LabelRow;
}

@ObjectType({ description: 'What updateList did.', simpleResolvers: true })
export class UpdateListPayload {
  @Field(() => TaskListType, { description: 'The list after the change.' })
  list!: LabelRow;
}

@ObjectType({ description: 'What deleteList did.', simpleResolvers: true })
export class DeleteListPayload {
  @Field(() => ID, { description: 'The id of the deleted list.' })
  deletedListId!: string;
}
