import 'reflect-metadata';
import { IsBoolean, IsOptional, Length, MaxLength } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

@ObjectType('Task')
export class TaskType {
  @Field(() => ID) id!: string;
  @Field(() => String) title!: string;
  @Field(() => String, { nullable: true }) description?: string | null | undefined;
  @Field(() => Boolean) completed!: boolean;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) updatedAt!: Date;
  @Field(() => Int) version!: number;
}

@ObjectType()
export class TaskEdge {
  @Field(() => String) cursor!: string;
  @Field(() => TaskType) node!: TaskType;
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

@ObjectType()
export class TaskConnection {
  @Field(() => [TaskEdge]) edges!: TaskEdge[];
  @Field(() => PageInfo) pageInfo!: PageInfo;
  @Field(() => Int) totalCount!: number;
}

@ObjectType()
export class TaskPayload {
  @Field(() => TaskType) task!: TaskType;
}

@InputType()
export class CreateTaskInput {
  @Field(() => String)
  @Length(1, 255)
  title!: string;

  @Field(() => String, { nullable: true })
  @IsOptional()
  @MaxLength(65_536)
  description?: string | null | undefined;
}

@InputType()
export class UpdateTaskInput {
  @Field(() => String)
  @Length(1, 255)
  title!: string;
}

@InputType()
export class TaskFilter {
  @Field(() => Boolean, { nullable: true })
  @IsOptional()
  @IsBoolean()
  completed?: boolean | null | undefined;
}
