import { aWebhook, prod } from './a-webhook';
import * as captured from './captured-bodies';

const { firing, firingAlert, resolvedAlert, withLabels } = captured;
const answerOf = (response: { json(): unknown }) =>
  response.json() as {
    accepted: Record<string, string>[];
    ignored: { fingerprint: string; reason: string; text: string }[];
  };

describe('a notification of Alertmanager', () => {
  it('is accepted as captured, and only what a run needs is handed over', async () => {
    const { post, intake } = aWebhook();

    const response = await post(captured.firingText);

    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({
      accepted: [{ pair: 'keycloak-prod', workflowId: 'site-pair/keycloak-prod', runId: 'run-1', outcome: 'started' }],
      ignored: [],
    });
    expect(intake.heard).toEqual([
      {
        pair: 'keycloak-prod',
        alert: {
          fingerprint: 'a6acd470ec1b9e31',
          status: 'firing',
          alertname: 'SiteOffline',
          site: 'site-b',
          reporter: 'site-a',
          startsAt: '2026-11-22T09:54:21.616Z',
        },
      },
    ]);
  });

  it.each([
    ['with nanoseconds and an empty generatorURL', captured.byHand],
    ['with fields of newer versions', captured.newer],
    ['with a charset in the content type', firing],
  ])('is accepted %s', async (_name, body) => {
    const { post, intake } = aWebhook();

    const response = await post(body, { 'content-type': 'application/json; charset=utf-8', traceparent: '00-1-2-01' });

    expect(response.statusCode).toBe(202);
    expect(intake.heard).toHaveLength(1);
  });

  it('joins when it is repeated', async () => {
    const { post } = aWebhook();
    await post(firing);

    expect(answerOf(await post(firing)).accepted).toMatchObject([{ outcome: 'joined' }]);
  });

  it('is accepted at the path with a slash at its end, rather than redirected', async () => {
    const { server } = aWebhook();

    const response = await server.inject({ method: 'POST', url: '/alerts/', payload: firing });

    expect(response.statusCode).toBe(401);
  });

  it('is judged alert by alert: resolved within a firing body, firing within a resolved one', async () => {
    const { post, intake } = aWebhook();
    const other = { ...firingAlert, fingerprint: 'ffff' };

    await post({ ...firing, status: 'firing', alerts: [other, resolvedAlert] });
    await post({ ...firing, status: 'resolved', truncatedAlerts: 2, alerts: [firingAlert] });

    expect(intake.heard.map(({ alert }) => [alert.fingerprint, alert.status])).toEqual([
      ['ffff', 'firing'],
      ['a6acd470ec1b9e31', 'resolved'],
      ['a6acd470ec1b9e31', 'firing'],
    ]);
  });

  it('that is resolved starts no run', async () => {
    const { post, intake } = aWebhook();

    const response = await post(captured.resolved);

    expect(response.statusCode).toBe(202);
    expect(answerOf(response)).toMatchObject({ accepted: [], ignored: [{ reason: 'NoOpenRun' }] });
    expect(intake.open.size).toBe(0);
  });

  it('with 300 alerts is handed over whole, in order', async () => {
    const { post, intake } = aWebhook();
    const alerts = Array.from({ length: 300 }, (_, index) => ({ ...firingAlert, fingerprint: index.toString(16) }));

    const response = await post({ ...firing, alerts });

    expect(response.statusCode).toBe(202);
    expect(answerOf(response).accepted).toHaveLength(300);
    expect(intake.heard.map(({ alert }) => alert.fingerprint)).toEqual(alerts.map(({ fingerprint }) => fingerprint));
  });

  it('with no alert at all is accepted', async () => {
    const { post } = aWebhook();

    expect((await post({ ...firing, alerts: [] })).json()).toEqual({ accepted: [], ignored: [] });
  });

  it('that was truncated is loud in the log and in the metrics', async () => {
    const { post, log, metric } = aWebhook();

    await post({ ...firing, truncatedAlerts: 2 });

    expect(log()).toContainEqual(expect.objectContaining({ level: 'error', truncated: 2 }));
    expect(await metric('alerts_total', { result: 'truncated' })).toBe(2);
  });
});

describe('labels', () => {
  it.each([
    ['the dual-stack name', { accelerator: 'a0123456789abcdef.dualstack.awsglobalaccelerator.com' }],
    ['capital letters and a dot at the end', { accelerator: 'A0123456789ABCDEF.awsglobalaccelerator.com.' }],
    ['the name of the pair', { accelerator: undefined, site_pair: 'keycloak-prod' }],
    ['the name of the pair before another accelerator', { accelerator: 'other', site_pair: 'keycloak-prod' }],
  ])('find the pair by %s', async (_name, change) => {
    const { post, intake } = aWebhook();

    await post(withLabels(change));

    expect(intake.heard).toHaveLength(1);
  });

  it.each([
    [
      'another accelerator',
      { accelerator: 'b.example' },
      'PairUnknown',
      /No configured pair has accelerator "b\.example"/,
    ],
    ['another pair', { site_pair: 'other' }, 'PairUnknown', /site_pair "other"/],
    ['no pair', { accelerator: undefined }, 'NoPairNamed', /neither label/],
    ['another site', { site: 'site-c' }, 'SitesUnknown', /site "site-c" and reporter "site-a".*site-a and site-b/],
    ['another reporter', { reporter: 'x' }, 'SitesUnknown', /reporter "x"/],
    ['no reporter', { reporter: undefined }, 'SitesUnknown', /reporter ""/],
    ['a site that accuses itself', { reporter: 'site-b' }, 'SitesUnknown', /site "site-b" and reporter "site-b"/],
  ])('of %s are ignored with the reason, and accepted', async (_name, change, reason, text) => {
    const { post, intake, metric } = aWebhook();

    const response = await post(withLabels(change));

    expect(response.statusCode).toBe(202);
    expect(answerOf(response).ignored).toMatchObject([{ fingerprint: 'a6acd470ec1b9e31', reason }]);
    expect(answerOf(response).ignored[0]?.text).toMatch(text);
    expect(intake.heard).toEqual([]);
    expect(await metric('alerts_total', { result: 'ignored', reason })).toBe(1);
  });

  it('of several pairs on one accelerator ask for a label site_pair, unless the sites tell them apart', async () => {
    const twin = { ...prod, name: 'twin' };
    const other = { ...prod, name: 'other', sites: ['site-c', 'site-d'] as const };

    const ambiguous = answerOf(await aWebhook({ pairs: [prod, twin] }).post(firing));
    const plain = answerOf(await aWebhook({ pairs: [other, prod] }).post(firing));

    expect(ambiguous.ignored).toMatchObject([
      { reason: 'PairAmbiguous', text: expect.stringContaining('site_pair') as string },
    ]);
    expect(plain.accepted).toMatchObject([{ pair: 'keycloak-prod' }]);
  });

  it('of 11 kB and with control characters are bounded and stripped wherever they are shown', async () => {
    const { post, intake, lines } = aWebhook();
    const long = `evil\n\u001b[31m\u202e${'x'.repeat(11_000)}`;

    const response = await post(withLabels({ alertname: long, note: long }));
    const stranger = await post(withLabels({ site_pair: long }));

    expect(intake.heard[0]?.alert.alertname).toMatch(/^evil \[31m x{1,120}$/);
    expect(JSON.stringify(intake.heard)).toHaveLength(JSON.stringify(intake.heard).replace(/\\u|\\n/g, '').length);
    expect(response.statusCode).toBe(202);
    expect(stranger.body.length).toBeLessThan(500);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_500);
  });
});

describe('health', () => {
  it('is alive whatever Temporal does, and ready only when Temporal answers', async () => {
    const up = aWebhook().server;
    const down = aWebhook({ temporalAnswers: () => Promise.resolve(false) }).server;

    expect((await down.inject('/healthz')).statusCode).toBe(200);
    expect((await up.inject('/readyz')).statusCode).toBe(200);
    expect((await down.inject('/readyz')).statusCode).toBe(503);
    expect((await down.inject('/readyz')).json()).toMatchObject({ error: 'Not ready: Temporal does not answer.' });
  });

  it('is not ready while the secrets cannot be read', async () => {
    const { server, secrets } = aWebhook();
    secrets.values = {};

    expect((await server.inject('/readyz')).json()).toMatchObject({
      error: 'Not ready: our credentials cannot be read.',
    });
  });

  it('needs no credentials, and shows metrics', async () => {
    const { server } = aWebhook();

    expect((await server.inject('/metrics')).body).toContain('sitewarden_webhook_alerts_total');
  });
});
