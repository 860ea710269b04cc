import { Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../core/scalars.ts';

@ObjectType({ description: 'The user that the token names.', simpleResolvers: true })
export class Viewer {
  @Field(() => ID, { description: "The token's subject." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'E-mail address, if a token told it.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'Name, if a token told it.' })
  name!: string | null;

  @Field(() => DateTime, { description: 'When the user was first seen here.' })
  createdAt!: string;
}

@ObjectType({ description: 'What revokeTokens did.', simpleResolvers: true })
export class RevokeTokensPayload {
  @Field(() => Boolean, { description: 'Always true: every token issued before is refused from now on.' })
  revoked!: boolean;
}

@ObjectType({ description: 'What deleteAccount did.', simpleResolvers: true })
export class DeleteAccountPayload {
  @Field(() => ID, { description: 'The id of the erased user.' })
  deletedUserId!: string;
}
