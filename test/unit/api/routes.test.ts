import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import { refusal, refusalCodes, type RefusalCode } from '../../../domain/refusals';
import { anApi, now, openStatus, readinessReport, result, type Name } from './an-api';

jest.mock('cookie', () => ({}));

const pair = '/v1/pairs/keycloak-prod';
const fence = { goal: 'fence', site: 'site-b', reason: 'it loses writes' };
const approve = { kind: 'approve', gate: 'siteOnline', plan: '1234abcd', reason: 'compared' };

describe('reading', () => {
  it('lists the pairs that the caller may see, with what the caller may do', async () => {
    const { call } = anApi();

    const own = await call('GET', '/v1/pairs', { by: 'vera' });
    const all = await call('GET', '/v1/pairs', { by: 'olga' });
    const none = await call('GET', '/v1/pairs', { by: 'nobody' });

    expect(own.json).toMatchObject({
      caller: { name: 'vera', groups: [] },
      pairs: [{ pair: 'keycloak-prod', sites: ['site-a', 'site-b'], mode: 'act', roles: ['viewer'] }],
    });
    expect((all.json.pairs as { pair: string }[]).map((one) => one.pair)).toEqual(['keycloak-prod', 'other']);
    expect(none.json.pairs).toEqual([]);
  });

  it('tells the status of an open run, of a closed one and of none', async () => {
    const { call, runs } = anApi();

    const open = await call('GET', `${pair}/status`, { by: 'vera' });
    runs.seen = { run: 'closed', runId: 'run-1', outcome: 'siteOnline', closedAt: new Date(now), result };
    const closed = await call('GET', `${pair}/status`);
    runs.seen = { run: 'none' };
    const none = await call('GET', `${pair}/status`);

    expect(open.json).toMatchObject({ run: 'open', workerAnswers: true, status: { incident: openStatus.incident } });
    expect(closed.json).toMatchObject({ run: 'closed', closedAt: '2026-11-22T03:12:00.000Z', outcome: 'siteOnline' });
    expect(none.json).toEqual({ pair: 'keycloak-prod', run: 'none' });
  });

  it('tells the memo where no worker answers, and that none does', async () => {
    const { call, runs } = anApi();
    const memo = { incident: 'keycloak-prod-2', phase: 'fenced' as const, at: now };
    runs.seen = { run: 'open', runId: 'run-2', startedAt: new Date(now), memo };

    expect((await call('GET', `${pair}/status`)).json).toMatchObject({ workerAnswers: false, memo });
    expect(await call('GET', `${pair}/explain`)).toMatchObject({ status: 503, json: { code: 'NoWorkerAnswers' } });
  });

  it('explains an open run and a closed one; of none there is nothing to tell', async () => {
    const { call, runs } = anApi();

    const open = await call('GET', `${pair}/explain`);
    runs.seen = { run: 'closed', runId: 'run-1', outcome: 'siteOnline', result };
    const closed = await call('GET', `${pair}/explain`);
    runs.seen = { run: 'none' };
    const none = await call('GET', `${pair}/explain`);

    expect(open.json).toMatchObject({ incident: 'keycloak-prod-2', truth: openStatus.truth, decisions: [] });
    expect(closed.json).toMatchObject({ outcome: 'siteOnline', decisions: result.decisions });
    expect(none).toMatchObject({ status: 404, json: { code: 'NoRun' } });
  });

  it('gives the report in the form that is asked for, and no other', async () => {
    const asked: unknown[] = [];
    const find = (name: string, incident?: string) => {
      asked.push([name, incident]);
      return Promise.resolve({ document: { pair: name }, markdown: '# It was cut.' });
    };
    const { call } = anApi({ reports: { find } });

    const document = await call('GET', `${pair}/report`);
    const page = await call('GET', `${pair}/report?incident=keycloak-prod-1`, { headers: { accept: 'text/markdown' } });
    const pdf = await call('GET', `${pair}/report`, { headers: { accept: 'application/pdf' } });

    expect(document).toMatchObject({ status: 200, json: { pair: 'keycloak-prod' } });
    expect(page).toMatchObject({ status: 200, text: '# It was cut.' });
    expect(page.headers['content-type']).toContain('text/markdown');
    expect(pdf).toMatchObject({ status: 406, json: { code: 'NotAcceptable' } });
    expect(asked).toEqual([
      ['keycloak-prod', undefined],
      ['keycloak-prod', 'keycloak-prod-1'],
    ]);
  });

  it('lists runs, newest first, of those pairs alone that the caller may see', async () => {
    const { call, runs } = anApi();

    const all = await call('GET', '/v1/runs?open=true&limit=5', { by: 'olga' });
    const own = await call('GET', '/v1/runs', { by: 'vera' });
    const others = await call('GET', '/v1/runs?pair=other', { by: 'vera' });
    const wrong = await call('GET', '/v1/runs?limit=many');

    expect((all.json.runs as { pair: string }[]).map((run) => run.pair)).toEqual(['keycloak-prod', 'other']);
    expect((own.json.runs as { pair: string }[]).map((run) => run.pair)).toEqual(['keycloak-prod']);
    expect(runs.listed).toEqual([
      { pair: undefined, open: true, limit: 5 },
      { pair: 'keycloak-prod', open: undefined, limit: 20 },
    ]);
    expect(others).toMatchObject({ status: 403, json: { code: 'NotPermitted' } });
    expect(wrong).toMatchObject({ status: 400, json: { code: 'RequestMalformed' } });
  });

  it('gives the result of a run that has ended, and says so of one that has not', async () => {
    const { call, runs } = anApi();

    const ended = await call('GET', `${pair}/runs/run-1`);
    const open = await call('GET', `${pair}/runs/run-2`);
    runs.result = () => Promise.reject(Object.assign(new Error('gone'), { name: 'WorkflowNotFoundError' }));
    const unknown = await call('GET', `${pair}/runs/run-0`);

    expect(ended).toMatchObject({ status: 200, json: { outcome: 'siteOnline' } });
    expect(open).toMatchObject({ status: 409, json: { code: 'NotEnded' } });
    expect(unknown).toMatchObject({ status: 404, json: { code: 'NoRun' } });
  });
});

describe('a look', () => {
  it('needs no key, takes no body, and may ask what a fence would do', async () => {
    const { call, runs } = anApi();

    const plain = await call('POST', `${pair}/observe`, { by: 'vera', headers: { 'idempotency-key': '' } });
    const rehearsal = await call('POST', `${pair}/observe`, { by: 'vera', payload: { fence: { site: 'site-b' } } });

    expect([plain.status, rehearsal.status]).toEqual([200, 200]);
    expect(runs.looks).toEqual([
      { pair: 'keycloak-prod' },
      { pair: 'keycloak-prod', fence: { site: 'site-b', by: 'vera' } },
    ]);
  });

  it('may rehearse an incident; a cut that is none is refused, and nothing is looked at', async () => {
    const { call, runs } = anApi();
    const drill = (cut: string[]) => call('POST', `${pair}/observe`, { by: 'vera', payload: { drill: { cut } } });

    expect(await drill(['site-a:site-b'])).toMatchObject({ status: 200 });
    expect(await drill(['site-a/nowhere'])).toMatchObject({ status: 400, json: { code: 'NotCuttable' } });
    expect(runs.looks).toEqual([{ pair: 'keycloak-prod', drill: { cut: ['site-a:site-b'] } }]);
  });

  it('of a pair that the workers do not know is said to have failed there', async () => {
    const { call, runs } = anApi();
    runs.observe = () => Promise.reject(Object.assign(new Error('failed'), { name: 'WorkflowFailedError' }));

    expect(await call('POST', `${pair}/observe`)).toMatchObject({ status: 502, json: { code: 'LookFailed' } });
  });
});

describe('readiness', () => {
  it('is told with its age, the schedule that looks again, and what goes on', async () => {
    const { call, runs } = anApi({ clock: () => now });
    runs.known = {
      ...{ report: readinessReport, assessment: 'run-1' },
      running: { assessment: 'run-2', startedAt: new Date(now), isTaken: false },
      schedule: { isPaused: false, next: new Date(now + 60_000) },
    };

    const { status, json } = await call('GET', `${pair}/readiness`, { by: 'vera' });

    expect(status).toBe(200);
    expect(json).toEqual({
      ...{ pair: 'keycloak-prod', report: readinessReport, assessment: 'run-1', ageSeconds: 240 },
      running: { assessment: 'run-2', startedAt: '2026-11-22T03:12:00.000Z', isTaken: false },
      schedule: { isPaused: false, next: '2026-11-22T03:13:00.000Z' },
    });
  });

  it('of a pair that nobody has looked through has no report, and no age', async () => {
    const { call } = anApi();

    expect(await call('GET', `${pair}/readiness`)).toMatchObject({ status: 200, json: { pair: 'keycloak-prod' } });
    expect((await call('GET', `${pair}/readiness`)).json).not.toHaveProperty('ageSeconds');
  });

  it('is assessed anew for whoever may see the pair, without a key: it changes nothing', async () => {
    const { call, runs } = anApi();

    const begun = await call('POST', `${pair}/readiness`, { by: 'vera', headers: { 'idempotency-key': '' } });
    const refused = await call('POST', `${pair}/readiness`, { by: 'nobody' });

    expect(begun).toMatchObject({ status: 200, json: { assessment: 'run-3' } });
    expect(refused).toMatchObject({ status: 403, json: { code: 'NotPermitted' } });
    expect(runs.begun).toEqual(['keycloak-prod']);
  });

  it('cannot be told while Temporal does not answer', async () => {
    const { call, runs } = anApi({ temporalAnswers: () => Promise.resolve(false) });
    runs.readiness = () => Promise.reject(Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'gone' }));

    expect(await call('GET', `${pair}/readiness`)).toMatchObject({
      ...{ status: 503, json: { code: 'TemporalUnreachable' } },
    });
  });
});

describe('a write', () => {
  it('is in the name of whoever has the token, whatever the body says', async () => {
    const { call, runs } = anApi();

    await call('POST', `${pair}/requests`, { payload: fence, headers: { 'idempotency-key': 'key-0001' } });
    await call('POST', `${pair}/decisions`, {
      by: 'anna',
      payload: approve,
      headers: { 'idempotency-key': 'key-0001' },
    });
    const forged = await call('POST', `${pair}/decisions`, {
      by: 'anna',
      payload: { ...approve, by: 'root', how: 'cli' },
    });

    expect(runs.requests).toEqual([
      { pair: 'keycloak-prod', request: { ...fence, id: 'api/olga/key-0001', by: 'olga' } },
    ]);
    expect(runs.decisions).toEqual([
      {
        pair: 'keycloak-prod',
        id: 'api/anna/key-0001',
        decision: { ...approve, by: 'anna', groups: ['dba'], how: 'api' },
      },
    ]);
    expect(forged).toMatchObject({ status: 400, json: { code: 'RequestMalformed' } });
  });

  it('without a usable key is refused before anything is sent', async () => {
    const { call, runs } = anApi();

    for (const key of ['', 'short', 'with a blank in it', 'x'.repeat(129)]) {
      const answer = await call('POST', `${pair}/requests`, { payload: fence, headers: { 'idempotency-key': key } });
      expect(answer).toMatchObject({ status: 400, json: { code: 'IdempotencyKeyMissing' } });
    }

    expect(runs.requests).toEqual([]);
  });

  it('that the run refuses is answered 409 with its code and its answer, and counted', async () => {
    const { call, runs, metric } = anApi();
    const refused = { outcome: 'refused', incident: 'i', refusal: refusal('PlanOutdated') } as const;
    runs.decide = () => Promise.resolve(refused);

    const answer = await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve });

    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer).toMatchObject({ status: 409, json: { code: 'PlanOutdated', detail: refused.refusal.message } });
    expect(answer.json.answer).toEqual(refused);
    expect(await metric('writes_total', { what: 'approve', outcome: 'refused' })).toBe(1);
  });

  it('under a key that stands for another one is answered 422', async () => {
    const { call, runs } = anApi();
    runs.request = () => Promise.resolve({ outcome: 'refused', incident: 'i', refusal: refusal('KeyReused') });

    expect(await call('POST', `${pair}/requests`, { payload: fence })).toMatchObject({
      status: 422,
      json: { code: 'KeyReused' },
    });
  });

  it('for a pair without an open run says so', async () => {
    const { call, runs } = anApi();
    runs.decide = () => Promise.reject(Object.assign(new Error('none'), { name: 'WorkflowNotFoundError' }));

    expect(await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve })).toMatchObject({
      status: 409,
      json: { code: 'NoOpenRun' },
    });
  });

  it.each<[string, object]>([
    ['an unknown goal', { ...fence, goal: 'protect' }],
    ['no reason', { ...fence, reason: ' ' }],
    ['a site of another pair', { ...fence, site: 'site-z' }],
  ])('with %s is refused before anything is sent', async (_what, payload) => {
    const { call, runs } = anApi();

    expect((await call('POST', `${pair}/requests`, { payload })).status).toBe(400);
    expect(runs.requests).toEqual([]);
  });
});

describe('rights', () => {
  const may = async (by: Name, payload: object, path: string): Promise<number> =>
    (await anApi().call('POST', path, { by, payload })).status;

  it.each<[Name, number, number, number, number]>([
    ['vera', 403, 403, 403, 403],
    ['olga', 200, 403, 200, 200],
    ['anna', 403, 200, 200, 403],
    ['nobody', 403, 403, 403, 403],
  ])('%s: asks %d, answers a gate %d, brakes %d, unblocks %d', async (by, asks, answers, brakes, unblocks) => {
    expect(await may(by, fence, `${pair}/requests`)).toBe(asks);
    expect(await may(by, approve, `${pair}/decisions`)).toBe(answers);
    expect(await may(by, { kind: 'hold', reason: 'wait' }, `${pair}/decisions`)).toBe(brakes);
    expect(await may(by, { kind: 'abort', reason: 'by hand' }, `${pair}/decisions`)).toBe(unblocks);
  });

  it('hold for the pairs they name: an approver of one pair does not even see another', async () => {
    const { call } = anApi();

    const answer = await call('GET', '/v1/pairs/other/status', { by: 'anna' });

    expect(answer).toMatchObject({ status: 403, json: { code: 'NotPermitted' } });
    expect(answer.headers['www-authenticate']).toContain('insufficient_scope');
    expect(answer.json.detail).toMatch(/^anna may not see other: .*\.$/);
  });

  it('of a pair that does not exist nobody has any', async () => {
    expect(await anApi().call('GET', '/v1/pairs/unknown/status')).toMatchObject({
      status: 404,
      json: { code: 'PairUnknown' },
    });
  });
});

describe('a refusal of the run', () => {
  it.each(Object.keys(refusalCodes) as RefusalCode[])('%s says what to do next', async (code) => {
    const { call, runs } = anApi();
    runs.decide = () => Promise.resolve({ outcome: 'refused', incident: 'i', refusal: refusal(code) });
    runs.request = () => Promise.resolve({ outcome: 'refused', incident: 'i', refusal: refusal(code) });

    for (const answer of [
      await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve }),
      await call('POST', `${pair}/requests`, { payload: fence }),
    ]) {
      expect(answer).toMatchObject({ status: code === 'KeyReused' ? 422 : 409, json: { code } });
      expect(answer.json.next).toMatch(/\w{3}/);
    }
  });

  it('a message that the run does not take: look, and send it again', async () => {
    const { call, runs } = anApi();
    const cause = new Error('This run has answered 1500 messages and takes no more; nothing was recorded.');
    runs.decide = () =>
      Promise.reject(Object.assign(new Error('failed', { cause }), { name: 'WorkflowUpdateFailedError' }));

    const { json } = await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve });

    expect(json).toMatchObject({ code: 'NotTaken', detail: cause.message });
    expect(json.next).toContain('sitewarden status keycloak-prod');
  });
});

describe('without a worker or without Temporal', () => {
  const silent = (recorded: boolean) => () => Promise.reject(new NoWorkerAnswers(recorded));

  it.each([true, false])(
    'says within which bounds to come back, and whether the request is recorded: %s',
    async (recorded) => {
      const { call, runs, metric } = anApi();
      runs.request = silent(recorded);

      const answer = await call('POST', `${pair}/requests`, { payload: fence });

      expect(answer).toMatchObject({ status: 503, json: { code: 'NoWorkerAnswers', recorded } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(await metric('writes_total', { what: 'fence', outcome: 'failed' })).toBe(1);
    },
  );

  it('a look is no write: its answer speaks of no Idempotency-Key, and of nothing recorded', async () => {
    const { call, runs } = anApi();
    runs.observe = silent(false);

    const { status, json } = await call('POST', `${pair}/observe`);

    expect(status).toBe(503);
    expect(json).toMatchObject({ code: 'NoWorkerAnswers', detail: 'No worker answers, so nothing was looked at.' });
    expect(json.next).toMatch(/^Start a worker .*ask again\./);
    expect(JSON.stringify(json)).not.toMatch(/Idempotency|recorded"/);
  });

  it('answers within 5 s also where nothing ever comes back', async () => {
    const { call, runs } = anApi();
    runs.decide = () => new Promise(() => undefined);
    const began = performance.now();

    const answer = await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve });

    expect(answer).toMatchObject({ status: 503, json: { code: 'NoWorkerAnswers', recorded: false } });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('tells a Temporal that is gone from a worker that is', async () => {
    const { call, runs } = anApi({ temporalAnswers: () => Promise.resolve(false) });
    runs.decide = silent(false);
    runs.status = () => Promise.reject(Object.assign(new Error('14 UNAVAILABLE'), { code: 14 }));

    expect((await call('POST', `${pair}/decisions`, { by: 'anna', payload: approve })).json.code).toBe(
      'TemporalUnreachable',
    );
    expect((await call('GET', `${pair}/status`)).json.code).toBe('TemporalUnreachable');
  });

  it('a bug of ours is said to be one, without its words', async () => {
    const { call, runs, lines } = anApi();
    runs.status = () => Promise.reject(new TypeError('secret internals'));

    const answer = await call('GET', `${pair}/status`);

    expect(answer).toMatchObject({ status: 500, json: { code: 'Unexpected' } });
    expect(answer.text).not.toContain('secret internals');
    expect(lines.join('')).toContain('secret internals');
  });
});
