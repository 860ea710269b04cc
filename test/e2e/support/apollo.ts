import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { relayStylePagination } from '@apollo/client/utilities';

export interface ApolloOptions {
  /** GraphQL endpoint */
  uri: string;
  /** answers the access token, freshly for each request */
  token: () => Promise<string | undefined>;
  /** links before the one that sends, such as persisted queries */
  links?: ApolloLink[];
  /** sends in the place of the global one */
  fetch?: typeof fetch;
  useGETForQueries?: boolean;
}

/** A client as a front end sets it up; see docs/front-end-guide.md. */
export function createApolloClient({ uri, token, links = [], ...http }: ApolloOptions): ApolloClient {
  const withToken = new SetContextLink(async ({ headers }) => {
    const current = await token();
    return { headers: { ...headers, ...(current === undefined ? {} : { authorization: `Bearer ${current}` }) } };
  });
  return new ApolloClient({
    link: ApolloLink.from([withToken, ...links, new HttpLink({ uri, ...http })]),
    cache: new InMemoryCache({
      typePolicies: { Query: { fields: { tasks: relayStylePagination(['filter', 'search', 'orderBy']) } } },
    }),
  });
}

/** A `fetch` that holds requests back until it is told to let them go, and remembers them with their answers. */
export function createGate() {
  const sent: Request[] = [];
  const answered: Response[] = [];
  let open: () => void = () => {};
  let passable: Promise<void> = Promise.resolve();
  return {
    sent,
    answered,
    close() {
      passable = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
    async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
      const request = new Request(input, init);
      sent.push(request.clone());
      await passable;
      const response = await fetch(request);
      answered.push(response);
      return response;
    },
  };
}
