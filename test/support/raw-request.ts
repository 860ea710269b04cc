import { connect } from 'node:net';

/** Sends bytes as they are to a server and answers all that comes back: for requests that no client would send. */
export function rawRequest(url: string, lines: readonly string[], body: Buffer | string = ''): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    socket.write(`${lines.join('\r\n')}\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`);
    socket.write(body);
  });
}
