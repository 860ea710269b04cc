/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** milliseconds of silence after which a stream counts as broken; the server says something every 25 seconds */
const PATIENCE = 60_000;

/**
 * The events of an answer, one after the other (HTML Standard, Server-sent events; this server ends lines with LF and sends
 * one line of data for each event). For what EventSource cannot do: send an access token.
 */
export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    while (true) {
      const { done, value } = await readSoon(reader);
      if (done) return;
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => fieldOf(line)));
        const event = fields.get('event');
        // A comment of the server's, which shows that it is there, has none.
        if (event !== undefined) yield { event, id: fields.get('id'), data: fields.get('data') ?? '' };
      }
    }
  } finally {
    await reader.cancel();
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}

/** Fails when nothing has come for too long, as it does when the network has gone without a word. */
async function readSoon(reader: ReadableStreamDefaultReader<string>) {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    silence = setTimeout(() => reject(new Error('The stream has fallen silent')), PATIENCE);
  });
  try {
    return await Promise.race([reader.read(), tooLong]);
  } finally {
    clearTimeout(silence);
  }
}
