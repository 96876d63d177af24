import { aWebhook, basic } from './a-webhook';
import { firing, firingAlert } from './captured-bodies';

interface Trouble {
  error: string;
  next: string;
}

const deep = (levels: number, inside = ''): string => '['.repeat(levels) + inside + ']'.repeat(levels);
const json = { authorization: basic(), 'content-type': 'application/json' };

describe('a body that is no notification', () => {
  it.each([
    ['no alerts', { ...firing, alerts: undefined }, /"alerts" is missing/],
    ['alerts that are no list', { ...firing, alerts: { 0: firingAlert } }, /"alerts"/],
    ['a list', [firing], /no object/],
    ['a text', '"canary"', /no object/],
    ['nothing', 'null', /no object/],
    ['half a JSON text', JSON.stringify(firing).slice(0, -100), /not JSON/],
    ['no JSON', '<html>canary</html>', /not JSON/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x7b]), /not JSON/],
    ['an empty body', '', /empty/],
    ['500,000 lists in each other', deep(500_000), /no object/],
    ['half of 500,000 lists in each other', '['.repeat(500_000), /not JSON/],
    ['poison for prototypes', '{"__proto__":{"alerts":[]}}', /"alerts" is missing/],
    ['another version without a readable alert', { ...firing, version: '5', alerts: [{ canary: 1 }] }, /"version"/],
    ['more alerts than a body can hold', { ...firing, alerts: Array.from({ length: 10_001 }, () => 0) }, /"alerts"/],
  ])('is answered 400, counted, and told in one sentence and what to do: %s', async (_name, body, text) => {
    const { post, intake, metric } = aWebhook();

    const response = await post(body);

    expect(response.statusCode).toBe(400);
    expect(response.json<Trouble>().error).toMatch(text);
    expect(response.json<Trouble>().next).toMatch(/\S\.$/);
    expect(response.body).not.toContain('canary');
    expect(intake.heard).toEqual([]);
    expect(await metric('rejected_requests_total', { reason: 'BodyMalformed' })).toBe(1);
  });

  it('is answered 413 above 4 MiB, and read up to there', async () => {
    const { server, post, metric, intake } = aWebhook();
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      ...firingAlert,
      fingerprint: index.toString(16),
      labels: { ...firingAlert.labels, note: 'x'.repeat(10_000) },
    }));

    const fits = await post({ ...firing, alerts });
    const payload = JSON.stringify({ ...firing, note: 'x'.repeat(4 * 1_048_576) });
    const tooLarge = await server.inject({ method: 'POST', url: '/alerts', headers: json, payload });

    expect([fits.statusCode, tooLarge.statusCode]).toEqual([202, 413]);
    expect(intake.heard).toHaveLength(300);
    expect(tooLarge.json<Trouble>().error).toBe('The body is larger than 4194304 bytes.');
    expect(await metric('rejected_requests_total', { reason: 'BodyTooLarge' })).toBe(1);
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/xml', 'nonsense', 'application/jsonp'])(
    'is answered 415 with content type %s',
    async (type) => {
      const { post, metric, intake } = aWebhook();

      const response = await post(JSON.stringify(firing), { 'content-type': type });

      expect(response.statusCode).toBe(415);
      expect(response.json<Trouble>().next).toBe('Send the body as application/json.');
      expect(intake.heard).toEqual([]);
      expect(await metric('rejected_requests_total', { reason: 'ContentTypeWrong' })).toBe(1);
    },
  );

  it('is answered 400 when there is none, and 404 elsewhere', async () => {
    const { server } = aWebhook();
    const headers = { authorization: basic() };

    const statuses = [
      (await server.inject({ method: 'POST', url: '/alerts', headers })).statusCode,
      (await server.inject({ method: 'GET', url: '/alerts', headers })).statusCode,
      (await server.inject({ method: 'POST', url: '/other', headers, payload: firing })).statusCode,
    ];

    expect(statuses).toEqual([400, 404, 404]);
  });

  it('names no framework', async () => {
    const { headers } = await aWebhook().post(firing);

    expect(Object.keys(headers).map((name) => name.toLowerCase())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/powered|server|location/)]),
    );
  });
});

describe('a notification with something wrong inside', () => {
  const second = { ...firingAlert, fingerprint: 'beef' };
  const labelsOf = (labels: unknown) => ({ ...firingAlert, labels });

  it.each([
    ['without fingerprint', { ...firingAlert, fingerprint: undefined }, /"fingerprint"/],
    ['with a fingerprint that is no hex', { ...firingAlert, fingerprint: '__proto__' }, /"fingerprint"/],
    ['of another status', { ...firingAlert, status: 'canary' }, /"status"/],
    ['of a time that is none', { ...firingAlert, startsAt: 'yesterday' }, /"startsAt"/],
    ['with a label that is no text', labelsOf({ site: 1 }), /"labels.site"/],
    ['that is a number', 7, /no object/],
    ['that is nothing', null, /no object/],
  ])('takes the other alerts, and says which one it could not read: one %s', async (_name, alert, text) => {
    const { post, intake, metric } = aWebhook();

    const response = await post({ ...firing, alerts: [alert, second] });

    const { ignored } = response.json<{ ignored: { reason: string; text: string }[] }>();
    expect(response.statusCode).toBe(202);
    expect(intake.heard.map(({ alert: heard }) => heard.fingerprint)).toEqual(['beef']);
    expect(ignored).toEqual([
      { fingerprint: '', reason: 'AlertUnreadable', text: expect.stringMatching(text) as string },
    ]);
    expect(response.body).not.toContain('canary');
    expect(await metric('alerts_total', { result: 'ignored', reason: 'AlertUnreadable' })).toBe(1);
  });

  it.each([
    ['without labels', { ...firingAlert, labels: undefined }],
    ['with no label', labelsOf({})],
    ['with labels of nothing', labelsOf(null)],
  ])('takes the other alerts: one %s names no pair', async (_name, alert) => {
    const { post, intake, metric } = aWebhook();

    const response = await post({ ...firing, alerts: [alert, second] });

    expect(response.statusCode).toBe(202);
    expect(intake.heard).toHaveLength(1);
    expect(response.json<{ ignored: unknown[] }>().ignored).toMatchObject([{ reason: 'NoPairNamed' }]);
    expect(await metric('alerts_total', { result: 'ignored', reason: 'NoPairNamed' })).toBe(1);
  });

  it.each(['5', 4, undefined, null])(
    'of version %p is loud, and its alerts wake their runs all the same',
    async (version) => {
      const { post, intake, metric, log } = aWebhook();

      const response = await post({ ...firing, version });

      expect(response.statusCode).toBe(202);
      expect(intake.heard).toHaveLength(1);
      expect(await metric('other_versions_total')).toBe(1);
      expect(log()).toContainEqual(expect.objectContaining({ level: 'warn' }));
    },
  );

  it('hands an alert over once that the body holds twice, and both when one says firing and the other resolved', async () => {
    const { post, intake, metric } = aWebhook();

    const response = await post({
      ...firing,
      alerts: [firingAlert, second, firingAlert, { ...firingAlert, status: 'resolved' }],
    });

    expect(response.statusCode).toBe(202);
    expect(intake.heard.map(({ alert }) => [alert.fingerprint, alert.status])).toEqual([
      [firingAlert.fingerprint, 'firing'],
      [firingAlert.fingerprint, 'resolved'],
      ['beef', 'firing'],
    ]);
    expect(await metric('alerts_total', { result: 'ignored', reason: 'RepeatedInBody' })).toBe(1);
  });

  it('takes the other alerts when one has a label 100,000 levels deep', async () => {
    const { post, intake } = aWebhook();
    const body = JSON.stringify({ ...firing, alerts: [labelsOf({ site: 'DEEP' }), second] });

    const response = await post(body.replace('"DEEP"', deep(100_000)));

    expect(response.statusCode).toBe(202);
    expect(response.json<{ ignored: unknown[] }>().ignored).toMatchObject([{ reason: 'AlertUnreadable' }]);
    expect(intake.heard).toHaveLength(1);
  });

  it('takes no harm from labels that are called like parts of JavaScript', async () => {
    const { post, intake } = aWebhook();
    const labels =
      '{"__proto__":"x","constructor":"y","hasOwnProperty":"z","site_pair":"keycloak-prod","site":"site-b","reporter":"site-a"}';

    const response = await post(
      JSON.stringify({ ...firing, alerts: [labelsOf('LABELS')] }).replace('"LABELS"', labels),
    );

    expect(response.statusCode).toBe(202);
    expect(intake.heard).toHaveLength(1);
  });

  it('is read in time that grows with its size only, whatever the accelerator is called', async () => {
    const { post } = aWebhook();
    const accelerator = `${'/listener/'.repeat(300_000)}\n`;

    const response = await post({ ...firing, alerts: [labelsOf({ ...firingAlert.labels, accelerator })] });

    expect(response.json<{ ignored: unknown[] }>().ignored).toMatchObject([{ reason: 'PairUnknown' }]);
  });
});
