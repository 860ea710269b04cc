/**
 * The playground in the browser: GraphiQL with our examples, and in development with a ready token. The token lives in
 * this page only; it is asked for again at every load, and when the server no longer accepts it.
 */
(() => {
  const { createElement } = React;
  const PLACEHOLDER = 'Bearer <your token>';
  const EVENT_STREAM = 'text/event-stream';
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
    const handOut = (token) => {
      if (token === undefined) return;
      current = `Bearer ${token}`;
      handedOut.add(current);
    };
    handOut(firstToken);

    async function fetcher(operation, { headers: written, documentAST } = {}) {
      const accept = isSubscription(operation, documentAST) ? EVENT_STREAM : 'application/graphql-response+json';
      const post = (headers) =>
        fetch(location.pathname, {
          method: 'POST',
          headers: { accept, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(operation),
        });

      // GraphiQL asks for the schema before it has read the headers of its own editor.
      const headers = new Headers(written ?? (isIntrospection(operation) ? { authorization: current } : {}));
      const authorization = headers.get('authorization');
      if (authorization === PLACEHOLDER) return { errors: [{ message: HELP }] };
      if (!handedOut.has(authorization)) return read(await post(Object.fromEntries(headers)));
      const send = () => post({ ...Object.fromEntries(headers), authorization: current });
      const response = await send();
      if (response.status !== 401) return read(response);
      handOut((await loadSettings()).token);
      return read(await send());
    }
    return { fetcher, authorization: current };
  }

  function isIntrospection({ operationName }) {
    return operationName === 'IntrospectionQuery';
  }

  function isSubscription({ operationName }, document) {
    const isRun = ({ kind, name }) =>
      kind === 'OperationDefinition' && (operationName == null || name?.value === operationName);
    return document?.definitions.find(isRun)?.operation === 'subscription';
  }

  /** The answer, or the results of a stream one after the other. */
  async function read(response) {
    if (response.headers.get('content-type')?.startsWith(EVENT_STREAM)) return resultsOf(response.body);
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`The server answered HTTP ${response.status} without JSON.`);
    }
  }

  /**
   * The results in a stream of events, by the protocol of graphql-sse. No generator: its `return` would wait for the next
   * event, and GraphiQL calls it when the stop button is pressed.
   */
  function resultsOf(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    let isOver = false;

    /** The next event that has a name, of those that have arrived; the server's comments have none. */
    function takeEvent() {
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const fieldOf = (field) => lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
        const name = fieldOf('event');
        if (name) return { name, data: fieldOf('data') };
      }
      return undefined;
    }

    async function next() {
      for (let event = takeEvent(); !isOver; event = takeEvent()) {
        if (event?.name === 'next') {
          const value = JSON.parse(event.data);
          // Errors are the last result.
          isOver = value.errors !== undefined;
          return { done: false, value };
        }
        if (event?.name === 'complete') break;
        const { done, value } = await reader.read();
        if (done && !isOver) throw new Error('The server has ended the stream. Press play to follow on.');
        text += value ?? '';
      }
      return finish();
    }

    async function finish() {
      isOver = true;
      await reader.cancel();
      return { done: true, value: undefined };
    }

    return {
      next,
      return: finish,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
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
