/** The assessment of readiness on a real Temporal server: by its schedule, and when somebody asks; the sites are fakes. */
import type { Client } from '@temporalio/client';
import { Registry } from 'prom-client';
import { NewestRunsReader } from '../../runtime/newest-runs';
import { SitePairClient } from '../../client/site-pair-client';
import type { SitewardenConfig } from '../../config';
import type { ReadinessReport } from '../../domain/readiness/report';
import { until } from '../../lab/until';
import { registerReadinessGauges } from '../../worker/readiness-gauges';
import { keepReadinessSchedules } from '../../worker/readiness-schedules';
import { readinessRunsOf, readinessScheduleId } from '../../workflows/contract/ids';
import { fakeTemporalServer } from '../support/fake-temporal-server';
import { readableLog } from '../support/log-lines';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { FakeLocks } from '../support/fake-locks';
import { TwoSites } from '../support/two-sites';
import { exampleData, loaded } from '../unit/config/a-config';

interface Configured {
  name: string;
  every?: string;
}

/** Two pairs share no server. */
const ownHosts = (pair: object, index: number): object =>
  JSON.parse(JSON.stringify(pair).replaceAll('.example', `-${index}.example`)) as object;

/** The example's configuration, with these pairs in it. */
function configOf(pairs: readonly Configured[], change: { every?: string; taskQueue?: string } = {}): SitewardenConfig {
  const data = exampleData();
  const [pair] = data.sitePairs;
  const groups = (index: number) => [
    `arn:aws:globalaccelerator::111122223333:accelerator/x/listener/y/endpoint-group/${index}`,
  ];
  return loaded({
    ...data,
    ...(change.every && { readiness: { every: change.every } }),
    temporal: { ...data.temporal, taskQueue: change.taskQueue ?? 'sitewarden' },
    sitePairs: pairs.map(({ name, every }, index) => ({
      ...{ ...ownHosts(pair, index), name, traffic: { globalAccelerator: { endpointGroups: groups(index) } } },
      ...(every && { readiness: { every } }),
    })),
  });
}

describe('readiness of a pair', () => {
  let temporal: RunningTemporal;
  let client: Client;
  beforeAll(async () => {
    temporal = await startTemporal({ temporal: fakeTemporalServer() });
    client = temporal.env.client;
  });
  afterAll(() => temporal?.stop());

  const { logger, lines } = readableLog();
  const keep = (config: SitewardenConfig) =>
    keepReadinessSchedules({ config, temporal: client, logger, signal: new AbortController().signal });
  const describeSchedule = (pair: string) => client.schedule.getHandle(readinessScheduleId(pair)).describe();
  const reported = (pair: string, wanted: (report: ReadinessReport) => boolean = () => true) =>
    until(
      async () => {
        const { report } = await temporal.client.readiness(pair);
        return report && wanted(report) ? report : undefined;
      },
      { what: `a report on ${pair}`, withinSeconds: 60 },
    );

  it('the worker makes a schedule for each pair, which looks the pair through at once, and then as often as configured', async () => {
    const sites = new TwoSites(temporal, { name: 'scheduled' });

    await keep(configOf([{ name: 'scheduled', every: '10m' }]));

    const report = await reported('scheduled');
    const { spec, policies, action, state } = await describeSchedule('scheduled');
    const { schedule } = await temporal.client.readiness('scheduled');
    expect(report).toMatchObject({ pair: 'scheduled', verdict: 'ready' });
    expect(report.checks.map(({ name }) => name)).toContain('backups');
    expect(spec.intervals).toMatchObject([{ every: 600_000 }]);
    expect(spec.jitter).toBe(60_000);
    expect(policies.overlap).toBe('SKIP');
    expect(action).toMatchObject({ taskQueue: 'sitewarden', args: [{ pair: 'scheduled' }] });
    expect(state.paused).toBe(false);
    expect(schedule?.isPaused).toBe(false);
    expect(+schedule!.next! - Date.now()).toBeLessThanOrEqual(660_000);
    // Nothing was changed at the sites.
    expect(sites.world.journal).toEqual([]);
  });

  it('the schedule really runs, again and again, without anybody asking', async () => {
    const sites = new TwoSites(temporal, { name: 'again' });
    await keep(configOf([{ name: 'again' }]));
    await reported('again', ({ verdict }) => verdict === 'ready');
    sites.world.site('site-b').infinispan.cache('work').configuration = {
      transactionMode: 'NON_XA',
      backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
    };

    // As a start of the schedule's own, at a time that a test can wait for.
    await client.schedule.getHandle(readinessScheduleId('again')).update((seen) => ({
      ...seen,
      spec: { intervals: [{ every: '2 seconds' }] },
      action: { ...seen.action, type: 'startWorkflow' },
    }));

    const report = await reported('again', ({ verdict }) => verdict === 'notReady');
    const ofCaches = report.checks.find(({ name }) => name === 'caches');
    expect(ofCaches?.findings).toMatchObject([{ what: expect.stringContaining('NON_XA with failure policy FAIL') }]);
    const { info } = await describeSchedule('again');
    expect(info.numActionsTaken).toBeGreaterThanOrEqual(2);
  });

  it('a change of the configuration is taken over at the next start of a worker, also by two at the same time', async () => {
    new TwoSites(temporal, { name: 'changed' });
    await keep(configOf([{ name: 'changed' }]));
    const before = await describeSchedule('changed');

    await Promise.all([
      keep(configOf([{ name: 'changed' }], { every: '2h' })),
      keep(configOf([{ name: 'changed' }], { every: '2h' })),
    ]);

    const after = await describeSchedule('changed');
    expect(before.spec.intervals).toMatchObject([{ every: 1_800_000 }]);
    expect(after.spec.intervals).toMatchObject([{ every: 7_200_000 }]);
    expect(after.info.createdAt).toEqual(before.info.createdAt);
  });

  it('a worker that finds it as wanted changes nothing, and starts nothing', async () => {
    new TwoSites(temporal, { name: 'kept' });
    const config = configOf([{ name: 'kept' }]);
    await keep(config);
    await reported('kept');
    const before = await describeSchedule('kept');

    await keep(config);

    const after = await describeSchedule('kept');
    expect(after.info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
    expect(after.info.numActionsTaken).toBe(before.info.numActionsTaken);
  });

  it('whoever paused the schedule finds it paused after a change', async () => {
    new TwoSites(temporal, { name: 'paused' });
    await keep(configOf([{ name: 'paused' }]));
    await client.schedule.getHandle(readinessScheduleId('paused')).pause('maintenance of site-b');

    await keep(configOf([{ name: 'paused' }], { every: '1h' }));

    const { state, spec } = await describeSchedule('paused');
    expect(spec.intervals).toMatchObject([{ every: 3_600_000 }]);
    expect(state).toMatchObject({ paused: true, note: 'maintenance of site-b' });
    expect((await temporal.client.readiness('paused')).schedule).toEqual({ isPaused: true });
  });

  it('the schedule of a pair that is no longer configured is deleted; that of another installation is left alone', async () => {
    new TwoSites(temporal, { name: 'stays' });
    await keep(configOf([{ name: 'elsewhere' }], { taskQueue: 'of-others' }));
    await keep(configOf([{ name: 'stays' }, { name: 'leaves' }]));
    const ids = async () => {
      const found: string[] = [];
      for await (const { scheduleId } of client.schedule.list()) found.push(scheduleId);
      return found;
    };
    // A list is behind by a moment.
    await until(async () => (await ids()).includes(readinessScheduleId('leaves')), {
      what: 'the schedules in a list',
      withinSeconds: 30,
    });

    await keep(configOf([{ name: 'stays' }]));

    await expect(describeSchedule('leaves')).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
    expect((await describeSchedule('elsewhere')).action.taskQueue).toBe('of-others');
    expect((await describeSchedule('stays')).action.taskQueue).toBe('sitewarden');
  });

  it('a schedule that cannot be made is told once, is tried again, and fails nobody', async () => {
    new TwoSites(temporal, { name: 'denied' });
    const { logger: own, lines: said } = readableLog();
    let refusals = 3;
    const refusing = Object.assign(Object.create(client.schedule) as Client['schedule'], {
      create: (options: Parameters<Client['schedule']['create']>[0]) => {
        refusals -= 1;
        return refusals < 0 ? client.schedule.create(options) : Promise.reject(new Error('7 PERMISSION_DENIED'));
      },
    });
    const reluctant = {
      schedule: refusing,
      withDeadline: client.withDeadline.bind(client),
      withAbortSignal: client.withAbortSignal.bind(client),
    };

    const signal = new AbortController().signal;
    await keepReadinessSchedules({
      ...{ config: configOf([{ name: 'denied' }]), temporal: reluctant, logger: own, signal, againAfterMs: 10 },
    });

    expect(said.map(({ level }) => level)).toEqual(['warn', 'info']);
    expect(String(said[0]?.message)).toContain('could not be kept');
    expect(await reported('denied')).toMatchObject({ pair: 'denied' });
  });

  it('somebody who asks has it looked through now; who asks meanwhile joins, and the newest report is the last one', async () => {
    const sites = new TwoSites(temporal, { name: 'asked' });
    const slow = sites.world.faults.hang('readGroups', {});
    const [one, other] = await Promise.all([
      temporal.client.beginReadiness('asked'),
      temporal.client.beginReadiness('asked'),
    ]);
    await slow.reached;
    const meanwhile = await temporal.client.readiness('asked');
    slow.release();

    await reported('asked');

    expect(other).toEqual(one);
    expect(meanwhile).toEqual({
      running: { assessment: one.assessment, startedAt: expect.any(Date) as Date, isTaken: true },
    });
    expect((await temporal.client.readiness('asked')).assessment).toBe(one.assessment);
    expect(sites.world.journal).toEqual([]);
  });

  it('without a worker an assessment is there and taken by nobody, and what was reported before is told', async () => {
    const nobody = new SitePairClient(client, 'nobody-polls-this');

    const { assessment } = await nobody.beginReadiness('unheard');

    expect(await nobody.readiness('unheard')).toMatchObject({ running: { assessment, isTaken: false } });
    await client.workflow.getHandle(readinessRunsOf('unheard').workflowId).terminate('the test is over');
    expect(await nobody.readiness('unheard')).toMatchObject({ failed: { assessment, how: 'terminated' } });
  });

  it('of a pair that the worker does not know there is no report, but how it ended', async () => {
    const { assessment } = await temporal.client.beginReadiness('unknown-pair');

    const seen = await until(async () => (await temporal.client.readiness('unknown-pair')).failed, {
      ...{ what: 'the end of the assessment', withinSeconds: 30 },
    });

    expect(seen).toMatchObject({ assessment, how: 'failed' });
  });

  it('in a split a pair is not ready, whatever could not be read is a finding, and nobody fails', async () => {
    const sites = new TwoSites(temporal, { name: 'split' });
    sites.world.cut();
    sites.world.stop('site-b');

    await temporal.client.beginReadiness('split');
    const report = await reported('split');

    const found = Object.fromEntries(
      report.checks.map(({ name, findings }) => [name, findings.map(({ what }) => what)]),
    );
    expect(report.verdict).toBe('notReady');
    expect(found.backups).toEqual([
      'site-a does not see site-b',
      expect.stringContaining('whether site-b sees site-a could not be read (InfinispanUnreachable)'),
      expect.stringContaining('the status of the backups of site-b to site-a could not be read'),
    ]);
    expect(found.credentials).toEqual([
      'whether the Infinispan of site-b takes our credentials is not known (InfinispanUnreachable)',
    ]);
  });

  it('a store of locks that is down is found before an incident, and a fence that would wait for it', async () => {
    const locks = new FakeLocks();
    const name = 'sitewarden/locked/run';
    new TwoSites(temporal, { name: 'locked', outerLock: { locks, name, leaseSeconds: 60, fenceWaits: true } });
    await temporal.client.beginReadiness('locked');
    const before = await reported('locked');
    locks.isDown = true;

    await temporal.client.beginReadiness('locked');

    const report = await reported('locked', ({ at }) => at > before.at);
    const ofLock = report.checks.find(({ name: check }) => check === 'lock');
    expect(before.verdict).toBe('ready');
    expect(report.verdict).toBe('notReady');
    expect(ofLock?.findings).toMatchObject([
      {
        what: 'the outer lock cannot be asked for (LockUnavailable: as the test asked)',
        consequence: expect.stringContaining('no fence is sent until it can') as string,
      },
    ]);
    expect(locks.holder(name)).toBeUndefined();
  });

  it('every worker shows what the last report says, whichever made it', async () => {
    const sites = new TwoSites(temporal, { name: 'measured' });
    sites.world.siteTags.set('site-b', 'untagged');
    await temporal.client.beginReadiness('measured');
    const { at } = await reported('measured');
    const registry = new Registry();
    const newest = new NewestRunsReader<ReadinessReport>(client);
    registerReadinessGauges({
      registry,
      everySeconds: { measured: 1_800, 'never-heard-of': 600 },
      lastReport: async (pair) => (await newest.read(readinessRunsOf(pair), 5_000)).completed?.result,
      withinMs: 5_000,
      monotonicMs: () => performance.now(),
    });

    const shown = await registry.metrics();

    expect(shown).toContain('sitewarden_readiness_findings{pair="measured",check="endpoints"} 1');
    expect(shown).toContain('sitewarden_readiness_findings{pair="measured",check="backups"} 0');
    expect(shown).toContain(`sitewarden_readiness_assessed_timestamp_seconds{pair="measured"} ${at / 1_000}`);
    expect(shown).toContain('sitewarden_readiness_interval_seconds{pair="never-heard-of"} 600');
    expect(shown).not.toMatch(/(findings|timestamp_seconds)\{pair="never-heard-of"/);
  });

  it('the schedule is told in one line of the log, with what was made, changed and deleted', () => {
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(lines[0]).toMatchObject({ made: ['site-pair-readiness/scheduled'], changed: [], kept: [], dropped: [] });
  });
});
