/** Runs that touch nothing: a pause, and a pair in shadow mode; on a real Temporal server over fake sites. */
import { until } from '../../lab/until';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: pause', () => {
  let temporal: RunningTemporal;
  let ahead = 0;
  beforeAll(async () => {
    temporal = await startTemporal({
      clock: { now: () => Date.now() + ahead, monotonicMs: () => performance.now() },
    });
  });
  afterAll(() => temporal?.stop());
  beforeEach(() => {
    ahead = 0;
  });

  it('holds the id: alerts are recorded and answered with it, nothing is touched, a release acts on what still fires', async () => {
    const sites = new TwoSites(temporal, { name: 'paused' });
    const started = await sites.pause(3_600);
    sites.world.cut();
    await sites.alert('site-a');
    const paused = await sites.runUntil('alerted', ({ alerts }) => alerts.length === 1);

    expect(started.outcome).toBe('started');
    expect(paused.alerts[0]?.answer).toMatch(/^recorded: paused by somebody until .* \(a test pauses\)$/);
    expect(paused.pausedUntil).toBeDefined();
    expect(sites.world.journal).toEqual([]);

    expect((await sites.pause(3_600)).refusal?.code).toBe('RunOpen');
    expect((await sites.decide('release')).outcome).toBe('taken');
    const fenced = await sites.untilFenced();

    expect(fenced.pausedUntil).toBeUndefined();
    expect(fenced.alerts[0]?.answer).toMatch(/^acted on: site-b is fenced/);
    await sites.abort();
    await sites.golden('paused-then-fenced');
  });

  it('ends by itself at its time when nothing fires', async () => {
    const sites = new TwoSites(temporal, { name: 'paused-in-peace' });
    await sites.pause(60);
    await sites.runUntil('paused', ({ next }) => next?.kind === 'wait');

    ahead = 61_000;

    expect(await sites.result()).toMatchObject({ outcome: 'pauseOver' });
    await sites.golden('pause-over');
  });

  it('is refused while a run is open, and when it is too short', async () => {
    const busy = new TwoSites(temporal, { name: 'busy' });
    busy.world.cut();
    await busy.alert('site-a');
    await busy.untilFenced();

    expect((await busy.pause(60)).refusal?.code).toBe('RunOpen');
    const short = new TwoSites(temporal, { name: 'short' });
    expect((await short.pause(59)).refusal?.code).toBe('PauseLengthWrong');
    expect((await short.result()).outcome).toBe('pauseOver');
    await busy.abort();
  });

  it('gives way to a person who asks for a fence', async () => {
    const sites = new TwoSites(temporal, { name: 'pause-then-fence' });
    await sites.pause(3_600);

    expect((await sites.fence('site-b')).outcome).toBe('joined');
    await sites.untilFenced();
    await sites.abort();
  });
});

describe('site pair run: shadow mode', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  it('decides, records and shows what it would have done, touches nothing, and ends once the split is over', async () => {
    const sites = new TwoSites(temporal, { name: 'shadow', mode: 'shadow', policy: { stableSeconds: 1 } });
    sites.world.cut();
    await sites.alert('site-a');
    const shadowing = await sites.runUntil('decided', ({ timeline }) => timeline.length > 0);

    expect(shadowing).toMatchObject({ mode: 'shadow', phase: 'observing' });
    expect(shadowing.timeline.map(({ what }) => what)).toEqual([
      expect.stringContaining('shadow mode: would fence site-b, keep site-a'),
      expect.stringContaining('would remove site-b'),
      expect.stringContaining('would on site-a take the backup to site-b offline'),
    ]);

    sites.world.heal();
    const result = await sites.result();

    expect(result).toMatchObject({ outcome: 'shadowed', report: expect.stringContaining('Nothing was touched') });
    expect(result.alerts?.[0]?.answer).toBe('shadow mode: would have fenced site-b; nothing was touched');
    expect(sites.world.journal).toEqual([]);
    await sites.golden('shadowed');
  });

  it('a pair that is put into shadow mode in mid-incident is touched no more, and told', async () => {
    const sites = new TwoSites(temporal, { name: 'into-shadow' });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    const configured = temporal.sitePairs.get('into-shadow');
    if (!configured) throw new Error('the pair is gone');
    temporal.sitePairs.set('into-shadow', { ...configured, pair: { ...configured.pair, mode: 'shadow' } });
    const before = sites.world.journal.length;

    sites.world.addedByOthers('site-b');
    const told = await sites.runUntil('held back', ({ findings }) => findings.length > 0);

    expect(told.findings).toContainEqual(expect.stringContaining('shadow mode holds back: remove site-b'));
    expect(sites.world.journal.length).toBe(before);
    temporal.sitePairs.set('into-shadow', configured);
    await until(() => sites.world.journal.length > before, { what: 'removed again', withinSeconds: 40 });
    await sites.abort();
  });
});
