import { Field, ID, InputType, ObjectType } from 'type-graphql';
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

  @Field(() => String, {
    nullable: true,
    description:
      'Where the days of the user begin: an IANA time zone, as updateViewer has set it. UTC where it is null.',
  })
  timeZone!: string | null;
}

@InputType({ description: 'What users can say of themselves: absent fields stay, null clears.' })
export class UpdateViewerInput {
  @Field(() => String, { nullable: true, description: 'An IANA time zone such as `Europe/Berlin`.' })
  timeZone?: string | null;
}

@ObjectType({ description: 'What updateViewer did.', simpleResolvers: true })
export class UpdateViewerPayload {
  @Field(() => Viewer, { description: 'The user after the change.' })
  viewer!: Viewer;
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
