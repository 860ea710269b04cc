import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { addressGroup, clientAddress, settleClientAddress } from '../../src/http/client-address.ts';

/** A request from an address, with what the X-Forwarded-For lines say together. */
function requestFrom(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor;
  return request;
}

function addressBehind(hops: number, forwardedFor?: string, remoteAddress = '10.0.0.1'): string {
  const request = requestFrom(remoteAddress, forwardedFor);
  settleClientAddress(request, hops);
  return clientAddress(request);
}

describe('the address of a client', () => {
  it.each([undefined, '1.1.1.1', '1.1.1.1, 2.2.2.2', '', ',', 'unknown'])(
    'is that of the socket when no proxy is trusted, whatever X-Forwarded-For says (%j)',
    (header) => {
      expect(addressBehind(0, header)).toBe('10.0.0.1');
    },
  );

  it.each([
    [1, '1.1.1.1', '1.1.1.1'],
    [1, '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    [1, '6.6.6.6,7.7.7.7,1.1.1.1', '1.1.1.1'],
    [2, '6.6.6.6, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
    [3, '6.6.6.6, 1.1.1.1, 2.2.2.2, 3.3.3.3', '1.1.1.1'],
  ])('behind %d proxies is what the outermost of them wrote: %j', (hops, header, expected) => {
    expect(addressBehind(hops, header)).toBe(expected);
  });

  it('is the leftmost one there is where fewer proxies wrote than are trusted', () => {
    expect(addressBehind(3, '1.1.1.1, 2.2.2.2')).toBe('1.1.1.1');
  });

  it.each([undefined, '', ' , ', 'unknown', '_hidden', '1.1.1', '1.1.1.1.1', '999.1.1.1', "'; drop table"])(
    'is that of the nearest proxy when none wrote an address: %j',
    (header) => {
      expect(addressBehind(1, header)).toBe('10.0.0.1');
    },
  );

  it.each([
    [2, '6.6.6.6, unknown, 2.2.2.2', '2.2.2.2'],
    [1, '6.6.6.6, unknown', '10.0.0.1'],
    [1, '6.6.6.6, 1.1.1.1 x', '10.0.0.1'],
  ])('is never taken from further out when an entry is malformed: %d proxies, %j', (hops, header, expected) => {
    expect(addressBehind(hops, header)).toBe(expected);
  });

  it.each([
    ['1.1.1.1:5678', '1.1.1.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:1.1.1.1', '1.1.1.1'],
    ['::FFFF:101:101', '1.1.1.1'],
  ])('has one spelling: %s', (written, expected) => {
    expect(addressBehind(1, written)).toBe(expected);
    expect(addressBehind(0, undefined, written.replace(/^\[|\](:\d+)?$|(?<=\.\d):\d+$/g, ''))).toBe(expected);
  });

  it('is unknown when the client was gone before anybody asked', () => {
    expect(clientAddress(requestFrom(undefined))).toBe('unknown');
  });
});

describe('one client', () => {
  it.each([
    ['1.1.1.1', '1.1.1.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80:0:0:1::', 'fe80:0:0:1::/64'],
    ['unknown', 'unknown'],
  ])('is, for %s, %s', (address, expected) => {
    expect(addressGroup(address)).toBe(expected);
  });
});
