import { Registry } from 'prom-client';
import type { RunMemo } from '../../../workflows/contract/inputs';
import type { DescribedRun } from '../../../worker/describe-run';
import { registerRunGauges } from '../../../worker/run-gauges';

const startedAt = Date.parse('2026-11-22T03:12:01Z');
const memo: RunMemo = { incident: 'incident-1', goal: 'protect', startedAt, phase: 'fencing', next: 'wait', at: 0 };

describe("the runs' metrics", () => {
  let asked: string[];
  let elapsedMs: number;
  beforeEach(() => {
    asked = [];
    elapsedMs = 0;
  });

  function gauges(runs: Record<string, () => Promise<DescribedRun | undefined>>, withinMs = 5_000): Registry {
    const registry = new Registry();
    registerRunGauges({
      registry,
      pairs: Object.keys(runs),
      describe: (pair) => {
        asked.push(pair);
        return (runs[pair] as () => Promise<DescribedRun | undefined>)();
      },
      withinMs,
      monotonicMs: () => elapsedMs,
    });
    return registry;
  }

  async function of(registry: Registry): Promise<readonly string[]> {
    return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('a pair without a run: every series is there, and 0', async () => {
    expect(await of(gauges({ quiet: async () => undefined }))).toEqual([
      'sitewarden_temporal_reachable 1',
      'sitewarden_run_open{pair="quiet"} 0',
      'sitewarden_run_phase{pair="quiet",phase="observing"} 0',
      'sitewarden_run_phase{pair="quiet",phase="fencing"} 0',
      'sitewarden_run_phase{pair="quiet",phase="fenced"} 0',
      'sitewarden_run_phase{pair="quiet",phase="clearing"} 0',
      'sitewarden_run_phase{pair="quiet",phase="pushing"} 0',
      'sitewarden_run_phase{pair="quiet",phase="comparing"} 0',
      'sitewarden_run_phase{pair="quiet",phase="reattaching"} 0',
      'sitewarden_run_phase{pair="quiet",phase="synchronized"} 0',
      'sitewarden_run_phase{pair="quiet",phase="admitting"} 0',
      'sitewarden_run_phase{pair="quiet",phase="soaking"} 0',
      'sitewarden_run_phase{pair="quiet",phase="goingOffline"} 0',
      'sitewarden_run_phase{pair="quiet",phase="finished"} 0',
      'sitewarden_run_blocked{pair="quiet"} 0',
      'sitewarden_run_asks{pair="quiet"} 0',
      'sitewarden_run_paused{pair="quiet"} 0',
    ]);
  });

  it('an open run: since when, in which phase, with which roles', async () => {
    const roles = { keepSite: 'site-a', staleSite: 'site-b' };
    const shown = await of(gauges({ busy: async () => ({ startedAt, memo: { ...memo, ...roles } }) }));

    expect(shown).toContain('sitewarden_run_open{pair="busy"} 1');
    expect(shown).toContain(`sitewarden_run_started_timestamp_seconds{pair="busy"} ${startedAt / 1_000}`);
    expect(shown).toContain('sitewarden_run_phase{pair="busy",phase="fencing"} 1');
    expect(shown).toContain('sitewarden_run_phase{pair="busy",phase="fenced"} 0');
    expect(shown).toContain(
      'sitewarden_run_info{pair="busy",incident="incident-1",goal="protect",keep_site="site-a",stale_site="site-b"} 1',
    );
  });

  it('a run that is blocked, and one that asks, say by what and for what', async () => {
    const shown = await of(
      gauges({
        stuck: async () => ({ memo: { ...memo, next: 'blocked', blockedBy: 'RestoreNotPermitted' } }),
        asking: async () => ({ memo: { ...memo, next: 'ask', gate: 'admitStaleSite' } }),
      }),
    );

    expect(shown).toContain('sitewarden_run_blocked{pair="stuck",type="RestoreNotPermitted"} 1');
    expect(shown).not.toContain('sitewarden_run_blocked{pair="stuck"} 0');
    expect(shown).toContain('sitewarden_run_blocked{pair="asking"} 0');
    expect(shown).toContain('sitewarden_run_asks{pair="asking",gate="admitStaleSite"} 1');
  });

  it('a run that is a pause is shown as one', async () => {
    const shown = await of(gauges({ paused: async () => ({ memo: { ...memo, goal: 'pause', pausedUntil: 1 } }) }));

    expect(shown).toContain('sitewarden_run_paused{pair="paused"} 1');
  });

  it('a run of version 0.1.0, whose memo does not tell, is neither blocked nor not blocked', async () => {
    const shown = await of(gauges({ old: async () => ({ memo: { incident: 'incident-1', phase: 'fenced', at: 0 } }) }));

    expect(shown).toContain('sitewarden_run_phase{pair="old",phase="fenced"} 1');
    expect(shown.join()).not.toMatch(/run_(blocked|asks)\{/);
  });

  it('a run that nobody looked at yet is open, and in no phase', async () => {
    const shown = await of(gauges({ fresh: async () => ({}) }));

    expect(shown).toContain('sitewarden_run_open{pair="fresh"} 1');
    expect(shown.filter((line) => /_phase\{.*\} 1$/.test(line))).toEqual([]);
    expect(shown.join()).not.toContain('sitewarden_run_info');
  });

  it.each([
    ['fails', () => Promise.reject(new Error('UNAVAILABLE'))],
    ['does not answer in time', () => new Promise<undefined>(() => undefined)],
  ])('Temporal %s: said, and nothing is said of the runs; unknown is not healthy', async (_how, describe) => {
    const shown = await of(gauges({ one: describe }, 20));

    expect(shown).toEqual(['sitewarden_temporal_reachable 0']);
  });

  it('Temporal tells of one pair only: that one is shown', async () => {
    const shown = await of(gauges({ one: async () => undefined, two: () => Promise.reject(new Error('no')) }));

    expect(shown[0]).toBe('sitewarden_temporal_reachable 0');
    expect(shown).toContain('sitewarden_run_open{pair="one"} 0');
    expect(shown.join()).not.toContain('two');
  });

  it('asks Temporal once in ten seconds, however many scrape; then anew, and forgets what is no longer so', async () => {
    let run: DescribedRun | undefined = { memo };
    const registry = gauges({ one: async () => run });

    await Promise.all([of(registry), of(registry)]);
    elapsedMs = 9_999;
    run = undefined;
    expect(await of(registry)).toContain('sitewarden_run_open{pair="one"} 1');
    expect(asked).toEqual(['one']);

    elapsedMs = 10_000;
    const shown = await of(registry);
    expect(asked).toEqual(['one', 'one']);
    expect(shown).toContain('sitewarden_run_open{pair="one"} 0');
    expect(shown.join()).not.toContain('incident-1');
  });
});
