import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

const METRICS_TOKEN = 'a token for prometheus';

describe('what operators ask for', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ environment: { METRICS_TOKEN } });
  });
  afterAll(() => app.close());

  it('is alive without asking the database', async () => {
    expect(await app.rest(undefined, 'GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is ready when database, migrations and keys are there', async () => {
    expect(await app.rest(undefined, 'GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('counts requests by API and status', async () => {
    await app.graphql('ann', '{ viewer { id } }');
    await app.rest(undefined, 'GET', '/api/tasks');
    const response = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('http_request_duration_seconds_count{api="graphql",status="200"}');
    expect(text).toContain('http_request_duration_seconds_count{api="rest",status="401"}');
    expect(text).toContain('process_cpu_user_seconds_total');
  });

  it('shows the metrics to nobody without their token', async () => {
    for (const authorization of ['', 'Bearer another token here', `Basic ${METRICS_TOKEN}`]) {
      const response = await fetch(`${app.url}/metrics`, { headers: { authorization } });
      expect(response.status).toBe(401);
    }
  });

  it('answers a request that is under way when the server is closed', async () => {
    const underWay = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const wait = () => {
      underWay.resolve();
      return gate.promise;
    };
    const own = await startTestApp({ overrides: { wait } });
    const answer = own.rest('ann', 'POST', '/api/auth/revoke');
    await underWay.promise;
    const closed = own.close();
    gate.resolve();
    expect((await answer).status).toBe(204);
    await closed;
  });
});
