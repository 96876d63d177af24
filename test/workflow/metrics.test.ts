/** What a worker shows of real runs on a real Temporal server, over fake sites. */
import { Registry } from 'prom-client';
import { request } from 'undici';
import { freePort } from '../../lab/ports';
import { until } from '../../lab/until';
import { describeRuns, type DescribedRun } from '../../worker/describe-run';
import { createLookJournal } from '../../worker/look-journal';
import { registerRunGauges } from '../../worker/run-gauges';
import { sdkMetrics } from '../../worker/sdk-runtime';
import { foreignMetrics } from '../support/foreign-metrics';
import { readableLog } from '../support/log-lines';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const withinMs = 5_000;

describe('metrics of real runs', () => {
  const looks = new Registry();
  const { logger, lines } = readableLog();
  let temporal: RunningTemporal;
  let describeRun: (pair: string) => Promise<DescribedRun | undefined>;
  let sdkPort: number;
  beforeAll(async () => {
    sdkPort = await freePort();
    temporal = await startTemporal({
      mayRestore: false,
      assessed: createLookJournal({ logger, registry: looks, monotonicMs: () => performance.now() }),
      telemetryOptions: sdkMetrics(`127.0.0.1:${sdkPort}`),
    });
    describeRun = describeRuns(temporal.env.nativeConnection, 'default', withinMs);
  });
  afterAll(() => temporal?.stop());

  /** The memo is written when a fact changes, so it may be a moment behind what the run says. */
  const memoUntil = (pair: string, what: string, wanted: (run: DescribedRun) => boolean) =>
    until(
      async () => {
        const run = await describeRun(pair);
        return run && wanted(run) ? run : undefined;
      },
      { what: `${pair}: ${what}`, withinSeconds: 60 },
    );

  it('a fence: each step is observed once, and said in one line; its run is shown by phase and roles until it ends', async () => {
    const sites = new TwoSites(temporal, { name: 'metered' });
    expect(await describeRun('metered')).toBeUndefined();
    sites.world.cut();
    const askedAtMs = Date.now();

    await sites.alert('site-a');
    await sites.runUntil('fenced and deployed', ({ timeline }) =>
      timeline.some(({ what }) => what.includes('DEPLOYED')),
    );

    const run = await memoUntil('metered', 'fenced', ({ memo }) => memo?.phase === 'fenced');
    expect(run.memo).toMatchObject({ goal: 'protect', keepSite: 'site-a', staleSite: 'site-b', next: 'wait' });
    expect(Math.abs((run.startedAt ?? 0) - askedAtMs)).toBeLessThan(60_000);
    const counts = [...(await looks.metrics()).matchAll(/step_seconds_count\{pair="metered",step="(\w+)"\} (\d+)/g)];
    expect(counts.map(([, step, count]) => `${step} ${count}`)).toEqual([
      'rolesLatched 1',
      'removalRequested 1',
      'readAbsent 1',
      'detachRequested 1',
      'allDetached 1',
      'proved 1',
      'deployed 1',
    ]);
    const said = lines.filter(({ pair }) => pair === 'metered').map(({ message }) => String(message));
    expect(said.filter((line) => line.startsWith('Fenced site-b'))).toHaveLength(1);
    expect(said.filter((line) => line.startsWith('Reads as partition'))).toHaveLength(1);
    await sites.abort();
    expect(await describeRun('metered')).toBeUndefined();
  });

  it('a run that asks a person, and one that is blocked, say so without a worker being asked', async () => {
    const asking = new TwoSites(temporal, { name: 'asking' });
    asking.world.removedByOthers('site-b');
    await asking.alert('site-a');
    const stuck = new TwoSites(temporal, { name: 'stuck', policy: { stableSeconds: 1 } });
    const removal = stuck.world.faults.hang('removeEndpoint', { afterApplying: true });
    stuck.world.cut();
    await stuck.alert('site-a');
    await removal.reached;
    stuck.world.heal();
    removal.release();

    await memoUntil('asking', 'asks', ({ memo }) => memo?.next === 'ask');
    await memoUntil('stuck', 'is blocked', ({ memo }) => memo?.next === 'blocked');
    const registry = new Registry();
    const pairs = ['asking', 'stuck', 'never-heard-of'];
    registerRunGauges({ registry, pairs, describe: describeRun, withinMs, monotonicMs: () => performance.now() });
    const shown = await registry.metrics();

    expect(shown).toContain('sitewarden_temporal_reachable 1');
    expect(shown).toContain('sitewarden_run_asks{pair="asking",gate="siteOnline"} 1');
    expect(shown).toContain('sitewarden_run_blocked{pair="stuck",type="RestoreNotPermitted"} 1');
    expect(shown).toContain('sitewarden_run_open{pair="never-heard-of"} 0');
    await asking.abort();
    await stuck.abort();
  });

  it("the SDK's exporter shows every metric that our panels use", async () => {
    const answer = await request(`http://127.0.0.1:${sdkPort}/metrics`);
    const shown = await answer.body.text();
    const names = new Set([...shown.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));

    expect(foreignMetrics.temporalSdk.filter((name) => !names.has(name))).toEqual([]);
    // Our own spacing of the buckets is in force.
    expect(shown).toMatch(/temporal_activity_schedule_to_start_latency_seconds_bucket\{.*le="0.25"\}/);
    for (const queue of ['sitewarden', 'sitewarden-fence', 'sitewarden-watch']) {
      expect(shown).toMatch(
        new RegExp(`temporal_num_pollers\\{.*poller_type="activity_task".*task_queue="${queue}"\\}`),
      );
    }
  });
});
