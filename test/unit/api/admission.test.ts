import { accounts, anApi, tokens } from './an-api';

jest.mock('cookie', () => ({}));

const status = '/v1/pairs/keycloak-prod/status';

describe('a token', () => {
  it('that is missing or wrong is answered 401, each with its challenge and one sentence', async () => {
    const { call } = anApi();

    const missing = await call('GET', status, { by: '' });
    const wrong = await call('GET', status, { by: '', headers: { authorization: 'Bearer wrong-canary-0123456789' } });

    expect(missing).toMatchObject({ status: 401, json: { code: 'CredentialsWrong', detail: 'There is no token.' } });
    expect(missing.headers['www-authenticate']).toBe('Bearer realm="sitewarden"');
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="sitewarden", error="invalid_token"');
    expect(wrong.text).not.toContain('canary');
  });

  it('that is new counts at its first use; one that was taken out counts no longer than 30 s', async () => {
    const { call, store, clock } = anApi();
    await call('GET', status);
    const renewed = 'renewed-canary-0123456789';
    store.text = JSON.stringify({ ...accounts, olga: { token: renewed, groups: ['operators'] } });
    const withNew = () => call('GET', status, { by: '', headers: { authorization: `Bearer ${renewed}` } });

    clock.now += 6_000;
    expect((await withNew()).status).toBe(200);
    expect((await call('GET', status)).status).toBe(401);
  });

  it('is refused within 30 s of being taken out, though nobody has used a new one', async () => {
    const { call, store, clock } = anApi();
    expect((await call('GET', status)).status).toBe(200);
    store.text = JSON.stringify({ vera: accounts.vera });

    clock.now += 30_000;

    expect((await call('GET', status)).status).toBe(401);
  });

  it('goes on counting while the store does not answer; before the first answer nobody is let in', async () => {
    const { call, store, clock } = anApi();
    store.text = undefined;
    const nobody = await call('GET', status);
    store.text = JSON.stringify(accounts);
    clock.now += 6_000;
    const letIn = await call('GET', status);
    store.text = undefined;
    clock.now += 60_000;

    expect(nobody).toMatchObject({ status: 503, json: { code: 'OwnCredentialsUnreadable' } });
    expect(nobody.headers['retry-after']).toBeDefined();
    expect(letIn.status).toBe(200);
    expect((await call('GET', status)).status).toBe(200);
  });

  it('however many wrong ones arrive: the store is asked once in 5 s', async () => {
    const { call, store } = anApi();

    for (let count = 0; count < 8; count += 1) await call('GET', status, { by: '' });

    expect(store.reads).toBe(1);
  });
});

describe('a limit', () => {
  it('is each caller’s own: one that is over it holds up nobody else', async () => {
    const { call, metric } = anApi({ perMinute: 3 });

    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push((await call('GET', status, { by: 'olga' })).status);
    const over = await call('GET', status, { by: 'olga' });

    expect(answers).toEqual([200, 200, 200, 429]);
    expect(over.json.code).toBe('TooManyRequests');
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call('GET', status, { by: 'vera' })).status).toBe(200);
    expect(await metric('rejected_requests_total', { reason: 'TooManyRequests' })).toBe(2);
  });

  it('of strangers is by address, and no known caller is held to it', async () => {
    const { call } = anApi();

    for (let count = 0; count < 10; count += 1) await call('GET', status, { by: '' });

    expect(await call('GET', status, { by: '' })).toMatchObject({ status: 429, json: { code: 'TooManyFailures' } });
    expect((await call('GET', status)).status).toBe(200);
  });

  it('of a body is told before it is read as a whole', async () => {
    const payload = { goal: 'fence', reason: 'x'.repeat(70_000) };

    expect(await anApi().call('POST', '/v1/pairs/keycloak-prod/requests', { payload })).toMatchObject({
      status: 413,
      json: { code: 'BodyTooLarge' },
    });
  });
});

describe('the access log', () => {
  it('names caller, request and answer, and holds no secret', async () => {
    const { call, lines } = anApi();

    const { headers } = await call('POST', '/v1/pairs/keycloak-prod/requests', {
      payload: { goal: 'fence', site: 'site-b', reason: 'a canary' },
    });

    const line = lines.map((one) => JSON.parse(one) as Record<string, unknown>).find(({ caller }) => caller === 'olga');
    expect(line).toMatchObject({ method: 'POST', status: 200, requestId: headers['x-request-id'] });
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.join('')).not.toContain('canary');
    expect(lines.join('')).not.toContain(tokens.olga);
  });
});

describe('probes', () => {
  it('need no token, and say when the API could not answer', async () => {
    const { call } = anApi();
    const down = anApi({ temporalAnswers: () => Promise.resolve(false) });

    expect((await call('GET', '/healthz', { by: '' })).status).toBe(200);
    expect((await call('GET', '/readyz', { by: '' })).status).toBe(200);
    expect((await call('GET', '/metrics', { by: '' })).text).toContain('sitewarden_api_rejected_requests_total');
    expect((await down.call('GET', '/readyz', { by: '' })).status).toBe(503);
  });

  it('nothing else is there', async () => {
    expect(await anApi().call('GET', '/v2')).toMatchObject({ status: 404, json: { code: 'NothingHere' } });
  });
});
