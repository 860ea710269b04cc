import { Field, ID, InterfaceType } from 'type-graphql';

/** What has an id of its own (https://relay.dev/graphql/objectidentification.htm). */
@InterfaceType({
  description: 'What has an id of its own, and can be asked for by it.',
})
export abstract class Node {
  @Field(() => ID, { description: 'A UUID.' })
  id!: string;
}
