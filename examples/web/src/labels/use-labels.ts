import { useQuery } from '@apollo/client/react';
import { OverviewDocument, type OverviewQuery } from '../generated/graphql.ts';
import { TIME_ZONE } from '../views/time-zone.ts';

export type Overview = OverviewQuery;
export type ListLabel = OverviewQuery['lists'][number];
export type TagLabel = OverviewQuery['tags'][number];

/** The lists and tags of the user. */
export interface Labels {
  readonly lists: readonly ListLabel[];
  readonly tags: readonly TagLabel[];
}

/** From the device when it is there; the lists' refresher asks for it again. */
export function useOverview(): Overview | undefined {
  return useQuery(OverviewDocument, { variables: { timeZone: TIME_ZONE } }).data;
}

export function useLabels(): Labels {
  const { lists = [], tags = [] } = useOverview() ?? {};
  return { lists, tags };
}
