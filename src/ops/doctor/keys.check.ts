import { type Finding, fault, ok, reason, warning } from './finding.ts';

const TIMEOUT = 5000;
/** seconds; the header has no fractions, and the answer takes a moment */
const DATE_TOLERANCE = 2;
const USABLE = new Set(['OKP', 'EC', 'RSA']);

interface KeysDoctor {
  readonly jwksUrl: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly secrets: number;
  readonly embedded: boolean;
  /** seconds of skew that tokens may have */
  readonly clockTolerance: number;
  readonly now: () => number;
}

/** Where tokens come from, and whether they could be checked now. The configuration has judged the secrets already. */
export async function checkKeys(doctor: KeysDoctor): Promise<Finding[]> {
  const { jwksUrl, issuer, audience, secrets, embedded } = doctor;
  const findings: Finding[] = [];
  if (embedded) findings.push(ok('tokens', 'signed by the embedded Better Auth'));
  if (secrets > 0) findings.push(ok('tokens', `signed with ${secrets} accepted secret${secrets === 1 ? '' : 's'}`));
  if (jwksUrl === undefined) return findings;
  findings.push(...(await checkKeyServer(jwksUrl, doctor)));
  if (issuer === undefined || audience === undefined) {
    const missing = [...(issuer ? [] : ['AUTH_ISSUER']), ...(audience ? [] : ['AUTH_AUDIENCE'])].join(' and ');
    findings.push(warning('claims', `${missing} not set: tokens meant for others pass too`, `Set ${missing}`));
  } else findings.push(ok('claims', 'issuer and audience are required'));
  return findings;
}

async function checkKeyServer(url: string, { clockTolerance, now }: KeysDoctor): Promise<Finding[]> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (response.status !== 200) {
      await response.body?.cancel();
      return [fault('keys', `the key server answers ${response.status}`, 'Check AUTH_JWKS_URL')];
    }
    const { keys } = (await response.json()) as { keys?: { kty?: string }[] };
    const usable = (keys ?? []).filter(({ kty }) => USABLE.has(kty ?? '')).length;
    const skew = Math.round((date - now()) / 1000);
    return [
      usable > 0
        ? ok('keys', `${usable} usable`)
        : fault('keys', 'the key set has no usable key', 'Check AUTH_JWKS_URL, and that Better Auth has made its keys'),
      ...(Math.abs(skew) > clockTolerance + DATE_TOLERANCE
        ? [
            warning(
              'key server',
              `its clock is ${skew} s ahead of this one`,
              'Let NTP set the clocks: tokens are refused',
            ),
          ]
        : []),
    ];
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause ?? error;
    return [fault('keys', `the key set cannot be read: ${reason(cause)}`, 'Check AUTH_JWKS_URL from this machine')];
  }
}
