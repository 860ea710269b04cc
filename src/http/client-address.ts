import type { IncomingMessage } from 'node:http';
import { isIP, SocketAddress } from 'node:net';

/** Addresses of requests that came through proxies; all others are those of their sockets. */
const forwarded = new WeakMap<IncomingMessage, string>();
const MAPPED = '::ffff:';
/** An address with the port behind it, as some proxies write it; IPv6 then stands in brackets. */
const WITH_PORT = /^(?:\[([^\]]+)\]|(\d+(?:\.\d+){3}))(?::\d{1,5})?$/;
/** The socket of a client that went away before anybody asked has no address any more. */
const UNKNOWN = 'unknown';

/**
 * Decides once who sent the request, before anything asks. `hops` is the number of proxies before this server: each
 * appends the address that it sees to `X-Forwarded-For`, so the entry that the outermost of them wrote is the hops-th
 * from the right, and whatever stands to the left of it was sent by the client and proves nothing.
 */
export function settleClientAddress(request: IncomingMessage, hops: number): void {
  // Node keeps what it was asked for: also who closes the connection at once has an address in what follows.
  const address = request.socket.remoteAddress;
  if (hops === 0 || address === undefined) return;
  const behind = forwardedAddress(request.headers['x-forwarded-for'], hops);
  if (behind !== undefined) forwarded.set(request, behind);
}

/** The address of who sent the request, in its canonical form; never what a client can choose. */
export function clientAddress(request: IncomingMessage): string {
  return forwarded.get(request) ?? canonical(request.socket.remoteAddress ?? '') ?? UNKNOWN;
}

/**
 * What counts as one client: an IPv4 address, or the /64 that a single customer is given of IPv6 (RFC 6177), whose
 * addresses could otherwise be used one by one.
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - left.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...(tail?.split(':') ?? [])];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Entries that are no addresses are passed over towards the server, where the writers are the nearer proxies. */
function forwardedAddress(header: string | string[] | undefined, hops: number): string | undefined {
  if (header === undefined) return undefined;
  const entries = String(header).split(',').slice(-hops);
  for (const entry of entries) {
    const text = entry.trim();
    const [, six, four] = WITH_PORT.exec(text) ?? [];
    const address = canonical(six ?? four ?? text);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** One spelling for each address: IPv6 as RFC 5952 says and without its zone, IPv4 also where it is mapped into IPv6. */
function canonical(text: string): string | undefined {
  const family = isIP(text);
  if (family === 0) return undefined;
  if (family === 4) return text;
  const zone = text.indexOf('%');
  const { address } = new SocketAddress({ address: zone < 0 ? text : text.slice(0, zone), family: 'ipv6' });
  return address.startsWith(MAPPED) && isIP(address.slice(MAPPED.length)) === 4
    ? address.slice(MAPPED.length)
    : address;
}
