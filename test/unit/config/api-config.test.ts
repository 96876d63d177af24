import { exampleData, loaded, problemsAfter } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
const client = { url: 'https://sitewarden.example:8081', token: { secret: 'env:SITEWARDEN_TOKEN' } };

describe('the section api', () => {
  it('has defaults, of which none opens anything', () => {
    const data = exampleData();
    data.api = { tokens: { secret: 'env:TOKENS' }, access: [{ role: 'viewer', names: ['alice'] }] };

    expect(loaded(data).api).toEqual({
      listen: '127.0.0.1:8081',
      tokens: { secret: 'env:TOKENS' },
      access: [{ role: 'viewer', groups: [], names: ['alice'] }],
      allowPlaintext: false,
      rateLimit: { perMinute: 300 },
    });
  });

  it.each<[string, (api: any) => void, string, RegExp]>([
    ['listens on a network in clear text', (api) => (api.listen = '0.0.0.0:8081'), 'api.listen', /in clear text/],
    ['names no tokens', (api) => delete api.tokens, 'api.tokens', /missing/],
    ['holds the tokens themselves', (api) => (api.tokens = 'canary'), 'api.tokens', /must be a mapping/],
    ['gives no right', (api) => (api.access = []), 'api.access', /nobody may do anything/],
    ['gives a right to nobody', (api) => (api.access[0] = { role: 'viewer' }), 'api.access[0]', /right to nobody/],
    ['knows another role', (api) => (api.access[0].role = 'root'), 'api.access[0].role', /no role/],
    ['names another pair', (api) => (api.access[0].pairs = ['prod']), 'api.access[0].pairs[0]', /no such pair/],
    ['names no pair', (api) => (api.access[0].pairs = []), 'api.access[0].pairs', /list is empty/],
    ['limits to nothing', (api) => (api.rateLimit = { perMinute: 0 }), 'api.rateLimit.perMinute', /from 1 to/],
  ])('that %s is refused where it stands', (_what, change, path, says) => {
    const { problems, message } = problemsAfter((data) => change(data.api));

    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.what).toMatch(says);
    expect(message).not.toContain('canary');
  });

  it.each([{ tls: { certificate: 'file:a.pem', key: 'file:a.key' } }, { allowPlaintext: true }])(
    'may listen on a network with %j',
    (more) => {
      const { problems } = problemsAfter((data) => (data.api = { ...data.api, listen: '0.0.0.0:8081', ...more }));

      expect(problems).toEqual([]);
    },
  );
});

describe('the section apiClient', () => {
  it.each<[string, object, string, RegExp]>([
    ['sends the token in clear text', { url: 'http://sitewarden.example:8081' }, 'apiClient.url', /in clear text/],
    ['has a URL that is none', { url: 'sitewarden.example' }, 'apiClient.url', /no URL/],
    ['has the version in its URL', { url: 'https://sitewarden.example:8081/v1' }, 'apiClient.url', /add \/v1/],
    ['has a CA for http', { url: 'http://127.0.0.1:8081', ca: 'file:ca.pem' }, 'apiClient.ca', /no use/],
    ['holds the token itself', { token: 'canary' }, 'apiClient.token', /must be a mapping/],
    ['holds the token as a reference', { token: { secret: 'canary' } }, 'apiClient.token.secret', /no reference/],
  ])('that %s is refused where it stands', (_what, change, path, says) => {
    const { problems, message } = problemsAfter((data) => (data.apiClient = { ...client, ...change }));

    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.what).toMatch(says);
    expect(message).not.toContain('canary');
  });

  it.each([
    {},
    { url: 'http://localhost:8081' },
    { url: 'http://[::1]:8081' },
    { url: 'http://a.b:1', allowPlaintext: true },
  ])('may be %j', (change) => {
    expect(problemsAfter((data) => (data.apiClient = { ...client, ...change })).problems).toEqual([]);
  });
});
