import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Message } from './protobuf.ts';

type AttributeValue = string | number | boolean | AttributeValue[];

/** A span as a collector sees it. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** empty for the first of a trace */
  parentId: string;
  traceState: string;
  name: string;
  kind: 'internal' | 'server' | 'client';
  attributes: Record<string, AttributeValue>;
  isError: boolean;
  statusMessage: string;
  events: string[];
  /** nanoseconds since the epoch */
  start: bigint;
}

/** Receives traces by OTLP over HTTP, in the form of Protocol Buffers, as any collector does. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly requests: readonly { path: string; headers: IncomingHttpHeaders; body: Buffer }[];
  /** attributes of who sent them, message by message */
  readonly resources: readonly Record<string, AttributeValue>[];
  /** Resolves with all spans of a trace when the one of its request has come: it is the last to end. */
  trace(traceId: string): Promise<ReceivedSpan[]>;
  /** what is answered from now on, also to those who wait; `hang` answers nothing */
  answer(status: number | 'hang'): void;
  /** Resolves when so many requests have come. */
  requested(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startCollector(port = 0): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const requests: Collector['requests'][number][] = [];
  const resources: Record<string, AttributeValue>[] = [];
  let status: number | 'hang' = 200;
  const waiting = new Set<() => void>();

  async function until<Result>(look: () => Result | undefined): Promise<Result> {
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  }

  const unanswered = new Set<ServerResponse>();
  function answerAll(): void {
    if (status === 'hang') return;
    for (const response of unanswered) response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    unanswered.clear();
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    if (status === 200) {
      for (const group of new Message(body).messages(1)) {
        resources.push(attributesOf(group.message(1)?.messages(1) ?? []));
        for (const scope of group.messages(2)) spans.push(...scope.messages(2).map(spanOf));
      }
    }
    unanswered.add(response);
    answerAll();
    for (const wake of waiting) wake();
    waiting.clear();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    resources,
    trace: (traceId) =>
      until(() => {
        const found = spans.filter((span) => span.traceId === traceId);
        return found.some(({ kind }) => kind === 'server') ? found : undefined;
      }),
    answer(next) {
      status = next;
      answerAll();
    },
    requested: (count) => until(() => (requests.length >= count ? true : undefined)).then(() => {}),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const KINDS: Record<number, ReceivedSpan['kind']> = { 1: 'internal', 2: 'server', 3: 'client' };
const ERROR = 2;

/** Numbers of fields: opentelemetry/proto/trace/v1/trace.proto. */
function spanOf(span: Message): ReceivedSpan {
  const status = span.message(15);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    traceState: span.text(3),
    parentId: span.hex(4),
    name: span.text(5),
    kind: KINDS[span.number(6)] ?? 'internal',
    start: span.integer(7),
    attributes: attributesOf(span.messages(9)),
    events: span.messages(11).map((event) => event.text(2)),
    isError: status?.number(3) === ERROR,
    statusMessage: status?.text(2) ?? '',
  };
}

function attributesOf(pairs: Message[]): Record<string, AttributeValue> {
  return Object.fromEntries(pairs.map((pair) => [pair.text(1), anyValue(pair.message(2))]));
}

function anyValue(value: Message | undefined): AttributeValue {
  if (!value) return '';
  if (value.has(2)) return value.number(2) === 1;
  if (value.has(3)) return value.number(3);
  if (value.has(4)) return value.double(4);
  if (value.has(5)) return value.message(5)?.messages(1).map(anyValue) ?? [];
  return value.text(1);
}
