import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ISpectralDiagnostic, RulesetDefinition, Spectral as SpectralType } from '@stoplight/spectral-core';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createMemoryStores } from '../support/memory-stores.ts';

/** The OpenAPI document under Spectral: every rule for OpenAPI and every rule of OWASP's API top ten, the optional ones too. */

/** CommonJS, whose named exports Jest does not see. */
const require = createRequire(import.meta.url);
const { Spectral } = require('@stoplight/spectral-core') as { Spectral: typeof SpectralType };
const { oas } = require('@stoplight/spectral-rulesets') as { oas: RulesetDefinition };
const owasp = require('@stoplight/spectral-owasp-ruleset') as RulesetDefinition;
const RULES: RulesetDefinition = {
  extends: [
    [oas, 'all'],
    [owasp, 'all'],
  ],
};

const ERROR = 0;

/** Rules that the document does not meet in some places, and why it should not. */
const ACCEPTED: Record<string, { places: RegExp; reason: string }> = {
  'contact-properties': {
    places: /^info\.contact$/,
    reason: 'who operates a server, and where they can be reached, is not known to the source',
  },
  'owasp:api4:2023-string-restricted': {
    places: /\.(detail|field|message)$/,
    reason: 'sentences for people, and names of fields as clients sent them, are of no pattern',
  },
};

let app: TestApp;
let document: Record<string, unknown>;
let faults: ISpectralDiagnostic[];

beforeAll(async () => {
  app = await startTestApp({ overrides: createMemoryStores() });
  document = (await app.rest(undefined, 'GET', '/api/openapi.json')).body;
  faults = await lint(document);
});
afterAll(() => app.close());

async function lint(value: Record<string, unknown>): Promise<ISpectralDiagnostic[]> {
  const spectral = new Spectral();
  spectral.setRuleset(RULES);
  return spectral.run(value);
}

const placeOf = ({ path }: ISpectralDiagnostic) => path.join('.');

describe('the OpenAPI document under the rules of Spectral and OWASP', () => {
  it('has no error', () => {
    const errors = faults.filter(({ severity }) => severity === ERROR);
    expect(errors.map((fault) => `${fault.code} ${placeOf(fault)}`)).toEqual([]);
  });

  it('has no warning but the accepted ones, and each of those somewhere', () => {
    const unexpected = faults.filter((fault) => !ACCEPTED[String(fault.code)]?.places.test(placeOf(fault)));
    expect(unexpected.map((fault) => `${fault.code} ${placeOf(fault)}`)).toEqual([]);
    expect([...new Set(faults.map(({ code }) => String(code)))].sort()).toEqual(Object.keys(ACCEPTED));
  });

  it('is really held against them: what is taken away from it is found', async () => {
    const weaker = structuredClone(document) as {
      security?: unknown;
      components: { schemas: Record<string, { properties: Record<string, { maxLength?: number }> }> };
      paths: Record<string, Record<string, { operationId?: string; responses: Record<string, unknown> }>>;
    };
    delete weaker.security;
    delete weaker.components.schemas.Task?.properties.title?.maxLength;
    const list = weaker.paths['/api/tasks']?.get;
    delete list?.operationId;
    delete list?.responses['429'];
    const codes = (await lint(weaker)).map(({ code }) => String(code));
    expect(codes).toEqual(
      expect.arrayContaining([
        'owasp:api2:2023-write-restricted',
        'owasp:api4:2023-string-limit',
        'operation-operationId',
        'owasp:api4:2023-rate-limit-responses-429',
      ]),
    );
  });
});
