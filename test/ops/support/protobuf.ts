/** The fields of one message of Protocol Buffers by their numbers, in order: numbers as they are, all else as bytes. */
type Fields = Map<number, (bigint | Buffer)[]>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export class Message {
  readonly #fields: Fields;

  constructor(bytes: Buffer) {
    this.#fields = fieldsOf(bytes);
  }

  messages(field: number): Message[] {
    return (this.#fields.get(field) ?? []).map((value) => new Message(value as Buffer));
  }

  message(field: number): Message | undefined {
    return this.messages(field)[0];
  }

  bytes(field: number): Buffer | undefined {
    return this.#fields.get(field)?.[0] as Buffer | undefined;
  }

  text(field: number): string {
    return this.bytes(field)?.toString('utf8') ?? '';
  }

  hex(field: number): string {
    return this.bytes(field)?.toString('hex') ?? '';
  }

  integer(field: number): bigint {
    return (this.#fields.get(field)?.[0] ?? 0n) as bigint;
  }

  number(field: number): number {
    return Number(this.integer(field));
  }

  double(field: number): number {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(this.integer(field));
    return buffer.readDoubleLE();
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }
}

function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map();
  let place = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(place++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  function take(length: number): Buffer {
    place += length;
    return bytes.subarray(place - length, place);
  }

  function value(wireType: number): bigint | Buffer {
    if (wireType === VARINT) return varint();
    if (wireType === FIXED64) return take(8).readBigUInt64LE();
    if (wireType === FIXED32) return BigInt(take(4).readUInt32LE());
    if (wireType === BYTES) return take(Number(varint()));
    throw new Error(`wire type ${wireType} is not known`);
  }

  while (place < bytes.length) {
    const tag = Number(varint());
    const read = value(tag & 7);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), read]);
  }
  return fields;
}
