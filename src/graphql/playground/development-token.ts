import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { signToken } from '../../auth/sign-token.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../core/clock.ts';

/** Answers an access token for whoever sits at this machine, or nothing. */
export type DevelopmentToken = (request: IncomingMessage) => Promise<string | undefined>;

/** whose tasks the playground shows until it is given the token of somebody else */
const DEMO_USER = { userId: 'demo', name: 'Demo' };
/** A working day; the page asks for another one when it is over. */
const LIFETIME_SECONDS = 12 * 3600;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/** `secret` is what the server accepts HS256 tokens with; outside of development none is ever signed here. */
export function createDevelopmentToken(config: Config, secret: string | undefined, clock: Clock): DevelopmentToken {
  const { issuer, audience, maxTokenAge } = config.auth;
  const content = { ...DEMO_USER, issuer, audience, lifetime: Math.min(LIFETIME_SECONDS, maxTokenAge) };
  return async (request) => {
    if (!config.development || secret === undefined || !isFromOwnPage(request)) return undefined;
    return signToken(content, secret, clock);
  };
}

/**
 * True when the request comes from our own page in a browser on this machine. Each check stops what the others let
 * pass: the address, other machines; the Host header, a foreign domain whose DNS answers 127.0.0.1; Sec-Fetch-Site,
 * which no page can set (Fetch Metadata, W3C), other sites and other ports of localhost; and the headers of proxies,
 * a tunnel on this machine that brings the world in.
 */
export function isFromOwnPage({ headers, socket }: IncomingMessage): boolean {
  const { remoteAddress = '' } = socket;
  return (
    LOOPBACK.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4') &&
    LOCAL_HOST.test(headers.host ?? '') &&
    headers['sec-fetch-site'] === 'same-origin' &&
    PROXY_HEADERS.every((name) => headers[name] === undefined)
  );
}
