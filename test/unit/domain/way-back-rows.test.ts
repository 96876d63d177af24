/** Rows of the way back in situations that a run seldom meets. */
import { blockedBy, type Condition } from '../../../domain/conditions/condition';
import { isReplicationWhole, siteOnlineConditions } from '../../../domain/conditions/site-online';
import { cachesOf } from '../../../domain/conditions/comparing';
import { beforeSynchronize, isQuiet } from '../../../domain/conditions/prepare-synchronize';
import { synchronizeConditions } from '../../../domain/conditions/synchronize';
import type { Command } from '../../../domain/command';
import { whatVoids } from '../../../domain/learn-way-back';
import { restartedSince } from '../../../domain/starts';
import { phaseOf } from '../../../domain/phase';
import type { HumanWait, Known } from '../../../domain/state';
import { fine, now, observed, unread, type Seen } from '../../support/observations';
import { fenced, protecting, split } from '../../support/run-states';
import { accepted, round } from './a-round';
import { pair, roles, way, out, situation, row } from './a-way-back';

describe('a row of the way back that does not hold', () => {
  it.each<[string, readonly Condition[], string, Seen, string]>([
    [
      'unread caches of the stale site',
      beforeSynchronize,
      'cachesRead',
      { b: { ...out, backup: undefined } },
      'the caches of both sites to be read',
    ],
    [
      'a stale site that writes back',
      beforeSynchronize,
      'keepSiteOfflineOnStaleSite',
      { b: out },
      'site-a to be offline on site-b',
    ],
    [
      'an unread link',
      synchronizeConditions,
      'linkWhole',
      { b: { ...out, sees: undefined } },
      'both sites to see each other',
    ],
    [
      'a broken link',
      siteOnlineConditions,
      'replicationWhole',
      split,
      'both sites to see each other and to replicate both ways',
    ],
  ])('waits: %s', (_case, rows, name, seen, what) => {
    const condition = row(rows, name);

    expect(condition.holds(situation(seen))).toBe(false);
    expect(condition.make(situation(seen))).toMatchObject({ kind: 'wait', for: what });
  });

  it('has no step of a synchronize that was not decided on', () => {
    expect(() => row(synchronizeConditions, 'staleSiteEmpty').make(situation({ b: out }))).toThrow('without');
  });

  it('is Blocked once the sites differ after the third push', () => {
    const pushed = { ...way, pushStarts: [now - 30_000, now - 20_000, now - 10_000] };
    const seen = situation({ b: { ...out, application: 'stopped' } }, { synchronization: pushed });

    expect(row(synchronizeConditions, 'staleSiteEmpty').make(seen)).toMatchObject({
      kind: 'blocked',
      type: 'ContentsDiffer',
      message: '3 pushes, and site-b still differs from site-a',
    });
  });

  it('empties nothing while Global Accelerator cannot be read', () => {
    const seen = situation({ b: { ...out, application: 'stopped' }, trafficUnread: true }, { synchronization: way });

    expect(row(synchronizeConditions, 'staleSiteEmpty').make(seen)).toMatchObject({
      for: 'Global Accelerator to answer',
    });
  });
});

describe('what is read of the sites on the way back', () => {
  it('has no caches where the backups are unread', () => {
    expect(cachesOf(situation({ a: { ...fine, backup: undefined } }))).toEqual([]);
  });

  it('is quiet by the word of its driver, or once its counter stood still after somebody said so', () => {
    const still = { stores: 100, moves: 0, since: now - 31_000 };

    expect(isQuiet(situation({ b: { ...out, application: 'stopped' } }))).toBe(true);
    expect(isQuiet(situation({ b: { ...out, application: 'running' } }, { storesUnchanged: still }))).toBe(false);
    expect(isQuiet(situation({ b: out }, { storesUnchanged: still }))).toBe(false);
    const said = { applicationStoppedAt: now - 60_000 };
    expect(isQuiet(situation({ b: out }, said))).toBe(false);
    expect(isQuiet(situation({ b: out }, { ...said, storesUnchanged: still }))).toBe(true);
    expect(isQuiet(situation({ b: { ...out, stores: 101 } }, { ...said, storesUnchanged: still }))).toBe(false);
    const attached = { ...said, synchronization: { ...way, pushStarts: [now - 1_000] } };
    expect(isQuiet(situation({ b: { ...out, stores: 101 } }, attached))).toBe(true);
  });

  it('replicates wholly only with a whole link and every backup online', () => {
    expect(isReplicationWhole(situation({}))).toBe(true);
    expect(isReplicationWhole(situation({ b: { ...fine, backup: 'offline' } }))).toBe(false);
  });

  it('has no restart where the start is unread', () => {
    const observation = observed({ b: { ...fine, startedAt: undefined } });

    expect(restartedSince(observation, 'site-b', now)).toBeUndefined();
    expect(restartedSince({ ...observation, sites: {} }, 'site-b', now)).toBeUndefined();
    expect(unread()).toMatchObject({ unknown: 'InfinispanUnreachable' });
  });
});

describe('what was begun', () => {
  const equal = { ...way, pushStarts: [now - 50_000], equalAt: now - 10_000 };
  const reattached = { ...equal, reattachedAt: now - 5_000 };
  const later = now - 1_000;

  it.each<[string, Seen, Partial<Known>, string | undefined]>([
    ['nothing speaks against it', { b: out }, { synchronization: reattached }, undefined],
    ['the sites do not see each other', split, { synchronization: way }, 'the sites do not see each other'],
    ['somebody put the site back', {}, { synchronization: way }, 'site-b is in traffic'],
    [
      'the kept site restarted',
      { a: { ...fine, startedAt: later }, b: out },
      { synchronization: way },
      'site-a restarted',
    ],
    ['the stale site restarted', { b: { ...out, startedAt: later } }, { synchronization: way }, 'site-b restarted'],
    [
      'a site restarted after it was taken out as planned',
      { b: { ...out, startedAt: later } },
      { planned: 'online', staleSiteStartedAt: fine.startedAt },
      'site-b restarted',
    ],
    [
      'a site of which no start was known restarted since this run began',
      { b: { ...out, startedAt: now + 10_000 } },
      { planned: 'online', staleSiteStartedAt: undefined },
      'site-b restarted',
    ],
    [
      'the kept site is detached after they compared equal',
      { a: { ...fine, backup: 'offline' }, b: out },
      { synchronization: equal },
      'site-a does not replicate every cache to site-b',
    ],
    [
      'the stale site is detached before it was attached',
      { b: { ...out, backup: 'offline' } },
      { synchronization: equal },
      undefined,
    ],
    [
      'the stale site is detached again',
      { b: { ...out, backup: 'offline' } },
      { synchronization: reattached },
      'site-b does not replicate every cache to site-a',
    ],
    [
      'a planned site is detached',
      { b: { ...out, backup: 'offline' } },
      { planned: 'online' },
      'site-b does not replicate every cache to site-a',
    ],
    [
      'starts and backups are unread',
      { b: { endpoint: undefined, sees: true } },
      { synchronization: reattached },
      undefined,
    ],
  ])('is void, or not: %s', (_case, seen, part, why) => {
    const { state, known, observation } = situation(seen, part);

    expect(whatVoids({ pair, state, observation, roles, now }, known)).toBe(why);
  });

  it.each<[Partial<Known>, string]>([
    [{ provedSince: undefined }, 'fencing'],
    [{}, 'fenced'],
    [{ synchronization: way }, 'clearing'],
    [{ synchronization: { ...way, emptiedAt: now } }, 'pushing'],
    [{ synchronization: { ...way, pushedAt: now } }, 'comparing'],
    [{ synchronization: equal }, 'reattaching'],
    [{ synchronization: { ...reattached, applicationReadyAt: now } }, 'reattaching'],
    [{ synchronization: { ...reattached, applicationReadyAt: now, refreshedAt: now } }, 'synchronized'],
    [{ planned: 'offline' }, 'goingOffline'],
    [{ planned: 'online' }, 'synchronized'],
    [{ return: { plan: 'p', by: [], since: now, round: 0 } }, 'admitting'],
    [{ return: { plan: 'p', by: [], since: now, round: 0, servingAt: now } }, 'soaking'],
  ])('has the phase that follows from what is known: %o', (part, phase) => {
    expect(phaseOf(situation({}, part).known)).toBe(phase);
  });
});

describe('a step that is Blocked', () => {
  const command: Command = { kind: 'stopApplication', site: 'site-b' };
  const since = (humanWaits?: HumanWait[]) => {
    const next = blockedBy(situation({}, { humanWaits }), command, 'WorkloadManual', 'stop it');
    return next.kind === 'blocked' ? next.since : undefined;
  };

  it('says since when, also after it was looked at again', () => {
    const open: HumanWait = { for: 'blocked', what: 'WorkloadManual', from: now - 9_000 };

    expect(since()).toBe(now);
    expect(since([])).toBe(now);
    expect(since([open])).toBe(now - 9_000);
    expect(since([{ ...open, to: now - 1_000 }])).toBe(now);
    expect(since([{ ...open, what: 'PushFailed' }])).toBe(now);
  });
});

describe('a push that goes on beside a fence', () => {
  const seen: Seen = {
    a: { ...fine, backup: 'offline', pushes: { sessions: 'SENDING', work: 'IDLE' } },
    b: { ...out, backup: 'offline', application: 'stopped' },
  };
  const cancel: Command = { kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches: ['sessions'] };

  it('is cancelled, once at a time', () => {
    const state = fenced(protecting());

    expect(round(state, observed(seen)).next).toMatchObject({ kind: 'do', command: cancel });
    expect(round(accepted(state, cancel, now - 1_000), observed(seen)).says).toBe(
      'wait for the cancelled push to be read',
    );
  });
});
