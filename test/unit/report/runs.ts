import { newRunState, type TimelineEntry } from '../../../domain/state';
import type { Discard, Synchronization } from '../../../domain/way-back';
import type { ReportedRun } from '../../../domain/report/reported-run';
import { heardAlert } from '../../support/run-states';

/** 03:12:00 UTC, when the link was cut. */
export const cutAt = Date.parse('2026-11-22T03:12:00Z');
export const at = (seconds: number): number => cutAt + seconds * 1_000;

const { heard, known } = newRunState({ pair: 'x', goal: 'protect', incident: 'x', startedAt: 0 });

/** A run that an alert woke two seconds ago, and that has not looked yet. */
export function justBegun(part: Partial<ReportedRun> = {}): ReportedRun {
  return {
    pair: 'keycloak-prod',
    incident: 'keycloak-prod-20261122T031202Z-1a2b',
    goal: 'protect',
    mode: 'act',
    phase: known.phase,
    startedAt: at(2),
    alerts: [],
    requests: heard.requests,
    decisions: heard.decisions,
    oddities: heard.oddities,
    findings: known.findings,
    timeline: known.timeline,
    humanWaits: [],
    costs: [],
    ...part,
  };
}

const alert = heardAlert('site-a', { startsAt: '2026-11-22T03:12:00Z', firstHeardAt: at(2), timesHeard: 3 });
const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'neither sees the other; site-a is preferred' };

/** Site-b is out and detached, and nothing more. */
export function fencedOnly(part: Partial<ReportedRun> = {}): ReportedRun {
  return justBegun({
    phase: 'fenced',
    roles,
    fencedAt: at(8),
    provedSince: at(8),
    detachedAt: at(7),
    staleWrites: [{ from: at(348) }],
    waitingFor: 'the link to heal (site-b does not see site-a)',
    alerts: [
      { ...alert, answer: 'acted on: site-b is fenced' },
      { ...heardAlert('site-b', { firstHeardAt: at(9), startsAt: '?' }), answer: 'joined: site-b is the stale site' },
    ],
    timeline: [
      { at: at(3), what: 'keep site-a, fence site-b: site-a is preferred' },
      { at: at(5), what: 'site-b read absent from eu-west-1', since: at(4), provedBy: 'the endpoint group re-read' },
      {
        ...{ at: at(8), what: 'fenced: site-b is out, site-a serves alone' },
        provedBy: 'out of every endpoint group and detached on every cache, in one observation',
      },
    ],
    costs: [
      { phase: 'observing', from: at(2), events: 6, actions: 3 },
      { phase: 'fencing', from: at(3), events: 20, actions: 6 },
      { phase: 'fenced', from: at(8), events: 9, actions: 5 },
    ],
    versions: { rules: 3, configuration: '4f2a9c1e' },
    ...part,
  });
}

const preview = {
  authenticationSessions: { keepEntries: 1_204, staleEntries: 1_190, onlyOnKeep: 44, onlyOnStale: 30, differing: 5 },
  work: { keepEntries: 12, staleEntries: 14, onlyOnKeep: 0, onlyOnStale: 2, differing: 0 },
} as const;

export const synchronization: Synchronization = {
  plan: '7f3a9c41',
  by: ['alice'],
  since: at(4_000),
  discarded: 37,
  preview,
  keepSiteStartedAt: at(-86_400),
  staleSiteStartedAt: at(-86_400),
  caches: ['authenticationSessions', 'work'],
  emptiedAt: at(4_004),
  pushStarts: [at(4_006)],
  pushedAt: at(4_020),
  pushed: ['authenticationSessions', 'work'],
  spoiled: [],
  equalAt: at(4_030),
  reattachedAt: at(4_033),
  applicationReadyAt: at(4_060),
};

export const discard: Discard = {
  ...{ plan: '7f3a9c41', by: ['alice'], at: at(4_000), entries: 37 },
  ...{ caches: preview, emptiedAt: at(4_004) },
};

/** As learn and come-back note it. */
const wayBack: readonly TimelineEntry[] = [
  {
    ...{ at: at(350), what: 'on site-b the backup to site-a read offline', since: at(348) },
    provedBy: 'the status of every cache, read',
  },
  { at: at(351), what: "site-b's application is stopped" },
  { at: at(4_000), what: 'synchronize 7f3a9c41: 37 entries will be discarded, approved by alice' },
  { at: at(4_004), what: 'site-b is empty: 2 caches', since: at(4_000), provedBy: 'size 0 of every cache, read' },
  {
    ...{ at: at(4_020), what: 'pushed: 2 caches', since: at(4_006) },
    provedBy: 'status OK of every cache, its backup online at every look',
  },
  {
    ...{ at: at(4_030), what: 'every key and value of site-a and site-b compared equal', since: at(4_020) },
    provedBy: '1264 entries read on both sites',
  },
  {
    ...{ at: at(4_033), what: 'on site-b the backup to site-a read online', since: at(4_030) },
    provedBy: 'the status of every cache, read',
  },
  {
    ...{ at: at(4_060), what: 'site-b is synchronized and ready', since: at(4_033) },
    provedBy: 'its health URL, which said 200',
  },
  { at: at(4_100), what: 'site online b21e0477: approved by alice and bob' },
  {
    ...{ at: at(4_130), what: 'site-b serves again; watched until 04:35:20 UTC', since: at(4_101) },
    provedBy: 'present and healthy in every endpoint group, accelerator DEPLOYED',
  },
];

/** From the cut until both sites serve again, by two people. */
export function wholeIncident(part: Partial<ReportedRun> = {}): ReportedRun {
  const { timeline } = fencedOnly();
  return fencedOnly({
    phase: 'finished',
    waitingFor: undefined,
    provedSince: undefined,
    staleWrites: [{ from: at(348), to: at(350) }],
    timeline: [...timeline, ...wayBack],
    ended: {
      at: at(5_000),
      outcome: 'siteOnline',
      says: 'Both sites serve. site-a is in traffic; site-b is in traffic.',
    },
    synchronization,
    discards: [discard],
    return: {
      ...{ plan: 'b21e0477', by: ['alice', 'bob'], since: at(4_100), round: 9, addRequestedAt: at(4_101) },
      ...{ servingAt: at(4_130), soakUntil: at(5_000) },
    },
    decisions: [
      {
        ...{ kind: 'approve', gate: 'synchronize', plan: '7f3a9c41', discardAtMost: 40, by: 'alice', how: 'api' },
        ...{ groups: ['sre'], reason: 'the network team gave its word', at: at(4_000), epoch: 1 },
      },
      {
        ...{
          kind: 'approve',
          gate: 'siteOnline',
          plan: '7f3a9c41',
          by: 'bob@laptop',
          how: 'cli',
          at: at(4_090),
          epoch: 1,
        },
        refused: { code: 'PlanOutdated', message: 'You answered plan 7f3a9c41; what is asked about now is b21e0477.' },
      },
      {
        kind: 'approve',
        gate: 'siteOnline',
        plan: 'b21e0477',
        by: 'unattributed',
        how: 'temporal-ui',
        at: at(4_100),
        epoch: 1,
      },
    ],
    requests: [
      {
        ...{ id: '1', goal: 'fence', site: 'site-a', by: 'carol', reason: 'wrong one', at: at(60) },
        refused: { code: 'OppositeSiteFenced', message: 'site-b is the site to fence.' },
      },
      { id: '2', goal: 'synchronize', by: 'alice', reason: 'the link is mended', at: at(3_690) },
    ],
    oddities: [{ at: at(70), what: 'a signal "aprove", which this run does not know' }],
    findings: ['site-a reports no backup for the configured cache offlineSessions'],
    humanWaits: [
      { for: 'gate', what: 'synchronize', from: at(3_700), to: at(4_000) },
      { for: 'hold', what: 'dave', from: at(3_900), to: at(3_950) },
      { for: 'gate', what: 'siteOnline', from: at(4_062), to: at(4_100) },
    ],
    // As the demo's own report tells them.
    costs: [
      { phase: 'fencing', from: at(3), events: 40, actions: 6 },
      { phase: 'fenced', from: at(8), events: 133, actions: 19 },
      { phase: 'clearing', from: at(4_000), events: 13, actions: 2 },
      { phase: 'pushing', from: at(4_005), events: 32, actions: 5 },
      { phase: 'comparing', from: at(4_020), events: 26, actions: 4 },
      { phase: 'reattaching', from: at(4_030), events: 29, actions: 5 },
      { phase: 'synchronized', from: at(4_060), events: 18, actions: 2 },
      { phase: 'admitting', from: at(4_100), events: 54, actions: 8 },
      { phase: 'soaking', from: at(4_130), events: 18, actions: 3 },
      { phase: 'finished', from: at(5_000), events: 0, actions: 0 },
    ],
    ...part,
  });
}
