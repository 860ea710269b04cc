const [BIND, EXECUTE] = [0x42, 0x45];
/** An Execute of the unnamed portal for all rows: its length, no name, no limit. */
const EXECUTE_LENGTH = 9;

/**
 * Bind and Execute of a prepared statement with one text parameter and no rows (PostgreSQL's documentation, Message
 * Formats). As one buffer, because two messages by node-postgres, one write each, cost 3 % of a list.
 * @param name of the statement, `''` for the unnamed one; it may hold no NUL
 */
export function bindAndExecute(name: string, value: string): Buffer {
  const nameBytes = Buffer.byteLength(name);
  const valueBytes = Buffer.byteLength(value);
  // Length, portal '', name, no format codes, one parameter with its length, no result formats.
  const bindLength = 4 + 1 + (nameBytes + 1) + 2 + 2 + (4 + valueBytes) + 2;
  const message = Buffer.allocUnsafe(1 + bindLength + 1 + EXECUTE_LENGTH);
  let end = message.writeUInt8(BIND, 0);
  end = message.writeInt32BE(bindLength, end);
  end = message.writeUInt8(0, end);
  end += message.write(name, end);
  end = message.writeUInt8(0, end);
  end = message.writeInt16BE(0, end);
  end = message.writeInt16BE(1, end);
  end = message.writeInt32BE(valueBytes, end);
  end += message.write(value, end);
  end = message.writeInt16BE(0, end);
  end = message.writeUInt8(EXECUTE, end);
  end = message.writeInt32BE(EXECUTE_LENGTH, end);
  end = message.writeUInt8(0, end);
  message.writeInt32BE(0, end);
  return message;
}
