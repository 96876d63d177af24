import { allAttached, allDetached, detachedCaches, unreportedCaches, verdictOf } from '../../../domain/verdict';
import type { DeviceState, Reading } from '../../../domain/observation';
import type { FenceDevice, SitePair } from '../../../domain/site-pair';
import { fine, now, observed, pair, read, unread, type Seen, type SeenSite } from '../../support/observations';
import { split } from '../../support/run-states';

const out: SeenSite = { ...fine, endpoint: undefined };
const detached: SeenSite = { ...fine, backup: 'offline' };
const mixed = { sessions: 'mixed', work: 'online' } as const;

describe('verdict', () => {
  it.each<[string, Seen, string, string]>([
    ['everything is fine', {}, 'healthy', 'both sites serve, see each other and replicate both ways'],
    [
      'whole, but no clients are sent to one site',
      { b: { ...fine, endpoint: { health: 'UNHEALTHY', weight: 128 } } },
      'healthy',
      'both sites see each other and replicate both ways; Global Accelerator reads site-b in eu-west-1 UNHEALTHY',
    ],
    ['neither sees the other', split, 'partition', 'neither sees the other'],
    ['a one-way view', { a: { ...fine, sees: false } }, 'partition', 'site-a does not see site-b'],
    ['the other one-way view', { b: { ...fine, sees: false } }, 'partition', 'site-b does not see site-a'],
    [
      'a site that does not answer',
      { a: { ...fine, sees: false }, b: { ...fine, sees: undefined, backup: undefined } },
      'siteDown',
      'site-b does not answer, and site-a does not see it',
    ],
    ['both serve, one detached', { a: detached }, 'diverging', 'site-a does not replicate sessions, work to site-b'],
    [
      'both serve, one cache mixed, on the second site',
      { b: { ...fine, backups: mixed } },
      'diverging',
      'site-b does not replicate sessions to site-a',
    ],
    ['out of traffic and detached', { a: detached, b: out }, 'fenced', 'site-b is out of traffic'],
    ['out of traffic only', { b: out }, 'halfFenced', 'but site-a still replicates to it'],
    [
      'out of traffic, one cache of two detached',
      { a: { ...fine, backups: { sessions: 'offline', work: 'online' } }, b: out },
      'halfFenced',
      'but site-a still replicates to it',
    ],
    [
      'out of traffic, replication unread',
      { a: { ...fine, backup: undefined }, b: out },
      'halfFenced',
      'it could not be read whether site-a still replicates to it',
    ],
    ['no endpoint of either', { a: out, b: out }, 'inconclusive', 'no endpoint of either site'],
    ['traffic unread', { trafficUnread: true }, 'inconclusive', 'Global Accelerator could not be read'],
    [
      'no view read',
      { a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } },
      'inconclusive',
      'whether the sites see each other',
    ],
    ['whole, replication unread', { b: { ...fine, backup: undefined } }, 'inconclusive', 'replication of site-b'],
  ])('%s', (_case, seen, kind, because) => {
    expect(verdictOf(pair, observed(seen))).toEqual({ kind, because: expect.stringContaining(because) });
  });

  it('counts every status but online as detached, and only offline as fully so', () => {
    const observation = observed({ a: { ...fine, backups: { sessions: 'offline', work: 'failed' } } });

    expect(detachedCaches(observation, 'site-a')).toEqual(['sessions', 'work']);
    expect(allDetached(observation, 'site-a')).toBe(false);
    expect(allAttached(observation, 'site-a')).toBe(false);
  });

  it('takes a site without any backup neither for detached nor for attached', () => {
    const observation = observed({ a: { ...fine, backups: {} } });

    expect([allDetached(observation, 'site-a'), allAttached(observation, 'site-a')]).toEqual([false, false]);
    expect(unreportedCaches(observation, 'site-a', pair.caches)).toEqual(['sessions', 'work']);
  });

  it('takes a site that was not observed neither for detached nor for attached', () => {
    const observation = { ...observed(), sites: {} };

    expect([allDetached(observation, 'site-a'), allAttached(observation, 'site-a')]).toEqual([false, false]);
    expect(detachedCaches(observation, 'site-a')).toBeUndefined();
    expect(unreportedCaches(observation, 'site-a', pair.caches)).toEqual([]);
  });
});

describe('a stale site that a fence device has switched off, and that is still in an endpoint group', () => {
  const devices: readonly FenceDevice[] = [
    { name: 'power-a', site: 'site-a', level: 1, kind: 'agent' },
    { name: 'power', site: 'site-b', level: 2, kind: 'agent' },
  ];
  const guarded: SitePair = { ...pair, fencing: { trafficLevel: 1, trafficWithinSeconds: 30, devices } };
  const dark: SeenSite = { ...fine, sees: undefined, backup: undefined, health: undefined };
  const blind: SeenSite = { ...detached, sees: false };

  const verdict = (seen: Seen, power: Reading<DeviceState>, of = guarded) =>
    verdictOf(of, { ...observed(seen), devices: { 'power-a': read('on'), power } });

  it('is fenced, and not diverging: nobody is served there', () => {
    expect(verdict({ a: blind, b: dark }, read('off'))).toEqual({
      kind: 'fenced',
      because: 'site-b is off, as power says, and still in an endpoint group; site-a does not replicate to it',
    });
  });

  it('is half fenced while the other site replicates a cache to it', () => {
    const half: SeenSite = { ...blind, backups: { sessions: 'offline', work: 'online' } };

    expect(verdict({ a: half, b: dark }, read('off'))).toMatchObject({
      kind: 'halfFenced',
      because: expect.stringContaining('site-b is off, as power says') as string,
    });
  });

  it.each<[string, Seen, Reading<DeviceState>]>([
    ['the site answers all the same', { a: blind, b: fine }, read('off')],
    ['the device says on', { a: blind, b: dark }, read('on')],
    ['the device cannot tell', { a: blind, b: dark }, unread('FenceDeviceFailed')],
    ['the device said so too long ago', { a: blind, b: dark }, { value: 'off', at: now - 16_000 }],
  ])('is diverging as ever where %s', (_case, seen, power) => {
    expect(verdict(seen, power).kind).toBe('diverging');
  });

  it('is diverging where no device of the pair is asked, or configured', () => {
    expect(verdictOf(guarded, observed({ a: blind, b: dark })).kind).toBe('diverging');
    expect(verdict({ a: blind, b: dark }, read('off'), pair).kind).toBe('diverging');
  });
});

describe('a pair that does not report its backups', () => {
  it.each([
    ['site-a reports none', { a: { ...fine, backup: undefined, backups: {} } }, 'site-a'],
    ['site-b lacks a configured cache', { b: { ...fine, backups: { work: 'online' } } }, 'site-b'],
  ] as const)('is not healthy: %s', (_, seen, site) => {
    const verdict = verdictOf(pair, observed(seen));

    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.because).toContain(`${site} does not report a backup for every configured cache`);
  });
});
