import { addCommand } from '../../../domain/conditions/changes';
import { fenceConditions } from '../../../domain/conditions/fence';
import { drainMs } from '../../../domain/learn-traffic';
import type { FailureType } from '../../../domain/failure-types';
import type { Observation } from '../../../domain/observation';
import type { CommandFailure, RunState } from '../../../domain/state';
import { digest, fine, groupArn, now, observed, pair, type Seen, type SeenSite } from '../../support/observations';
import { fenced, fencing, latched, protecting, removed, split } from '../../support/run-states';
import { accepted, add, detach, dropKeepSite, failed, held, knowing, remove, round, unconfirmed } from './a-round';

const out: SeenSite = { ...split.b, endpoint: undefined };
const detached: SeenSite = { ...split.a, backup: 'offline' };
const absent = observed({ a: split.a, b: out });
const fence = observed({ a: detached, b: out });

const says = {
  remove: 'remove site-b from Global Accelerator (1); site-a stays',
  detach: 'on site-a take the backup to site-b offline',
  dropKeepSite: 'on site-b take the backup to site-a offline',
  giveBack: 'add site-b to Global Accelerator (1)',
};

/** Two endpoint groups; `holding` are those that hold site-b. */
function twoGroups(holding: readonly string[], seen: Seen = split): Observation {
  const observation = observed(seen);
  const groups = ['one', 'two'].map((arn) => ({
    arn,
    region: arn,
    dial: 100,
    endpoints: ['site-a', ...(holding.includes(arn) ? ['site-b'] : [])].map((site) => ({
      site,
      endpointId: site,
      weight: 128,
      health: 'HEALTHY' as const,
      clientIpPreservation: false,
    })),
  }));
  return { ...observation, traffic: { ...observation.traffic, groups: { value: groups, at: now } } };
}
const removeFrom = (arn: string) => ({ ...remove, groupArn: arn });

describe('fence, step by step', () => {
  it('names each of its conditions, why it is there, and how it is undone', () => {
    expect(fenceConditions.map(({ name }) => name)).toEqual([
      'someSiteInTraffic',
      'staleSiteOutOfTraffic',
      'splitStillOpen',
      'nothingUnderWay',
      'keepSiteServes',
      'fenceLevelConfirmed',
      'staleSiteDetached',
      'keepSiteOfflineOnStaleSite',
      'noPushUnderWay',
      'staleSiteApplicationStopped',
      'acceleratorDeployed',
    ]);
    for (const { because, undo } of fenceConditions) expect([because, undo]).not.toContain('');
  });

  it('removes the stale site, then detaches it, then waits for the deployment, then guards', () => {
    const first = round(protecting(), observed(split));
    const second = round(first.state, absent, now + 100);
    const third = round(second.state, fence, now + 200);
    const fourth = round(third.state, fence, now + 1_300);

    expect([first.says, second.says, third.says, fourth.says]).toEqual([
      says.remove,
      says.detach,
      'wait for the accelerator to be DEPLOYED, read twice',
      'wait for the link to heal (site-a does not see site-b, site-b does not see site-a)',
    ]);
    expect(first.state.known.groups[groupArn]?.removalRequestedAt).toBe(now);
    expect(second.state.known.detachRequestedAt).toBe(now + 100);
    expect(third.state.known.provedSince).toBe(now + 200);
  });

  it('goes on where a half-done fence stands', () => {
    const { says: said } = round(removed(protecting()), absent);

    expect(said).toBe(says.detach);
  });

  it('looks at what is known of each site while it guards', () => {
    const state = fenced(protecting(), { deployedReadTwiceAt: now - 100 });
    const silent = { ...out, sees: undefined, backup: undefined };

    expect(round(state, observed({ a: detached, b: silent })).says).toBe(
      "wait for the link to heal (site-a does not see site-b, site-b's view is unknown)",
    );
  });

  it('does not touch anything while Global Accelerator is unread', () => {
    expect(round(removed(protecting()), observed({ ...split, trafficUnread: true })).says).toBe(
      'wait for Global Accelerator to answer',
    );
  });
});

describe('removal of the stale site', () => {
  it('is not sent again within 10 s of being accepted', () => {
    const state = accepted(latched(protecting()), remove, now - 9_999);

    expect(round(state, observed(split)).says).toBe('wait for the accepted removal of site-b to be read');
    expect(round(state, observed(split), now + 1).says).toBe(says.remove);
  });

  it.each<[string, SeenSite, string]>([
    ['absent', { ...split.a, endpoint: undefined }, 'LastEndpoint'],
    ['unhealthy', { ...split.a, endpoint: { health: 'UNHEALTHY' } }, 'KeepSiteUnhealthy'],
    ['without weight', { ...split.a, endpoint: { weight: 0 } }, 'KeepSiteGetsNoTraffic'],
  ])('is refused while the kept site is %s', (_case, a, code) => {
    expect(round(latched(protecting()), observed({ a, b: split.b })).says).toBe(`refuse: ${code}`);
  });

  it('goes from group to group, without waiting for the first to be read', () => {
    const first = round(protecting(), twoGroups(['one', 'two']));
    const second = round(accepted(first.state, removeFrom('one'), now), twoGroups(['one', 'two']), now + 100);
    const both = accepted(accepted(second.state, removeFrom('one'), now), removeFrom('two'), now + 100);

    expect([first.says, second.says]).toEqual([
      'remove site-b from Global Accelerator (one); site-a stays',
      'remove site-b from Global Accelerator (two); site-a stays',
    ]);
    expect(round(both, twoGroups(['two']), now + 200).says).toBe('wait for the accepted removal of site-b to be read');
    expect(round(both, twoGroups([]), now + 200).says).toBe(says.detach);
  });

  it('is repeated when somebody puts the site back, at most once per 15 s', () => {
    const back = observed({ a: detached, b: split.b });
    const first = round(fenced(protecting()), back);
    const gone = round(accepted(first.state, remove, now), fence, now + 1_000);
    const again = round(gone.state, back, now + 14_999);
    const later = round(again.state, back, now + 15_000);

    expect([first.says, again.says, later.says]).toEqual([
      says.remove,
      'wait for the next removal of site-b, which somebody put back',
      says.remove,
    ]);
    expect(later.state.known.reRemovals).toEqual([now, now + 15_000]);
  });

  it('is repeated in every group into which somebody put the site back', () => {
    const groups = { one: taken(), two: taken() };
    const seen = { ...split, a: detached };
    const first = round(fenced(protecting(), { groups }), twoGroups(['one', 'two'], seen));
    const second = round(accepted(first.state, removeFrom('one'), now), twoGroups(['two'], seen), now + 100);

    expect([first.says, second.says]).toEqual([
      'remove site-b from Global Accelerator (one); site-a stays',
      'remove site-b from Global Accelerator (two); site-a stays',
    ]);
  });
});

describe('a protective command that fails', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 5],
    [4, 15],
    [5, 15],
    [500, 15],
  ])('after %d failures is tried again in %d s', (count, seconds) => {
    const state = failed(latched(protecting()), remove, { count });

    const waiting = round(state, observed(split), now + seconds * 1_000 - 1);
    const trying = round(state, observed(split), now + seconds * 1_000);

    expect(waiting.next).toMatchObject({ kind: 'wait', until: now + seconds * 1_000 });
    expect(trying.says).toBe(says.remove);
  });

  it('for want of the outer lock says who holds it, since when, and what to do: the same at each try', () => {
    const message = 'The lock sitewarden/demo/run is held by terraform\u001b; nothing was sent.';
    const told = (part: Partial<CommandFailure>) =>
      round(failed(latched(protecting()), remove, { type: 'LockHeld', message, ...part }), observed(split)).says;
    const says =
      'wait for another try after LockHeld, since 03:11:01 UTC: The lock sitewarden/demo/run is held by terraform ; nothing was sent. Let that automation end, or end it: docs/runbooks/lock.md';

    expect(told({ count: 7, since: now - 60_000 })).toBe(says);
    expect(told({ count: 8, since: now - 60_000 })).toBe(says);
    expect(told({})).toContain('LockHeld, since 03:12:01 UTC');
  });

  it('for want of the store of locks says why that cannot be asked; for other reasons the type alone', () => {
    const message = 'The store of locks did not answer in time.';
    const told = (type: FailureType) =>
      round(failed(latched(protecting()), remove, { type, message }), observed(split)).says;

    expect(told('LockUnavailable')).toContain(`${message} See to the store of locks: docs/runbooks/lock.md`);
    expect(told('TrafficThrottled')).toBe('wait for another try after TrafficThrottled');
  });

  it('waits for nothing when its failure lies in the future of this clock', () => {
    expect(round(failed(latched(protecting()), remove, { at: now + 60_000 }), observed(split)).says).toBe(says.remove);
  });

  it('is not stopped by a hold', () => {
    expect(round(held(latched(protecting())), observed(split)).says).toBe(says.remove);
    expect(round(held(removed(protecting())), absent).says).toBe(says.detach);
  });
});

describe('an unconfirmed command', () => {
  it('of the other direction is waited out', () => {
    const state = unconfirmed(latched(protecting()), add, now + 4_000);

    expect(round(state, observed(split)).next).toEqual({
      kind: 'wait',
      for: 'an earlier command, which may still take effect',
      until: now + 4_000,
      pace: 'fast',
    });
    expect(round(state, observed(split), now + 4_000).says).toBe(says.remove);
  });

  it('of the same direction delays nothing', () => {
    expect(round(unconfirmed(removed(protecting()), remove, now + 4_000), absent).says).toBe(says.detach);
  });

  it('is not waited for longer than it could live, whatever the clocks say', () => {
    expect(round(unconfirmed(latched(protecting()), add, now + 60_000), observed(split)).says).toBe(says.remove);
  });
});

describe('detach of the stale site', () => {
  it('is sent only while the stale site reads out of every group', () => {
    expect(round(removed(protecting()), observed(split)).says).toBe(says.remove);
  });

  it('is not sent while a site that was given back may soon be read in traffic', () => {
    const state = accepted(removed(protecting()), add, now - 9_999);

    expect(round(state, absent).says).toBe('wait for an earlier command, which may still take effect');
    expect(round(state, absent, now + 1).says).toBe(says.detach);
  });

  it('is sent in neither direction then, also when somebody else has detached the kept site', () => {
    const state = accepted(removed(protecting()), add, now - 9_999);
    const both = { a: { ...detached, sees: true }, b: { ...out, sees: true } };

    expect(round(state, observed(both)).says).toBe('wait for an earlier command, which may still take effect');
    expect(round(state, observed(both), now + 1).says).toBe(says.dropKeepSite);
  });

  it.each<[string, SeenSite]>([
    ['some caches stayed online', { ...split.a, backups: { sessions: 'offline', work: 'online' } }],
    ['some caches failed', { ...split.a, backups: { sessions: 'failed', work: 'failed' } }],
  ])('is repeated 5 s after it was accepted: %s', (_case, a) => {
    const state = accepted(removed(protecting()), detach, now - 4_999);

    expect(round(state, observed({ a, b: out })).says).toBe('wait for the accepted detach of site-b to be read');
    expect(round(state, observed({ a, b: out }), now + 1).says).toBe(says.detach);
  });

  it('is tried blindly three times while the replication of the kept site is unread', () => {
    const unread = observed({ a: { ...split.a, backup: undefined }, b: out });
    const state = removed(protecting());
    const tried = (count: number): RunState => failed(state, detach, { count, at: now - 60_000 });

    expect([state, tried(1), tried(2), tried(3)].map((each) => round(each, unread).says)).toEqual([
      says.detach,
      says.detach,
      says.detach,
      'refuse: KeepSiteNotAdministrable',
    ]);
    expect(round(accepted(state, detach, now - 6_000), unread).says).toBe("wait for site-a's Infinispan to answer");
    expect(round(fenced(protecting()), unread).says).toBe("wait for site-a's Infinispan to answer");
  });

  it('is repeated when the kept site was restarted: it forgot, and it is empty', () => {
    const restarted = observed({ a: { ...split.a, startedAt: now - 1_000 }, b: out });

    const { says: said, state } = round(fenced(protecting()), restarted);

    expect(said).toBe(says.detach);
    expect(state.known).toMatchObject({ keepSiteRestarts: 1, phase: 'fencing', epoch: 2 });
  });

  it('is repeated, and the stale site never added, when the kept one comes back empty with the link healed', () => {
    const healedAndEmpty = observed({ a: { ...fine, startedAt: now - 1_000 }, b: { ...fine, endpoint: undefined } });
    let state = fenced(protecting(), { linkWholeSince: now - 3_600_000 });
    const said: string[] = [];
    for (const afterSeconds of [0, 60, 120]) {
      const answer = round(state, healedAndEmpty, now + afterSeconds * 1_000);
      said.push(answer.says);
      state = answer.state;
    }

    expect(said).toEqual([says.detach, says.detach, says.detach]);
  });
});

describe('the kept site on the stale one', () => {
  const due = fenced(protecting(), { keepSiteOfflineOnStaleDueSince: now - 100, deployedReadTwiceAt: now - 100 });

  it('is taken offline once that is due and the stale site answers', () => {
    expect(round(due, fence).says).toBe(says.dropKeepSite);
    expect(round(fenced(protecting()), fence, now + drainMs).says).toBe(says.dropKeepSite);
  });

  it('is looked for every second while the stale site does not answer', () => {
    const { next } = round(due, observed({ a: detached, b: { ...out, sees: undefined, backup: undefined } }));

    expect(next).toMatchObject({ kind: 'wait', pace: 'fast' });
  });

  it('is not asked for again within 5 s of being accepted', () => {
    expect(round(accepted(due, dropKeepSite, now - 1_000), fence).says).toBe(
      'wait for the accepted detach of site-a on site-b to be read',
    );
  });

  it('is taken offline again after the stale site was restarted', () => {
    const dropped = observed({ a: detached, b: { ...out, backup: 'offline' } });
    const first = round(due, dropped);
    const restarted = round(first.state, fence, now + 60_000);

    expect(first.next).toMatchObject({ kind: 'wait', pace: 'slow' });
    expect(restarted.says).toBe(says.dropKeepSite);
  });
});

describe('a guarded fence', () => {
  const whole = observed({ a: { ...detached, sees: true }, b: { ...out, sees: true, backup: 'offline' } });
  const guarded = fenced(protecting(), { deployedReadTwiceAt: now - 100 });

  it('waits for a stable link, then prepares the synchronize', () => {
    const first = round(guarded, whole);

    expect(first.says).toBe('wait for both sites to see each other for 60 s');
    expect(round(first.state, whole, now + 60_000).says).toBe('compare every key and value of site-a and site-b');
  });

  it.each<[string, SeenSite]>([
    ['not in traffic', { ...detached, endpoint: undefined }],
    ['unhealthy', { ...detached, endpoint: { health: 'UNHEALTHY' } }],
  ])('asks a human whether the stale site is to serve when the kept one is %s', (_case, a) => {
    const first = round(guarded, observed({ a, b: out }));
    const { next } = round(first.state, observed({ a, b: out }), now + 10_000);

    expect(first.next.kind).toBe('wait');
    expect(next).toMatchObject({ kind: 'ask', gate: 'admitStaleSite', question: expect.stringContaining('site-a') });
  });

  it('does not ask about a kept site whose traffic is unread', () => {
    const { next } = round(guarded, observed({ a: detached, b: out, trafficUnread: true }));

    expect(next).toMatchObject({ kind: 'wait', for: 'Global Accelerator to answer' });
  });
});

describe('a kept site that vanishes before anything is detached', () => {
  const empty = observed({ a: { ...split.a, endpoint: undefined }, b: out });

  it('gives the stale site back at once, with the settings it had', () => {
    const { next } = round(removed(protecting()), empty);

    expect(next).toMatchObject({ kind: 'do', command: add });
  });

  it('gives it back once per 10 s, under hold too, and for ever', () => {
    expect(round(accepted(removed(protecting()), add, now - 9_999), empty).says).toBe(
      'wait for the accepted return of site-b to be read',
    );
    const state = failed(held(removed(protecting())), add, {
      count: 99,
      at: now - 15_000,
      type: 'RestoreNotPermitted',
    });
    expect(round(state, empty).says).toBe(says.giveBack);
  });

  it('gives nothing back once the detach was asked for', () => {
    const state = removed(protecting(), { detachRequestedAt: now - 100 });

    expect(round(state, empty).says).toBe(says.detach);
  });

  it('gives nothing back that this run did not remove', () => {
    const groups = { [groupArn]: { dial: 100, endpoints: [], removedByUs: false, absentReadAt: now } };

    const first = round(removed(protecting(), { groups }), empty);

    expect(first.says).toBe('wait for site-a to serve again before site-b is detached');
    expect(round(first.state, empty, now + 10_000).next).toMatchObject({ kind: 'ask', gate: 'keepSite' });
  });

  it('gives it back as declared where it was never read, and without traffic where it was not declared either', () => {
    const state = removed(protecting(), { groups: {} });
    const situation = { pair, state, known: state.known, roles: state.known.roles!, observation: empty, now, digest };

    expect(addCommand(situation, groupArn)).toMatchObject({ settings: { weight: 64, clientIpPreservation: true } });
    expect(addCommand({ ...situation, pair: { ...pair, endpoints: {} } }, groupArn)).toMatchObject({
      settings: { weight: 0, clientIpPreservation: false },
    });
  });

  it('is fenced for again as soon as it is back', () => {
    expect(round(knowing(removed(protecting()), {}), observed(split)).says).toBe(says.remove);
  });
});

describe('a fence that a person asked for', () => {
  it('is completed though the link is whole', () => {
    expect(round(removed(fencing('site-b')), observed({ b: { ...fine, endpoint: undefined } })).says).toBe(says.detach);
  });
});

function taken() {
  return { dial: 100, endpoints: [], removalRequestedAt: now - 60_000, removedByUs: true, absentReadAt: now - 50_000 };
}
