/** The HTTP API on a real Temporal: who decides is proved, a repeat is taken once, and every race has its answers. */
import { Registry } from 'prom-client';
import { apiMetrics } from '../../client/api/api-metrics';
import { workerAnswersWithinMs } from '../../client/api/asking';
import { Callers } from '../../client/api/callers';
import { reportsOf } from '../../client/api/reports';
import { createApiServer } from '../../client/api/server';
import { SitePairClient } from '../../client/site-pair-client';
import { createLogger } from '../../runtime/logging';
import { temporalAnswers } from '../../runtime/temporal-connection';
import { gatePolicies } from '../support/gate-policies';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';
import { exampleData, loaded } from '../unit/config/a-config';

// inject() loads `cookie`, an ES module, which Jest cannot load on Node 20. No test here sends or reads a cookie.
jest.mock('cookie', () => ({}));

const people = { olga: ['operators'], anna: ['dba'], amir: ['dba'], sven: ['sre'] } as const;
type Person = keyof typeof people;
const tokenOf = (name: Person): string => `${name}-0123456789-0123456789`;

interface Answer {
  status: number;
  code?: string;
  body: Record<string, unknown>;
  headers: Record<string, unknown>;
}

/** An API process of its own over the Temporal of the test. */
function anApi({ env, taskQueue }: Pick<RunningTemporal, 'env' | 'taskQueue'>, pair: string) {
  const data = exampleData();
  const config = loaded({ ...data, sitePairs: [{ ...data.sitePairs[0], name: pair }] });
  const accounts = Object.entries(people).map(([name, groups]) => [name, { token: tokenOf(name as Person), groups }]);
  const text = JSON.stringify(Object.fromEntries(accounts));
  const source = { read: async () => text, readAnew: async () => text };
  const logger = createLogger({ process: 'api', level: 'fatal' });
  const runs = new SitePairClient(env.client, taskQueue, workerAnswersWithinMs);
  const access = [
    { role: 'operator', groups: ['operators'], names: [] },
    { role: 'approver', groups: ['dba', 'sre'], names: [] },
  ] as const;
  const server = createApiServer({
    ...{ config, runs, logger, perMinute: 1_000, metrics: apiMetrics(new Registry()) },
    access: access.map((grant) => ({ ...grant, groups: [...grant.groups], names: [] })),
    callers: new Callers({ reference: 'env:TOKENS', source, logger }),
    reports: reportsOf(runs, { read: async () => undefined }, { now: Date.now }),
    temporalAnswers: () => temporalAnswers(env.connection, 1_000),
  });
  const call = async (method: 'GET' | 'POST', path: string, by: Person, write?: { key: string; body: object }) => {
    const { statusCode, headers, body } = await server.inject({
      ...{ method, url: `/v1/pairs/${pair}/${path}`, payload: write?.body },
      headers: { authorization: `Bearer ${tokenOf(by)}`, ...(write && { 'idempotency-key': write.key }) },
    });
    const parsed = JSON.parse(body) as Record<string, unknown>;
    return { status: statusCode, code: parsed.code, body: parsed, headers } as Answer;
  };
  return {
    read: (path: string, by: Person = 'olga') => call('GET', path, by),
    ask: (by: Person, key: string, body: object) => call('POST', 'requests', by, { key, body }),
    decide: (by: Person, key: string, body: object) => call('POST', 'decisions', by, { key, body }),
  };
}

describe('the HTTP API', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** A pair that is asked, through the API, to take site-b out as planned; and the plan that is asked about. */
  async function askedToTakeOut(approvals: number) {
    pairs += 1;
    const policy = { gates: gatePolicies({ siteOffline: { approvals, from: ['dba'], unattributed: 'refuse' } }) };
    const sites = new TwoSites(temporal, { name: `api-${pairs}`, policy });
    const api = anApi(temporal, sites.pair.name);
    const request = { goal: 'siteOffline', site: 'site-b', reason: 'the disks are replaced' };
    expect(await api.ask('olga', 'take-it-out', request)).toMatchObject({ status: 200, body: { outcome: 'started' } });
    const { next } = await sites.runUntil('asked', (status) => status.next?.kind === 'ask');
    const plan = next?.kind === 'ask' ? next.plan : undefined;
    const approve = { kind: 'approve', gate: 'siteOffline', plan, reason: 'all is quiet' };
    const decisions = async () => {
      const status = await sites.status();
      return (status.run === 'open' ? status.status?.decisions : undefined) ?? [];
    };
    return { sites, api, request, approve, decisions };
  }

  it('two approvers race for one approval: one is taken, the other is told that it is decided', async () => {
    const { api, approve, decisions, sites } = await askedToTakeOut(1);

    const answers = await Promise.all([
      api.decide('anna', 'key-anna', approve),
      api.decide('amir', 'key-amir', approve),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    // Whoever comes after the run has gone on is told that nothing waits any more.
    expect(['AlreadyDecided', 'GateNotOpen']).toContain(refused?.code);
    const heard = await decisions();
    expect(heard.map(({ by, how, groups }) => ({ by, how, groups }))).toEqual(
      expect.arrayContaining([
        { by: 'anna', how: 'api', groups: ['dba'] },
        { by: 'amir', how: 'api', groups: ['dba'] },
      ]),
    );
    expect(heard.filter((decision) => !decision.refused)).toHaveLength(1);
    await sites.abort();
  });

  it('two approvers race for two approvals: both are taken, and nobody counts twice', async () => {
    const { api, approve, decisions, sites } = await askedToTakeOut(3);

    const both = await Promise.all([api.decide('anna', 'key-anna', approve), api.decide('amir', 'key-amir', approve)]);
    const again = await api.decide('anna', 'another-key', approve);

    expect(both.map(({ body }) => body.outcome)).toEqual(['taken', 'taken']);
    expect(again).toMatchObject({ status: 409, code: 'AlreadyDecided' });
    expect((await decisions()).filter((decision) => !decision.refused)).toHaveLength(2);
    await sites.abort();
  });

  it('the gate knows the groups that a token proves: another one’s approval does not count', async () => {
    const { api, approve, sites } = await askedToTakeOut(1);

    expect(await api.decide('sven', 'key-sven', approve)).toMatchObject({ status: 409, code: 'ApproverNotAllowed' });
    expect(await api.decide('anna', 'key-anna', { ...approve, plan: 'ffffffff' })).toMatchObject({
      ...{ status: 409, code: 'PlanOutdated' },
    });
    await sites.abort();
  });

  it('a repeat under the same key is taken once and answered alike, also by an API that was started anew', async () => {
    const { api, approve, request, decisions, sites } = await askedToTakeOut(2);
    const first = await api.decide('anna', 'key-0001', approve);
    const restarted = anApi(temporal, sites.pair.name);

    const repeats = [
      await api.decide('anna', 'key-0001', approve),
      await restarted.decide('anna', 'key-0001', approve),
    ];
    const asked = await restarted.ask('olga', 'take-it-out', request);

    expect(first).toMatchObject({ status: 200, body: { outcome: 'taken' } });
    expect(repeats.map(({ body }) => body)).toEqual([first.body, first.body]);
    expect(asked).toMatchObject({ status: 200, body: { outcome: 'started' } });
    expect(await decisions()).toHaveLength(1);
    await sites.abort();
  });

  it('another message under the same key is refused, also by an API that was started anew', async () => {
    const { api, approve, request, decisions, sites } = await askedToTakeOut(2);
    await api.decide('anna', 'key-0001', approve);
    const restarted = anApi(temporal, sites.pair.name);

    const rejected = await restarted.decide('anna', 'key-0001', { ...approve, kind: 'reject' });
    const other = await restarted.ask('olga', 'take-it-out', { ...request, site: 'site-a' });

    expect(rejected).toMatchObject({ status: 422, code: 'KeyReused' });
    expect(other).toMatchObject({ status: 422, code: 'KeyReused' });
    expect((await decisions()).map(({ kind }) => kind)).toEqual(['approve']);
    await sites.abort();
  });

  it('the same key of two callers is two writes', async () => {
    const { api, approve, decisions, sites } = await askedToTakeOut(3);

    const answers = [await api.decide('anna', 'key-0001', approve), await api.decide('amir', 'key-0001', approve)];

    expect(answers.map(({ body }) => body.outcome)).toEqual(['taken', 'taken']);
    expect((await decisions()).map(({ by }) => by)).toEqual(['anna', 'amir']);
    await sites.abort();
  });

  it('a decision for a pair without an open run has nobody to take it', async () => {
    const api = anApi(temporal, 'api-never-opened');

    expect(await api.decide('olga', 'key-0001', { kind: 'hold', reason: 'wait' })).toMatchObject({
      ...{ status: 409, code: 'NoOpenRun' },
    });
  });

  it('the open run explains itself and has a report so far; when it has ended, its report stays', async () => {
    const { api, sites } = await askedToTakeOut(1);

    expect(await api.read('explain')).toMatchObject({ status: 200, body: { requests: [{ by: 'olga' }] } });
    expect(await api.read('report')).toMatchObject({ status: 200, body: { soFar: true } });
    await sites.abort();
    expect(await api.read('report')).toMatchObject({ status: 200, body: { soFar: false, outcome: 'aborted' } });
  });
});

describe('the HTTP API without a worker', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ startWorkers: false });
  });
  afterAll(() => temporal?.stop());

  it('answers within 5 s that nobody works, whether the request is recorded, and when to come back', async () => {
    const api = anApi(temporal, 'api-unheard');
    const request = { goal: 'fence', site: 'site-b', reason: 'it loses writes' };
    const began = performance.now();

    const started = await api.ask('olga', 'key-0001', request);
    const tookMs = performance.now() - began;
    const held = await api.decide('olga', 'key-0002', { kind: 'hold', reason: 'wait' });

    expect(started).toMatchObject({ status: 503, code: 'NoWorkerAnswers', body: { recorded: true } });
    expect(tookMs).toBeLessThan(5_000);
    expect(Number(started.headers['retry-after'])).toBeGreaterThan(0);
    expect(held).toMatchObject({ status: 503, code: 'NoWorkerAnswers', body: { recorded: false } });
    expect(await api.read('status')).toMatchObject({ status: 200, body: { run: 'open', workerAnswers: false } });
  });
});
