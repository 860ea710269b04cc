/** Where a page lies among all. */
export interface PagePlace {
  page: number;
  limit: number;
  total: number;
}

/** The `Link` header of a page (RFC 8288): first, prev, next and last with everything else of the query kept. */
export function pageLinks(url: string, { page, limit, total }: PagePlace): string {
  const lastPage = Math.max(1, Math.ceil(total / limit));
  const end = url.indexOf('?');
  const [path, query] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end + 1)];
  const link = (relation: string, target: number) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(target));
    return `<${path}?${parameters}>; rel="${relation}"`;
  };
  return [
    link('first', 1),
    ...(page > 1 ? [link('prev', Math.min(page - 1, lastPage))] : []),
    ...(page < lastPage ? [link('next', page + 1)] : []),
    link('last', lastPage),
  ].join(', ');
}
