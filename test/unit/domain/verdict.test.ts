import { allAttached, allDetached, detachedCaches, unreportedCaches, verdictOf } from '../../../domain/verdict';
import { fine, observed, pair, type Seen, type SeenSite } from '../../support/observations';
import { split } from '../../support/run-states';

const out: SeenSite = { ...fine, endpoint: undefined };
const detached: SeenSite = { ...fine, backup: 'offline' };
const mixed = { sessions: 'mixed', work: 'online' } as const;

describe('verdict', () => {
  it.each<[string, Seen, string, string]>([
    ['everything is fine', {}, 'healthy', 'both sites serve, see each other and replicate both ways'],
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
