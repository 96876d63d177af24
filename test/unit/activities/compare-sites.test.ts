import { compareSites } from '../../../activities/compare/compare-sites';
import { discards, isDiscardBounded, isEqual, type Comparison } from '../../../domain/comparison';
import type { SitePair } from '../../../domain/site-pair';
import type { EntryDigest, PairGateways } from '../../../gateways/ports';
import { FakeWorld } from '../../support/fake-world';
import { pair as domainPair } from '../../support/observations';
import { failureOf } from '../../support/outcome';
import { anAttempt } from './an-attempt';

describe('comparing two sites', () => {
  let world: FakeWorld;
  let pair: SitePair;

  beforeEach(() => {
    world = new FakeWorld();
    pair = { ...domainPair, caches: world.caches };
  });

  async function compare(
    gateways: PairGateways = world.gateways(),
    attempt = anAttempt(),
    afterPush = false,
    pushedAt?: number,
  ): Promise<Comparison> {
    const { caches } = world;
    const sites = { keepSite: 'site-a', staleSite: 'site-b' };
    const command = { kind: 'compareSites', ...sites, caches, epoch: 3, afterPush, pushedAt } as const;
    const said = await compareSites({ pair, configHash: 'cafe0000', gateways }, command, attempt);
    if (typeof said === 'string') throw new Error('a comparison says what it found');
    return said.comparison;
  }

  /** Runs once the stale site's entries of this cache were read so many times. */
  function afterReading(times: number, then: () => void): PairGateways {
    const gateways = world.gateways();
    const real = gateways.replication['site-b']!;
    let reads = 0;
    async function* readEntryDigests(cache: string, signal: AbortSignal): AsyncGenerator<EntryDigest> {
      yield* real.readEntryDigests(cache, signal);
      if (cache !== 'work') return;
      reads += 1;
      if (reads === times) then();
    }
    return { ...gateways, replication: { ...gateways.replication, 'site-b': { ...real, readEntryDigests } } };
  }

  it('finds equal contents equal, in whatever order they come', async () => {
    world.setSize('site-b', 'work', 0);
    for (const [key, value] of Object.entries(world.entries('site-a', 'work')).reverse()) {
      world.cache('site-b', 'work').entries.set(key, value);
    }

    const comparison = await compare();

    expect(comparison).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b', epoch: 3 });
    expect(comparison.caches['work']).toEqual({
      ...{ keepEntries: 100, staleEntries: 100, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 },
    });
    expect(isEqual(comparison)).toBe(true);
  });

  it('counts what only one site has, and what differs', async () => {
    world.setBackup('site-a', 'offline');
    world.setBackup('site-b', 'offline');
    world.write('site-a', 'work', 3);
    world.write('site-b', 'work', 2);
    world.put('site-b', 'actionTokens', 'entry-1', 'another value');

    const comparison = await compare();

    expect(comparison.caches).toEqual({
      actionTokens: { keepEntries: 100, staleEntries: 100, onlyOnKeep: 0, onlyOnStale: 0, differing: 1 },
      work: { keepEntries: 103, staleEntries: 102, onlyOnKeep: 3, onlyOnStale: 2, differing: 0 },
    });
    expect(discards(comparison)).toBe(3);
  });

  it('sees two keys that exchanged their values', async () => {
    world.setBackup('site-b', 'offline');
    const { 'entry-1': one, 'entry-2': two } = world.entries('site-b', 'work');
    world.put('site-b', 'work', 'entry-1', two!);
    world.put('site-b', 'work', 'entry-2', one!);

    expect((await compare()).caches['work']).toMatchObject({ differing: 2 });
  });

  it('an empty site is told exactly, without looking at single entries', async () => {
    world.restart('site-b');
    world.setSize('site-b', 'actionTokens', 100);

    const comparison = await compare();

    expect(comparison.caches['work']).toEqual({
      ...{ keepEntries: 100, staleEntries: 0, onlyOnKeep: 100, onlyOnStale: 0, differing: 0 },
    });
    expect(isEqual(comparison)).toBe(false);
  });

  it('a live write that was seen on one site only settles', async () => {
    world.setBackup('site-a', 'offline');
    world.put('site-a', 'work', 'entry-1', 'new');
    world.setBackup('site-a', 'online');
    const gateways = afterReading(2, () => world.put('site-a', 'work', 'entry-1', 'newer'));

    expect(isEqual(await compare(gateways))).toBe(true);
  });

  it('a value that moves on at the kept site and never at the stale one differs', async () => {
    world.setBackup('site-a', 'offline');
    let turn = 0;
    const gateways = world.gateways();
    const real = gateways.replication['site-a']!;
    async function* readEntryDigests(cache: string, signal: AbortSignal): AsyncGenerator<EntryDigest> {
      world.put('site-a', 'work', 'entry-1', `turn ${(turn += 1)}`);
      yield* real.readEntryDigests(cache, signal);
    }
    const moving = { ...gateways, replication: { ...gateways.replication, 'site-a': { ...real, readEntryDigests } } };

    expect((await compare(moving)).caches['work']).toMatchObject({ differing: 1, onlyOnKeep: 0, onlyOnStale: 0 });
  }, 20_000);

  it('more differences than are looked into are told as at least so many, and never as none', async () => {
    world.setSize('site-a', 'work', 30_000);
    world.setSize('site-b', 'work', 1);

    const { work } = (await compare()).caches;

    expect(work).toMatchObject({ keepEntries: 30_000, staleEntries: 1, atLeast: true });
    expect(work!.onlyOnKeep).toBeGreaterThan(19_000);
    expect(work!.onlyOnKeep).toBeLessThanOrEqual(20_000);
  });

  it('what would be lost is counted exactly, however much the kept site got meanwhile', async () => {
    world.setSize('site-a', 'work', 100_000);
    world.cache('site-b', 'work').entries.set('entry-7', 'of the stale site');
    world.cache('site-b', 'work').entries.set('only there', 'value');

    const comparison = await compare();

    expect(comparison.caches['work']).toMatchObject({ onlyOnStale: 1, differing: 1, atLeast: true });
    expect(discards(comparison)).toBe(2);
    expect(isDiscardBounded(comparison.caches)).toBe(false);
  });

  it('where more would be lost than is looked into, it is told as the most that it can be, never as less', async () => {
    world.setSize('site-a', 'work', 30_000);
    world.setSize('site-b', 'work', 40_000);
    const { entries } = world.cache('site-b', 'work');
    const differing = [...entries.keys()].slice(0, 25_000);
    for (const key of differing) entries.set(key, 'of the stale site');

    const comparison = await compare();

    expect(comparison.caches['work']).toMatchObject({ atLeast: true });
    expect(isDiscardBounded(comparison.caches)).toBe(true);
    expect(discards(comparison)).toBeGreaterThanOrEqual(differing.length + 10_000);
    expect(discards(comparison)).toBeLessThanOrEqual(40_000);
  });

  it.each(['site-a', 'site-b'] as const)('is void when %s restarts meanwhile', async (site) => {
    const gateways = afterReading(1, () => world.restart(site));

    expect(await failureOf(compare(gateways))).toMatchObject({ type: 'ComparisonVoid', retryable: true });
  });

  it('fails by name when a site goes away in the middle, and stops reading the other one', async () => {
    world.setSize('site-a', 'work', 5_000);
    const gateways = afterReading(0, () => undefined);
    world.faults.fail('readEntryDigests', 'InfinispanUnreachable', { at: 'site-b' });
    world.faults.fail('readStoredDigests', 'InfinispanUnreachable', { at: 'site-b' });

    expect((await failureOf(compare(gateways))).type).toBe('InfinispanUnreachable');
  });

  it('a cache that cannot be read entry by entry either fails by what is wrong with its list', async () => {
    world.faults.fail('readEntryDigests', 'InfinispanAnswerUnreadable', { at: 'site-b' });
    world.faults.fail('readStoredDigests', 'InfinispanFailed', { at: 'site-b' });

    expect((await failureOf(compare())).type).toBe('InfinispanAnswerUnreadable');
  });

  it.each(['site-a', 'site-b'])(
    'where the list of %s breaks off, both sites are read entry by entry, and what differs is counted',
    async (site) => {
      world.setBackup('site-b', 'offline');
      world.put('site-b', 'actionTokens', 'entry-1', 'another value');
      world.write('site-b', 'actionTokens', 2);
      world.faults.fail('readEntryDigests', 'InfinispanUnreachable', { at: site });

      const { caches } = await compare();

      expect(caches['actionTokens']).toMatchObject({ onlyOnKeep: 0, onlyOnStale: 2, differing: 1 });
      expect(caches['work']).toMatchObject({ onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
    },
  );

  it.each([
    [true, { onlyOnStale: 0, expiring: 1 }],
    [false, { onlyOnStale: 1 }],
  ])(
    'what expired on the kept site lives on at the other one after a push (after one: %s)',
    async (afterPush, found) => {
      world.putExpiring('site-a', 'work', 'token', 'value');
      world.expire('site-a', 'work', 'token');

      const comparison = await compare(world.gateways(), anAttempt(), afterPush);

      expect(comparison.caches['work']).toEqual({
        keepEntries: 100,
        staleEntries: 101,
        onlyOnKeep: 0,
        differing: 0,
        ...found,
      });
      expect(isEqual(comparison)).toBe(afterPush);
    },
  );

  it.each([
    ['before every cache was pushed, is told apart', -1_000, 0],
    ['when the clocks are a little apart, too', 2_000, 0],
    ['after that was not pushed: it differs, though it expires', 2_001, 1],
  ])('what only the stale site has, stored there %s', async (_case, later, onlyOnStale) => {
    const pushedAt = 1_795_386_424_868;
    world = new FakeWorld({ clock: () => pushedAt + later });
    world.setBackup('site-b', 'offline');
    world.putExpiring('site-b', 'work', 'token', 'value');

    const comparison = await compare(world.gateways(), anAttempt(), true, pushedAt);

    expect(comparison.caches['work']).toMatchObject({ onlyOnStale });
    expect(isEqual(comparison)).toBe(onlyOnStale === 0);
  });

  it('what only the stale site has, and never expires, differs after a push too', async () => {
    world.setBackup('site-b', 'offline');
    world.write('site-b', 'work');

    expect(isEqual(await compare(world.gateways(), anAttempt(), true))).toBe(false);
  });

  it('does not compare with a server of another site', async () => {
    world.answerAs('site-b', 'site-a');

    expect((await failureOf(compare())).type).toBe('InfinispanAnswersAsAnotherSite');
  });

  it('tells how far it has come: entries of both sites, read anew ones included', async () => {
    world.put('site-a', 'work', 'entry-1', 'x');
    world.cache('site-b', 'work').entries.set('entry-1', 'y');
    const attempt = anAttempt();

    await compare(world.gateways(), attempt);

    expect(attempt.told[0]).toMatchObject({ what: 'comparing actionTokens', done: 0, total: 400 });
    expect(attempt.told.at(-1)).toMatchObject({ what: 'reading again what differs in work', total: 800 });
    expect(attempt.told.every(({ done, total }) => done <= total)).toBe(true);
    expect(attempt.sent()).toBe(0);
  });

  it('ends with its signal', async () => {
    const controller = new AbortController();
    const gateways = afterReading(1, () => controller.abort());
    world.put('site-a', 'work', 'entry-1', 'x');
    world.cache('site-b', 'work').entries.set('entry-1', 'y');

    const failure = await failureOf(compare(gateways, anAttempt(undefined, controller.signal)));

    expect(failure.type).toBe('InfinispanUnreachable');
  });
});
