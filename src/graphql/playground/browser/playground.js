/**
 * The playground in the browser: GraphiQL with our examples, and in development with a ready token. The token lives in
 * this page only; it is asked for again at every load, and when the server no longer accepts it.
 */
(() => {
  const { createElement } = React;
  const PLACEHOLDER = 'Bearer <your token>';
  const HELP =
    'Put an access token under "Headers", in the place of <your token>. ' +
    'In development, this command prints one: npm run -s token -- demo';

  // The style elements of GraphiQL's dialogs need the nonce of the page's policy; the library that makes them looks here.
  globalThis.__webpack_nonce__ = document.currentScript.nonce;

  async function loadSettings() {
    const response = await fetch('graphql/playground.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(`The playground could not be loaded: HTTP ${response.status}.`);
    return response.json();
  }

  /** Sends operations, and puts a new token in the place of one that we handed out and that has expired. */
  function createFetcher(firstToken) {
    const handedOut = new Set();
    let current = PLACEHOLDER;
    const accept = (token) => {
      if (token === undefined) return;
      current = `Bearer ${token}`;
      handedOut.add(current);
    };
    accept(firstToken);

    const post = (operation, headers) =>
      fetch(location.pathname, {
        method: 'POST',
        headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', ...headers },
        body: JSON.stringify(operation),
      });

    async function fetcher(operation, { headers: written } = {}) {
      // GraphiQL asks for the schema before it has read the headers of its own editor.
      const headers = new Headers(written ?? (isIntrospection(operation) ? { authorization: current } : {}));
      const authorization = headers.get('authorization');
      if (authorization === PLACEHOLDER) return { errors: [{ message: HELP }] };
      if (!handedOut.has(authorization)) return read(await post(operation, Object.fromEntries(headers)));
      const send = () => post(operation, { ...Object.fromEntries(headers), authorization: current });
      const response = await send();
      if (response.status !== 401) return read(response);
      accept((await loadSettings()).token);
      return read(await send());
    }
    return { fetcher, authorization: current };
  }

  function isIntrospection({ operationName }) {
    return operationName === 'IntrospectionQuery';
  }

  async function read(response) {
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`The server answered HTTP ${response.status} without JSON.`);
    }
  }

  /** Keeps queries apart from those of other GraphiQL pages on this host, and keeps no token: the history has headers. */
  function createStorage(authorization) {
    const prefix = 'premium-todo:';
    const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return {
      getItem: (key) => localStorage.getItem(prefix + key)?.replaceAll(PLACEHOLDER, authorization) ?? null,
      setItem: (key, value) => localStorage.setItem(prefix + key, value.replace(/Bearer [\w.~+/=-]+/gi, PLACEHOLDER)),
      removeItem: (key) => localStorage.removeItem(prefix + key),
      get length() {
        return ownKeys().length;
      },
      clear() {
        for (const key of ownKeys()) localStorage.removeItem(key);
      },
    };
  }

  const logo = createElement(
    GraphiQL.Logo,
    null,
    createElement('img', { src: document.querySelector('link[rel=icon]').href, alt: '' }),
    'premium-todo',
    createElement('a', { href: 'api/docs' }, 'REST API'),
  );

  function show(root, { examples, token }) {
    const { fetcher, authorization } = createFetcher(token);
    const properties = {
      fetcher,
      storage: createStorage(authorization),
      defaultTabs: examples,
      defaultHeaders: JSON.stringify({ Authorization: authorization }, null, 2),
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: token === undefined ? 'headers' : 'variables',
    };
    ReactDOM.createRoot(root).render(createElement(GraphiQL, properties, logo));
  }

  const root = document.getElementById('playground');
  loadSettings().then(
    (settings) => show(root, settings),
    (error) => {
      root.firstElementChild.textContent = error.message;
    },
  );
})();
