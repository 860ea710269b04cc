import type { OpenAPIV3_1 } from 'openapi-types';

type Header = OpenAPIV3_1.HeaderObject;
type Operation = OpenAPIV3_1.OperationObject;
type Response = OpenAPIV3_1.ResponseObject;

const KEY_HEADER = 'idempotency-key';

/** `required` says that no such answer comes without it. */
const text = (description: string, pattern: string, maxLength: number, required: boolean): Header => ({
  description,
  ...(required ? { required } : {}),
  schema: { type: 'string', maxLength, pattern },
});

/** What has a version. */
const VERSIONED = /\/(Task|Tag|TaskList)$/;
const TAG = '^(W/)?"[\\d-]+"$';

const HEADERS = {
  'X-Request-Id': text(
    "Names the request in the log of the server: the client's own, if it sent a sane one.",
    '^[\\w.:+/=-]+$',
    128,
    true,
  ),
  'Access-Control-Allow-Origin': text(
    'The page that asked, if pages of its origin may read answers.',
    '^https?://[^/]+$',
    300,
    false,
  ),
  RateLimit: text(
    'What is left of the limit that the request counts against; absent where nothing is counted.',
    '^limit=\\d+, remaining=\\d+, reset=\\d+$',
    100,
    false,
  ),
  'RateLimit-Policy': text('The limit and the seconds that it counts over.', '^\\d+;w=\\d+$', 50, false),
  'Retry-After': {
    description: 'Seconds until another try makes sense.',
    required: true,
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 86_400 },
  },
  'WWW-Authenticate': text(
    'Why there is no user: no token, or one that is not accepted.',
    '^Bearer error="',
    500,
    true,
  ),
  ETag: text('The version of the task, for `If-Match` and `If-None-Match`, or the state of the list.', TAG, 50, true),
  PageETag: text(
    'The state of the list, for `If-None-Match`; from the second time on that it is asked for.',
    TAG,
    50,
    false,
  ),
  'Idempotency-Replayed': text(
    'The answer is the one that was given to this `Idempotency-Key` before, as it was then.',
    '^true$',
    4,
    false,
  ),
  Location: text('Where what is new is.', '^/api/(tasks|tags|lists)/[0-9a-f-]{36}$', 47, true),
  'Undo-Token': text(
    'Names this write, to be taken back by `POST /api/undo`; absent where nothing was changed.',
    '^[\\w-]+$',
    100,
    false,
  ),
  Link: text('The first, previous, next and last page (RFC 8288).', '^<[^>]*>; rel="first"', 65_536, true),
} satisfies Record<string, Header>;

type HeaderName = keyof typeof HEADERS;

/** Names the headers of every answer, which follow from its status and from what it shows. */
export function withResponseHeaders<Document extends object>(document: Document): Document {
  const { paths, components } = document as Partial<OpenAPIV3_1.Document>;
  const operations = Object.values(paths ?? {}).flatMap((path) => Object.values(path ?? {}) as Operation[]);
  for (const { parameters, responses } of operations) {
    const hasKey = parameters?.some((parameter) => 'name' in parameter && parameter.name === KEY_HEADER) ?? false;
    for (const [status, response] of Object.entries(responses ?? {}) as [string, Response][]) {
      const references = headersOf(Number(status), response, hasKey).map((name) => [
        name === 'PageETag' ? 'ETag' : name,
        reference(name),
      ]);
      response.headers = Object.fromEntries(references);
    }
  }
  return { ...document, components: { ...components, headers: HEADERS } };
}

function reference(name: HeaderName): OpenAPIV3_1.ReferenceObject {
  return { $ref: `#/components/headers/${name}` };
}

function headersOf(status: number, response: Response, hasKey: boolean): HeaderName[] {
  const schema = response.content?.['application/json']?.schema;
  const shown = schema && '$ref' in schema ? schema.$ref : '';
  return [
    'X-Request-Id',
    'Access-Control-Allow-Origin',
    ...(status < 500 ? (['RateLimit', 'RateLimit-Policy'] as const) : []),
    ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 304 || VERSIONED.test(shown) ? (['ETag'] as const) : []),
    ...(status === 201 ? (['Location'] as const) : []),
    ...(hasKey && (status === 204 || shown.endsWith('/Task')) ? (['Undo-Token'] as const) : []),
    ...(hasKey && status < 300 ? (['Idempotency-Replayed'] as const) : []),
    ...(shown.endsWith('/TaskPage') ? (['Link', 'PageETag'] as const) : []),
  ];
}
