import type { Situation } from '../../../domain/conditions/condition';
import { compare } from '../../../domain/conditions/comparing';
import { askSynchronize, previewOf } from '../../../domain/conditions/prepare-synchronize';
import { begun, synchronizeConditions } from '../../../domain/conditions/synchronize';
import type { CacheComparison, Comparison } from '../../../domain/comparison';
import type { Command } from '../../../domain/command';
import type { Known, RunState } from '../../../domain/state';
import type { Synchronization } from '../../../domain/way-back';
import { fine, now, pair as usual, type Seen } from '../../support/observations';
import { accepted, failed } from './a-round';
import { pair, way, out, situation, row, counted, comparison, after, compared, said } from './a-way-back';

describe('what is counted before anything is discarded', () => {
  const still = { stores: 100, moves: 0, since: now - 60_000 };
  const seen: Seen = { a: { ...fine, backup: 'offline' }, b: { ...out, backup: 'offline' } };

  it.each<[string, Seen, Partial<Known>, Partial<Comparison>, boolean]>([
    ['as long as nothing was stored since', seen, { storesUnchanged: still }, {}, true],
    ['not without a counter', seen, {}, {}, false],
    ['not after the counter moved', { ...seen, b: { ...seen.b, stores: 101 } }, { storesUnchanged: still }, {}, false],
    ['not where the counter moved meanwhile', seen, { storesUnchanged: { ...still, since: now - 15_000 } }, {}, false],
    [
      'not where a cache has grown',
      { ...seen, b: { ...seen.b, sizes: { sessions: 11, work: 1, other: 0 } } },
      { storesUnchanged: still },
      {},
      false,
    ],
    ['not where a cache was left out', seen, { storesUnchanged: still }, { caches: { sessions: counted } }, false],
    ['also where a size is not told', { ...seen, b: { ...seen.b, sizes: {} } }, { storesUnchanged: still }, {}, true],
    [
      'not while the stale site is unread',
      { ...seen, b: { endpoint: undefined } },
      { storesUnchanged: still },
      {},
      false,
    ],
    ['not in another epoch', seen, { storesUnchanged: still }, { epoch: 9 }, false],
  ])('counts, or does not: %s', (_case, read, part, other, counts) => {
    expect(previewOf(compared(situation(read, part), other)) !== undefined).toBe(counts);
  });

  it.each<[string, Partial<Known>, CacheComparison, RegExp, number]>([
    [
      'a kept site as it was',
      {},
      counted,
      /^Empty site-b and fill it from site-a\? 3 entries of site-b are discarded\.$/,
      0,
    ],
    [
      'a kept site that restarted',
      { keepSiteRestarts: 1, keepSiteStartedAt: now - 1_000 },
      counted,
      /Beware: site-a restarted at 03:12:00 UTC and holds 10 entries; site-b holds 10\.$/,
      1,
    ],
    [
      'a kept site that restarted, nobody knows when',
      { keepSiteRestarts: 1, keepSiteStartedAt: undefined },
      counted,
      /Beware: site-a restarted/,
      1,
    ],
    [
      'a kept site that holds nothing',
      {},
      { ...counted, keepEntries: 0 },
      /Beware: site-a holds 0 entries; site-b holds 10\.$/,
      1,
    ],
    [
      'a kept site that holds less than half',
      {},
      { ...counted, keepEntries: 4 },
      /Beware: site-a holds 4 entries; site-b holds 10\.$/,
      1,
    ],
  ])(
    'is told to whoever approves, and an empty source never passes by itself: %s',
    (_case, part, cache, text, atLeast) => {
      const asking = askSynchronize(situation(seen, part), { ...comparison, caches: { sessions: cache } });

      expect(asking.question).toMatch(text);
      expect(asking.atLeast).toBe(atLeast);
    },
  );

  it('says that nothing tells whether the application is stopped, where nothing does', () => {
    expect(askSynchronize({ ...situation(seen), pair: usual }, comparison).question).toContain('Nothing tells us');
  });

  it('is told as the most that it can be, and asked to be allowed as that, where counting ended at its bound', () => {
    const caches = { sessions: { ...counted, atLeast: true, uncounted: 500 }, work: counted };
    const asking = askSynchronize(situation(seen), { ...comparison, caches });

    expect(asking).toMatchObject({
      discards: 506,
      question: expect.stringContaining('506 entries at most of site-b are discarded.'),
    });
  });

  it('is kept with what was decided', () => {
    const { synchronization } = begun(situation(seen), comparison, 'plan', ['somebody']);

    expect(synchronization).toMatchObject({ plan: 'plan', discarded: 3, caches: ['sessions', 'work'] });
  });
});

describe('a comparison', () => {
  const seen: Seen = { a: { ...fine, backup: 'offline' }, b: out };
  const command: Command = { kind: 'compareSites', keepSite: 'site-a', staleSite: 'site-b', caches: [], epoch: 1 };

  it('waits for the caches to be read, and a moment after one that did not count', () => {
    expect(said(compare(situation({ a: { ...fine, backup: undefined } }), 'why'))).toBe(
      'wait for the caches of site-a to be read',
    );
    const ended = after(situation(seen), (state) => accepted(state, command, now - 1_000));
    expect(said(compare(ended, 'why'))).toBe('wait for the sites to be read again');
    expect(said(compare(situation(seen), 'why'))).toBe('compareSites');
  });
});

describe('a step of the synchronize', () => {
  const pushed = { ...way, emptiedAt: now - 40_000, pushStarts: [now - 30_000] };
  const sending: Seen = { a: { ...fine, pushes: { sessions: 'SENDING', work: 'OK' } }, b: out };
  const start: Command = { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches: [] };
  const cancel: Command = { kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches: [] };
  const stop: Command = { kind: 'stopApplication', site: 'site-b' };
  const startApplication: Command = { kind: 'startApplication', site: 'site-b' };
  const attach: Command = { kind: 'bringBackupOnline', onSite: 'site-b', backupSite: 'site-a' };
  const step = (name: string, seen: Situation): string => said(row(synchronizeConditions, name).make(seen));
  const filled = (seen: Seen, synchronization: Synchronization, change = (state: RunState) => state): string =>
    step('staleSiteFilled', after(situation(seen, { synchronization }), change));

  it('fills the stale site: starts a push, waits for it, and cancels one that is of no use', () => {
    const unread = { a: { ...fine, backup: undefined }, b: out };
    expect(filled(unread, pushed)).toBe('wait for the pushes of site-a to be read');
    expect(filled({ b: out }, { ...pushed, pushStarts: [] })).toBe('startPush');
    expect(filled(sending, pushed)).toBe('wait for the push of 2 caches to site-b');
    expect(filled(sending, { ...pushed, pushStarts: [] })).toBe('cancelPush');
    expect(filled(sending, { ...pushed, spoiled: ['sessions'] })).toBe('cancelPush');
    expect(filled(sending, { ...pushed, emptiedAt: undefined, pushStarts: [] })).toBe('cancelPush');
    const cancelled = (state: RunState): RunState => accepted(state, cancel, now - 1_000);
    expect(filled(sending, { ...pushed, spoiled: ['sessions'] }, cancelled)).toBe(
      'wait for the cancelled push to be read',
    );
    const hanging = { ...pushed, emptiedAt: now - 1_100_000, pushStarts: [now - 1_000_000] };
    expect(filled(sending, hanging)).toBe('cancelPush');
    const progress = { what: 'push', done: 1, total: 2, since: now - 1_000_000, at: now - 1_000 };
    expect(filled(sending, { ...hanging, progress })).toBe('wait for the push of 2 caches to site-b');
    const accepting = (state: RunState): RunState => accepted(state, start, now - 1_000);
    expect(filled({ b: out }, pushed, accepting)).toBe('wait for the push to be read');
    const failing = (state: RunState): RunState => failed(state, start, { type: 'PushUnderWay', at: now - 20_000 });
    expect(filled({ b: out }, pushed, failing)).toBe('startPush');
    expect(filled(sending, pushed, failing)).toBe('cancelPush');
    const thrice = { ...pushed, pushStarts: [now - 30_000, now - 20_000, now - 10_000] };
    expect(filled({ a: { ...fine, pushes: {} }, b: out }, thrice)).toBe('blocked: PushFailed');
  });

  it('stops the application first, by its driver or by a person', () => {
    const running = { b: { ...out, application: 'running' } } as const;
    const emptied = (seen: Situation): string => step('staleSiteEmpty', seen);
    const seen = situation(running, { synchronization: way });

    expect(emptied(seen)).toBe('stopApplication');
    expect(emptied(after(seen, (state) => accepted(state, stop, now - 1_000)))).toBe(
      'wait for the application of site-b to read stopped',
    );
    const manual = { ...pair, workloads: { 'site-a': 'manual', 'site-b': 'manual' } } as const;
    expect(emptied({ ...seen, pair: manual })).toBe('blocked: WorkloadManual');
    const quietSoon = situation({ b: out }, { synchronization: way, applicationStoppedAt: now - 1_000 });
    expect(emptied(quietSoon)).toBe('wait for site-b to be written to by nobody for 30 s');
  });

  it('empties nothing while it cannot be read whether a site restarted since it was decided', () => {
    const quiet = { ...out, application: 'stopped' } as const;
    const emptied = (seen: Seen): string => step('staleSiteEmpty', situation(seen, { synchronization: way }));

    expect(emptied({ b: quiet })).toBe('emptySite');
    expect(emptied({ a: { ...fine, startedAt: undefined }, b: quiet })).toBe(
      'wait for the start of both sites to be read',
    );
    expect(emptied({ b: { ...quiet, startedAt: undefined } })).toBe('wait for the start of both sites to be read');
  });

  it('attaches the kept site last, and starts the application on equal data', () => {
    const equal = { ...pushed, equalAt: now - 5_000, reattachedAt: now - 4_000 };
    const seen = situation({ b: out }, { synchronization: equal });
    const ready = (situated: Situation): string => step('applicationReady', situated);

    expect(step('keepSiteOnlineOnStaleSite', seen)).toBe('bringBackupOnline');
    expect(
      step(
        'keepSiteOnlineOnStaleSite',
        after(seen, (state) => accepted(state, attach, now - 1_000)),
      ),
    ).toBe('wait for the backup to site-a to read online on site-b');
    expect(ready(seen)).toBe('startApplication');
    expect(ready({ ...seen, known: { ...seen.known, synchronization: undefined } })).toBe('startApplication');
    const started = (at: number): Situation => after(seen, (state) => accepted(state, startApplication, at));
    expect(ready(started(now - 1_000))).toBe('wait for the application of site-b to be ready');
    expect(ready(started(now - 60_000))).toBe('startApplication');
    expect(ready({ ...seen, pair: usual })).toBe('wait for the health URL of site-b to say 200');
    const manual = { ...pair, workloads: { 'site-a': 'manual', 'site-b': 'manual' } } as const;
    expect(ready({ ...seen, pair: manual })).toBe('blocked: WorkloadManual');
  });
});
