/** Rows of the way back in situations that a run seldom meets. */
import { blockedBy, type Condition, type Situation } from '../../../domain/conditions/condition';
import {
  afterFailure,
  askSiteOnline,
  beginReturn,
  giveUpUnhealthy,
  isReplicationWhole,
  siteOnlineConditions,
} from '../../../domain/conditions/site-online';
import {
  askSynchronize,
  beforeSynchronize,
  begun,
  cachesOf,
  compare,
  isQuiet,
  previewOf,
  synchronizeConditions,
} from '../../../domain/conditions/synchronize';
import type { CacheComparison, Comparison } from '../../../domain/comparison';
import type { Command } from '../../../domain/command';
import { restartedSince, whatVoids } from '../../../domain/learn-way-back';
import { phaseOf } from '../../../domain/phase';
import type { Next } from '../../../domain/next';
import type { HumanWait, Known, RunState, Synchronization } from '../../../domain/state';
import { digest, fine, groupArn, now, observed, pair as usual, unread, type Seen } from '../../support/observations';
import { fenced, protecting, split } from '../../support/run-states';
import { accepted, failed, round, withCommands } from './a-round';

const pair = { ...usual, workloads: { 'site-a': 'exec', 'site-b': 'exec' } } as const;
const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };
const way: Synchronization = {
  plan: 'plan',
  by: ['somebody'],
  since: now - 60_000,
  discarded: 0,
  keepSiteStartedAt: fine.startedAt as number,
  staleSiteStartedAt: fine.startedAt as number,
  caches: ['sessions', 'work'],
  pushStarts: [],
  pushed: [],
  spoiled: [],
};
const out = { ...fine, endpoint: undefined };

function situation(seen: Seen, part: Partial<Known> = {}): Situation {
  const state = fenced(protecting(), part);
  return { pair, state, known: state.known, roles, observation: observed(seen), now, digest };
}

function row(rows: readonly Condition[], name: string): Condition {
  const found = rows.find((one) => one.name === name);
  if (!found) throw new Error(`there is no row ${name}`);
  return found;
}

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
    [{ synchronization: { ...reattached, applicationReadyAt: now } }, 'synchronized'],
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

const counted: CacheComparison = { keepEntries: 10, staleEntries: 10, onlyOnKeep: 0, onlyOnStale: 2, differing: 1 };
const same: CacheComparison = { ...counted, onlyOnStale: 0, differing: 0 };
const comparison: Comparison = {
  keepSite: 'site-a',
  staleSite: 'site-b',
  epoch: 1,
  startedAt: now - 20_000,
  endedAt: now - 10_000,
  keepSiteStartedAt: fine.startedAt as number,
  staleSiteStartedAt: fine.startedAt as number,
  caches: { sessions: counted, work: same },
};

/** The same situation, with what the loop remembers of its commands. */
function after(before: Situation, change: (state: RunState) => RunState): Situation {
  return { ...before, state: change(before.state) };
}

function compared(before: Situation, part: Partial<Comparison> = {}, comparedInRound = 5): Situation {
  return after(before, (state) => withCommands(state, { comparison: { ...comparison, ...part }, comparedInRound }));
}

function said(next: Next | Known | undefined): string {
  if (!next || !('kind' in next)) return 'nothing';
  if (next.kind === 'wait') return `wait for ${next.for}`;
  if (next.kind === 'do') return next.command.kind;
  return next.kind === 'blocked' ? `blocked: ${next.type}` : next.kind;
}

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
    const hanging = { ...pushed, emptiedAt: now - 500_000, pushStarts: [now - 400_000] };
    expect(filled(sending, hanging)).toBe('cancelPush');
    const progress = { what: 'push', done: 1, total: 2, since: now - 400_000, at: now - 1_000 };
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

describe('a step of the return', () => {
  const back = { plan: 'plan', by: ['somebody'], since: now - 30_000, round: 4 };
  const step = (name: string, seen: Situation): string => said(row(siteOnlineConditions, name).make(seen));
  const isComparedAgain = (seen: Situation): boolean => row(siteOnlineConditions, 'comparedAgain').holds(seen);
  const equal = { caches: { sessions: same } };
  const add: Command = {
    kind: 'addEndpoint',
    groupArn,
    site: 'site-b',
    settings: { weight: 64, clientIpPreservation: true },
  };

  it('is asked about with the settings that clients had, or those of the configuration', () => {
    expect(askSiteOnline(situation({ b: out })).question).toContain(
      '1 endpoint group, weight 77, client IP preservation on',
    );
    expect(askSiteOnline(situation({ b: out }, { groups: {} })).question).toContain(
      '0 endpoint groups, weight 64, client IP preservation on',
    );
    const noneDeclared = { ...situation({ b: out }, { groups: {} }), pair: { ...pair, endpoints: {} } };
    expect(askSiteOnline(noneDeclared).question).toContain('weight 0, client IP preservation off');
    expect(askSiteOnline(situation({ b: out }, { planned: 'online', returns: 2 }))).toMatchObject({
      atLeast: 1,
      plan: { returns: 2 },
    });
  });

  it('asks the same while the groups cannot be read', () => {
    expect(askSiteOnline(situation({ trafficUnread: true }))).toEqual(askSiteOnline(situation({ b: out })));
  });

  it('is compared again after it was decided on, a minute before at most', () => {
    const seen = situation({ b: out }, { return: back });

    expect(isComparedAgain(seen)).toBe(false);
    expect(isComparedAgain(compared(seen, equal))).toBe(true);
    expect(isComparedAgain(compared(seen))).toBe(false);
    expect(isComparedAgain(compared(seen, equal, 4))).toBe(false);
    expect(isComparedAgain(compared(situation({ b: out }), equal))).toBe(false);
    const long = { ...back, since: now - 300_000 };
    expect(
      isComparedAgain(compared(situation({ b: out }, { return: long }), { ...equal, endedAt: now - 61_000 })),
    ).toBe(false);
    expect(isComparedAgain(situation({}, { return: back }))).toBe(true);
    expect(isComparedAgain(situation({ b: out }, { return: { ...back, servingAt: now } }))).toBe(true);
  });

  it('starts an application that was left stopped, before the site is let in', () => {
    const stopped = situation({ b: { ...out, application: 'stopped' } }, { return: back });
    const runs = row(siteOnlineConditions, 'applicationRuns');
    const start: Command = { kind: 'startApplication', site: 'site-b' };

    expect(runs.holds(stopped)).toBe(false);
    expect(said(runs.make(stopped))).toBe('startApplication');
    expect(said(runs.make(after(stopped, (state) => accepted(state, start, now - 1_000))))).toBe(
      'wait for the application of site-b to read running',
    );
    expect(runs.holds(situation({ b: out }, { return: back }))).toBe(true);
    expect(runs.holds(situation({ b: { ...fine, application: 'stopped' } }, { return: back }))).toBe(true);
  });

  it('is Blocked where the sites differ, until a person has them compared anew', () => {
    const compareSites: Command = {
      kind: 'compareSites',
      keepSite: 'site-a',
      staleSite: 'site-b',
      caches: [],
      epoch: 1,
    };
    const seen = compared(situation({ b: out }, { return: back }));

    expect(step('comparedAgain', seen)).toBe('blocked: ContentsDiffer');
    const running = { command: compareSites, commandId: 'id', since: now };
    expect(
      step(
        'comparedAgain',
        after(seen, (state) => withCommands(state, { running })),
      ),
    ).toBe('wait for the end of: compare every key and value of site-a and site-b');
    const retry = { kind: 'retry', by: 'somebody', how: 'cli', at: now - 5_000, epoch: 1 } as const;
    const retried = after(seen, (state) => ({ ...state, heard: { ...state.heard, decisions: [retry] } }));
    expect(step('comparedAgain', retried)).toBe('compareSites');
    expect(step('comparedAgain', compared(situation({ b: out })))).toBe('compareSites');
  });

  it('adds the site where it is missing, and asks where somebody took it out again', () => {
    const seen = situation({ b: out }, { return: back });

    expect(step('staleSiteInTraffic', seen)).toBe('addEndpoint');
    expect(step('staleSiteInTraffic', situation({ b: out }))).toBe('addEndpoint');
    expect(step('staleSiteInTraffic', situation({ trafficUnread: true }))).toBe(
      'wait for Global Accelerator to answer',
    );
    expect(
      step(
        'staleSiteInTraffic',
        after(seen, (state) => accepted(state, add, now - 1_000)),
      ),
    ).toBe('wait for the accepted return of site-b to be read');
    expect(step('staleSiteInTraffic', situation({ b: out }, { return: { ...back, servingAt: now } }))).toBe('ask');
    expect(step('staleSiteServes', seen)).toMatch(/^wait for site-b to be healthy/);
    expect(step('soaked', seen)).toBe('wait for the end of the soak of site-b');
    expect(beginReturn(seen, 'plan', []).returns).toBe(1);
    expect(beginReturn(situation({}, { returns: 1 }), 'plan', []).returns).toBe(2);
  });

  it.each<[string, Seen, Partial<NonNullable<Known['return']>>, boolean]>([
    [
      'nothing was added yet',
      { b: { ...fine, endpoint: { health: 'INITIAL' } } },
      { addRequestedAt: undefined },
      false,
    ],
    ['it serves', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, { servingAt: now }, false],
    ['it was given up already', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, { failedAt: now }, false],
    ['it still has time', { b: { ...fine, endpoint: { health: 'INITIAL' } } }, { addRequestedAt: now - 1_000 }, false],
    ['it is healthy', {}, {}, false],
    ['it is not', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, {}, true],
    [
      'neither is',
      {
        a: { ...fine, endpoint: { health: 'UNHEALTHY' } },
        b: { ...fine, endpoint: { health: 'UNHEALTHY' } },
      },
      {},
      false,
    ],
  ])('is given up, or not: %s', (_case, seen, part, given) => {
    const before = situation(seen, { return: { ...back, addRequestedAt: now - 600_000, ...part } });

    expect(giveUpUnhealthy(before)?.return?.failedAt).toBe(given ? now : undefined);
  });

  it('that was given up is Blocked until a retry, which has it asked about anew', () => {
    const givenUp = situation({ b: out }, { return: { ...back, failedAt: now - 9_000 } });
    const retry = { kind: 'retry', by: 'somebody', how: 'cli', at: now - 5_000, epoch: 1 } as const;

    expect(said(afterFailure(situation({ b: out }, { return: back })))).toBe('nothing');
    expect(said(afterFailure(after(givenUp, (state) => accepted(state, add, now - 1_000))))).toBe(
      'wait for an earlier command, which may still take effect',
    );
    expect(said(afterFailure(givenUp))).toBe('blocked: EndpointUnhealthy');
    const nowhere = situation({ b: out }, { groups: {}, return: { ...back, failedAt: now } });
    expect(said(afterFailure(nowhere))).toBe('blocked: EndpointUnhealthy');
    const retried = after(givenUp, (state) => ({ ...state, heard: { ...state.heard, decisions: [retry] } }));
    expect(afterFailure(retried)).toEqual({ ...givenUp.known, return: undefined });
  });
});
