import { useQuery } from '@apollo/client/react';
import { OverviewDocument, type OverviewQuery } from '../generated/graphql.ts';

export type Overview = OverviewQuery;
export type ListLabel = OverviewQuery['lists'][number];
export type TagLabel = OverviewQuery['tags'][number];

/** The lists and tags of the user. */
export interface Labels {
  readonly lists: readonly ListLabel[];
  readonly tags: readonly TagLabel[];
}

export function useOverview(): Overview | undefined {
  return useQuery(OverviewDocument, { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' }).data;
}

export function useLabels(): Labels {
  const { data } = useQuery(OverviewDocument, { fetchPolicy: 'cache-first' });
  return { lists: data?.lists ?? [], tags: data?.tags ?? [] };
}
