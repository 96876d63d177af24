import { learn, linkIsStable } from '../../../domain/learn';
import { drainMs } from '../../../domain/learn-traffic';
import { find, note } from '../../../domain/notes';
import type { Observation } from '../../../domain/observation';
import type { Known, RunState } from '../../../domain/state';
import { fine, groupArn, now, observed, pair, type SeenSite } from '../../support/observations';
import { fenced, latched, protecting, removed, split, taught } from '../../support/run-states';
import { knowing } from './a-round';

const unknownLink = observed({ a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } });
const out: SeenSite = { ...split.b, endpoint: undefined };
const detached: SeenSite = { ...split.a, backup: 'offline' };
const fence = observed({ a: detached, b: out });

function learnt(state: RunState, observation: Observation, at = now): Known {
  return learn({ pair, state, observation, now: at });
}
const told = ({ timeline }: Known): string[] => timeline.map(({ what }) => what);

describe('what is learnt of the link', () => {
  it('is since when it reads whole', () => {
    expect(learnt(protecting(), observed()).linkWholeSince).toBe(now);
    expect(learnt(knowing(protecting(), { linkWholeSince: now - 5 }), observed()).linkWholeSince).toBe(now - 5);
  });

  it('is that it broke, and when first', () => {
    const known = learnt(knowing(protecting(), { linkWholeSince: now - 5 }), observed(split));

    expect(known.linkWholeSince).toBeUndefined();
  });

  it('is nothing from an unread link that was not whole', () => {
    expect(learnt(protecting(), unknownLink)).toEqual(protecting().known);
  });

  it('does not count the time in which it was not read', () => {
    let state = knowing(protecting(), { linkWholeSince: now - 55_000 });

    state = taught(state, unknownLink, now);
    expect(linkIsStable(state.known, 60, now + 10_000)).toBe(false);
    state = taught(state, observed(), now + 10_000);

    expect(state.known).toMatchObject({ linkWholeSince: now - 45_000, linkUnknownSince: undefined });
    expect(linkIsStable(state.known, 60, now + 14_999)).toBe(false);
    expect(linkIsStable(state.known, 60, now + 15_000)).toBe(true);
  });

  it('is void after 15 s of not being read', () => {
    let state = knowing(protecting(), { linkWholeSince: now - 3_600_000 });

    state = taught(state, unknownLink, now);
    state = taught(state, unknownLink, now + 14_999);
    expect(state.known.linkWholeSince).toBe(now - 3_600_000);
    state = taught(state, unknownLink, now + 15_000);

    expect(state.known.linkWholeSince).toBeUndefined();
    expect(linkIsStable(state.known, 60, now + 15_000)).toBe(false);
  });

  it('never lies in the future, whatever the clocks say', () => {
    const known = { linkWholeSince: now - 5, linkUnknownSince: now + 60_000 };

    expect(learnt(knowing(protecting(), known), observed()).linkWholeSince).toBe(now - 5);
    expect(learnt(knowing(protecting(), { linkWholeSince: now + 60_000 }), observed()).linkWholeSince).toBe(now);
  });
});

describe('what is learnt of the endpoint groups', () => {
  it('is that the stale site was read absent after its removal was asked for: removed by us, and drained in 340 s', () => {
    const state = latched(protecting());
    const groups = { [groupArn]: { dial: 100, endpoints: [], removalRequestedAt: now - 50 } };

    const known = learnt(knowing(state, { groups }), observed({ a: split.a, b: out }));

    expect(known.groups[groupArn]).toMatchObject({ removedByUs: true, absentReadAt: now, drainUntil: now + drainMs });
    expect(told(known)).toContain('site-b read absent from eu-west-1');
  });

  it('is not that this run removed what it found absent', () => {
    const known = learnt(latched(protecting()), observed({ a: split.a, b: out }));

    expect(known.groups[groupArn]?.removedByUs).toBe(false);
  });

  it('is that somebody put the site back; the drain starts anew with the next removal', () => {
    const back = learnt(removed(protecting()), observed(split));
    const again = learnt(knowing(protecting(), back), observed({ a: split.a, b: out }), now + 20_000);

    expect(back.groups[groupArn]).toMatchObject({ absentReadAt: undefined, drainUntil: undefined, removedByUs: true });
    expect(told(back)).toContain('site-b is back in eu-west-1, and it was not us');
    expect(again.groups[groupArn]).toMatchObject({ removedByUs: true, drainUntil: now + 20_000 + drainMs });
  });

  it('blames nobody while this run puts the site back itself', () => {
    const known = learnt(removed(protecting(), { restoringSince: now - 1_000 }), observed());

    expect(told(known).filter((what) => what.includes('not us'))).toEqual([]);
  });

  it('remembers a group that appeared later, as it was first read', () => {
    const known = learnt(latched(protecting(), { groups: {} }), observed(split));

    expect(known.groups[groupArn]).toMatchObject({ dial: 100, endpoints: [{ site: 'site-a' }, { site: 'site-b' }] });
  });

  it('is nothing while Global Accelerator is unread', () => {
    const state = removed(protecting());

    expect(learnt(state, observed({ ...split, trafficUnread: true })).groups).toMatchObject(state.known.groups);
  });
});

describe('what is learnt of the kept site', () => {
  it('is that its caches are detached, since when, and never forgotten', () => {
    const first = learnt(removed(protecting()), fence);
    const later = learnt(knowing(protecting(), first), observed({ a: split.a, b: out }), now + 1_000);

    expect(first).toMatchObject({ detachedAt: now, allDetachedSince: now, detachedCaches: ['sessions', 'work'] });
    expect(later).toMatchObject({ detachedAt: now, allDetachedSince: undefined, detachedCaches: [] });
    expect(told(later)).toEqual(
      expect.arrayContaining([
        'on site-a the backup to site-b read offline for 2 caches',
        'on site-a the backup to site-b reads online again',
      ]),
    );
  });

  it('is that something was detached already when one cache is', () => {
    const a = { ...split.a, backups: { sessions: 'offline', work: 'online' } } as const;

    expect(learnt(removed(protecting()), observed({ a, b: out }))).toMatchObject({
      detachedAt: now,
      allDetachedSince: undefined,
      detachedCaches: ['sessions'],
    });
  });

  it('is nothing while its backups are unread', () => {
    const state = fenced(protecting());

    const known = learnt(state, observed({ a: { ...split.a, backup: undefined }, b: out }));

    expect(known.allDetachedSince).toBe(state.known.allDetachedSince);
  });

  it('is told once when it reports no backup for a configured cache', () => {
    const observation = observed({ a: { ...split.a, backups: { sessions: 'offline' } }, b: out });

    const once = learnt(removed(protecting()), observation);
    const twice = learnt(knowing(protecting(), once), observation);

    expect(twice.findings).toEqual(['site-a reports no backup for the configured cache work']);
  });

  it('is a restart when it started later than before, with what it held when read', () => {
    const known = learnt(latched(protecting()), observed({ ...split, a: { ...split.a, startedAt: now - 60_000 } }));

    expect(known).toMatchObject({ keepSiteRestarts: 1, keepSiteStartedAt: now - 60_000 });
    expect(told(known)).toContain("site-a's Infinispan restarted at 03:11:01 UTC and held 11 entries when read");
  });

  it('is a restart even when its sizes are unread', () => {
    const known = learnt(
      latched(protecting()),
      observed({ ...split, a: { ...split.a, startedAt: now - 60_000, backup: undefined } }),
    );

    expect(told(known)).toContain("site-a's Infinispan restarted at 03:11:01 UTC when read");
  });

  it.each([
    ['up to 3 s later', -3_600_000 + 3_000, 0],
    ['earlier', -3_600_000 - 60_000, 0],
    ['more than 3 s later', -3_600_000 + 3_001, 1],
  ])('is a restart only beyond the tolerance of a read in whole seconds: %s', (_case, startedAt, restarts) => {
    const known = learnt(latched(protecting()), observed({ a: { ...fine, startedAt: now + startedAt } }));

    expect(known.keepSiteRestarts).toBe(restarts);
  });

  it.each([
    ['before the run: its start, now known', now - 3_600_000, 0],
    ['in the run: a restart', now - 100_000 + 4_000, 1],
  ])(
    'is judged by the start of the run where its own was unread when the roles were latched: %s',
    (_case, at, restarts) => {
      const unreadAtLatch = latched(protecting(), {}, observed({ a: { ...fine, startedAt: undefined } }));

      const known = learnt({ ...unreadAtLatch, startedAt: now - 100_000 }, observed({ a: { ...fine, startedAt: at } }));

      expect(known).toMatchObject({ keepSiteRestarts: restarts, keepSiteStartedAt: at });
    },
  );

  it('is nothing when it was not observed', () => {
    const { known } = latched(protecting());

    expect(learnt(latched(protecting()), { ...observed(), sites: {} })).toMatchObject({
      keepSiteStartedAt: known.keepSiteStartedAt,
      keepSiteRestarts: 0,
    });
  });
});

describe('what is learnt of the stale site', () => {
  const silent: SeenSite = { ...out, sees: undefined, backup: undefined };
  const due = ({ keepSiteOfflineOnStaleDueSince }: Known) => keepSiteOfflineOnStaleDueSince;

  it.each<[string, RunState, SeenSite, number, string | undefined]>([
    ['in a split, before the drain is over', fenced(protecting()), out, now, undefined],
    ['when old flows are over', fenced(protecting()), out, now + drainMs, 'old flows are over'],
    [
      'when it answers again though it did not at the latch',
      fenced(protecting(), { staleSiteAnsweredAtLatch: false }),
      out,
      now,
      'site-b answers again',
    ],
    ['when it sees the kept one', fenced(protecting()), { ...out, sees: true }, now, 'site-b sees its rival'],
    ['not before anything is detached', removed(protecting()), { ...out, sees: true }, now, undefined],
    ['while it is silent', fenced(protecting(), { staleSiteAnsweredAtLatch: false }), silent, now, undefined],
  ])('is whether it must drop the kept one: %s', (_case, state, b, at, why) => {
    const known = learnt(state, observed({ a: state.known.detachedAt ? detached : split.a, b }), at);

    expect(due(known)).toBe(why && at);
    expect(told(known).some((what) => what.endsWith(`is to be offline on site-b: ${why}`))).toBe(why !== undefined);
  });

  it('is not drained while one group is not', () => {
    const drained = { dial: 100, endpoints: [], drainUntil: now - 1 };
    const state = fenced(protecting(), { groups: { one: drained, two: { dial: 100, endpoints: [] } } });

    expect(due(learnt(state, observed({ a: detached, b: out, trafficUnread: true })))).toBeUndefined();
  });

  it('has no drain to wait for, and none that is over, without any group', () => {
    const state = fenced(protecting(), { groups: {} });

    expect(due(learnt(state, observed({ a: detached, b: out, trafficUnread: true })))).toBeUndefined();
  });

  it('stays due from then on', () => {
    const state = fenced(protecting(), { keepSiteOfflineOnStaleDueSince: now - 9 });

    expect(due(learnt(state, fence))).toBe(now - 9);
  });

  it('is since when the kept one reads offline there; a restart of the stale site ends that, silence does not', () => {
    const dropped = observed({ a: detached, b: { ...out, backup: 'offline' } });

    const first = learnt(fenced(protecting()), dropped);
    const later = learnt(knowing(protecting(), first), dropped, now + 1_000);
    const unread = learnt(knowing(protecting(), later), observed({ a: detached, b: silent }), now + 2_000);
    const restarted = learnt(knowing(protecting(), unread), fence, now + 3_000);

    expect([first, later, unread, restarted].map((known) => known.keepSiteOfflineOnStaleSince)).toEqual([
      now,
      now,
      now,
      undefined,
    ]);
    expect(told(first)).toContain('on site-b the backup to site-a read offline');
  });

  it('is nothing when it was not observed', () => {
    const { 'site-b': _stale, ...sites } = fence.sites;
    const state = fenced(protecting(), { staleSiteAnsweredAtLatch: false });

    expect(due(learnt(state, { ...fence, sites }))).toBeUndefined();
  });
});

describe('what is learnt of the deployment', () => {
  const inProgress = observed({ a: detached, b: out, status: 'IN_PROGRESS' });

  it('is DEPLOYED only once it was read twice, a second apart: the first may be from before the removal', () => {
    let state = taught(removed(protecting()), fence, now);
    expect(state.known.deployedFirstReadAt).toBe(now);
    state = taught(state, fence, now + 999);
    expect(state.known.deployedReadTwiceAt).toBeUndefined();
    state = taught(state, fence, now + 1_000);
    expect(state.known.deployedReadTwiceAt).toBe(now + 1_000);
    state = taught(state, inProgress, now + 2_000);
    expect(state.known.deployedReadTwiceAt).toBe(now + 1_000);
  });

  it('starts anew with IN_PROGRESS, and when the stale site is back', () => {
    const state = taught(removed(protecting()), fence, now);

    expect(learnt(state, inProgress, now + 1_000).deployedFirstReadAt).toBeUndefined();
    expect(learnt(state, observed(split), now + 1_000).deployedFirstReadAt).toBeUndefined();
  });

  it('is nothing while the status is unread', () => {
    const state = taught(removed(protecting()), fence, now);
    const unread = {
      ...fence,
      traffic: { ...fence.traffic, status: { unknown: 'TrafficThrottled', at: now } as const },
    };

    expect(learnt(state, unread, now + 5_000)).toEqual(state.known);
  });
});

describe('the proof of a fence', () => {
  it('is the stale site out and every cache detached, in one observation', () => {
    const known = learnt(removed(protecting()), fence);

    expect(known).toMatchObject({ phase: 'fenced', provedSince: now, fencedAt: now });
    expect(told(known)).toContain('fenced: site-b is out, site-a serves alone');
  });

  it.each<[string, Observation]>([
    ['traffic unread', observed({ a: detached, b: out, trafficUnread: true })],
    ['replication unread', observed({ a: { ...split.a, backup: undefined }, b: out })],
  ])('is neither given nor taken by what is unread: %s', (_case, observation) => {
    expect(learnt(removed(protecting()), observation).provedSince).toBeUndefined();
    expect(learnt(fenced(protecting()), observation)).toMatchObject({ phase: 'fenced', provedSince: now - 500 });
  });

  it.each<[string, Observation]>([
    ['the stale site is back', observed({ a: detached, b: split.b })],
    ['the kept site replicates again', observed({ a: split.a, b: out })],
  ])('is lost with one read against it, and a new epoch begins: %s', (_case, observation) => {
    const state = fenced(protecting());

    const known = learnt(state, observation);

    expect(known).toMatchObject({ phase: 'fencing', provedSince: undefined, epoch: state.known.epoch + 1 });
    expect(known.fencedAt).toBe(state.known.fencedAt);
  });

  it('is given again, and the first time is kept', () => {
    const lost = taught(fenced(protecting()), observed({ a: split.a, b: out }), now);

    expect(learnt(lost, fence, now + 1_000)).toMatchObject({ provedSince: now + 1_000, fencedAt: now - 500 });
  });
});

describe('the memory of a run', () => {
  it('keeps the latest hundred notes and twenty findings', () => {
    let { known } = protecting();
    for (let index = 0; index < 150; index += 1) known = find(note(known, index, `note ${index}`), `finding ${index}`);

    expect([known.timeline.length, known.timeline[0]?.what]).toEqual([100, 'note 50']);
    expect([known.findings.length, known.findings[0]]).toEqual([20, 'finding 130']);
  });
});
