/**
 * Every combination of small inputs goes through `assess`, and the invariants of docs/ARCHITECTURE.md are asked of each
 * answer. The answers themselves are not retyped here.
 */
import { assess, type Assessment } from '../../../domain/assess';
import type { Command } from '../../../domain/command';
import { canonicalJson } from '../../../domain/canonical-json';
import { keepSiteObstacle } from '../../../domain/eligibility';
import { linkOf } from '../../../domain/link';
import type { BackupStatus, Observation } from '../../../domain/observation';
import type { RunState } from '../../../domain/state';
import { endpointOf, groupsHolding, groupsOf } from '../../../domain/traffic';
import { allDetached, detachedCaches } from '../../../domain/verdict';
import { digest, fine, now, observed, pair, type SeenEndpoint } from '../../support/observations';
import { fenced, fencing, latched, protecting, removed } from '../../support/run-states';

const endpoints: readonly (SeenEndpoint | undefined)[] = [
  undefined,
  { health: 'HEALTHY' },
  { health: 'UNHEALTHY' },
  { health: 'INITIAL' },
  { health: 'HEALTHY', weight: 0 },
];
const views: readonly (boolean | undefined)[] = [true, false, undefined];
const backups: readonly (BackupStatus | 'partly' | undefined)[] = ['online', 'offline', 'partly', undefined];
const traffics = [{ trafficUnread: false }, { trafficUnread: true }, { trafficUnread: false, dial: 0 }] as const;

const abort = { by: 'somebody', reason: 'a test', at: now - 100 };
const aborted = (state: RunState): RunState => ({ ...state, heard: { ...state.heard, abort } });
const states: Readonly<Record<string, RunState>> = {
  'an alert just came from the preferred site': protecting('site-a'),
  'an alert just came from the other site': protecting('site-b'),
  'the alert is resolved': protecting('site-a', { status: 'resolved' }),
  'a person asked to fence site-b': fencing('site-b'),
  'a person asked to fence site-a, the preferred one': fencing('site-a'),
  'the roles are latched, nothing is done': latched(protecting()),
  'site-b is removed': removed(protecting()),
  'site-b is removed and the link has been whole for long': removed(protecting(), { linkWholeSince: now - 3_600_000 }),
  'site-b is being put back': removed(protecting(), { restoringSince: now - 100, linkWholeSince: now - 3_600_000 }),
  'site-b is removed, and the detach was asked for': removed(protecting(), { detachRequestedAt: now - 100 }),
  'the fence is proved': fenced(protecting()),
  'the fence is proved, and the kept site is due on the stale one': fenced(protecting(), {
    keepSiteOfflineOnStaleDueSince: now - 100,
  }),
  'a fence that a person asked for is proved': fenced(fencing('site-b')),
  'an abort came before anything': aborted(protecting()),
  'an abort came after the removal': aborted(removed(protecting())),
  'an abort came after the fence': aborted(fenced(protecting())),
};

function allObservations(): Observation[] {
  const all: Observation[] = [];
  for (const endpointA of endpoints)
    for (const endpointB of endpoints)
      for (const seesA of views)
        for (const seesB of views)
          for (const backupA of backups)
            for (const backupB of backups)
              for (const traffic of traffics) {
                if (traffic.trafficUnread && (endpointA || endpointB)) continue;
                const a = { ...fine, endpoint: endpointA, sees: seesA, ...backupOf(backupA) };
                const b = { ...fine, endpoint: endpointB, sees: seesB, ...backupOf(backupB) };
                all.push(observed({ a, b, ...traffic }));
              }
  return all;
}

function backupOf(status: (typeof backups)[number]) {
  if (status !== 'partly') return { backup: status };
  return { backup: undefined, backups: { sessions: 'offline', work: 'online' } as const };
}

const observations = allObservations();

interface Asked {
  state: RunState;
  observation: Observation;
  answer: Assessment;
}

/** @returns false where the rule is broken, undefined where it does not apply. */
type Rule = (asked: Asked) => boolean | undefined;

const knownAfter = ({ state, answer }: Pick<Asked, 'state' | 'answer'>) => answer.remember ?? state.known;

const rules: Readonly<Record<string, Rule>> = {
  'removes an endpoint only where the kept site is present, gets traffic and is not unhealthy': ({
    observation,
    answer,
  }) => {
    const command = commandOf(answer, 'removeEndpoint');
    if (!command) return undefined;
    const group = groupsOf(observation)?.find(({ arn }) => arn === command.groupArn);
    const kept = group && endpointOf(group, command.keepSite);
    if (!group || !kept || !endpointOf(group, command.site)) return false;
    return command.site !== command.keepSite && kept.weight > 0 && group.dial > 0 && kept.health !== 'UNHEALTHY';
  },

  'detaches only while the stale site reads out of every endpoint group, or unread after a proved fence': (asked) => {
    if (!commandOf(asked.answer, 'takeBackupOffline')) return undefined;
    const { roles } = knownAfter(asked);
    const groups = groupsOf(asked.observation);
    if (!groups) return knownAfter(asked).fencedAt !== undefined;
    return roles !== undefined && groupsHolding(groups, roles.staleSite).length === 0;
  },

  'tells the stale site to drop the kept one only once that one is detached, or on the way out': (asked) => {
    const command = commandOf(asked.answer, 'takeBackupOffline');
    const known = knownAfter(asked);
    if (!command || command.onSite !== known.roles?.staleSite) return undefined;
    return known.detachedAt !== undefined || asked.state.heard.abort !== undefined;
  },

  'adds only a site that it removed itself, and nothing once anything was or may be detached': (asked) => {
    const command = commandOf(asked.answer, 'addEndpoint');
    if (!command) return undefined;
    const known = knownAfter(asked);
    if (known.detachedAt !== undefined || known.detachRequestedAt !== undefined) return false;
    if (known.groups[command.groupArn]?.removedByUs !== true || command.site !== known.roles?.staleSite) return false;
    return (detachedCaches(asked.observation, known.roles.keepSite) ?? []).length === 0;
  },

  'adds a site only while the link reads whole, or while the kept one is gone': (asked) => {
    if (!commandOf(asked.answer, 'addEndpoint')) return undefined;
    const keepSite = knownAfter(asked).roles?.keepSite ?? '';
    const keptSiteGone = groupsHolding(groupsOf(asked.observation) ?? [], keepSite).length === 0;
    return keptSiteGone || linkOf(pair, asked.observation) === 'whole';
  },

  'touches no traffic while Global Accelerator could not be read, and nothing at all before a fence was proved': ({
    state,
    observation,
    answer,
  }) => {
    if (groupsOf(observation) !== undefined) return undefined;
    return answer.next.kind !== 'do' || (commandOf(answer, 'takeBackupOffline') && state.known.fencedAt !== undefined);
  },

  'says fenced only of what reads out of every group and detached on every cache': (asked) => {
    const known = knownAfter(asked);
    if (known.provedSince === undefined || known.provedSince === asked.state.known.provedSince) return undefined;
    const { keepSite, staleSite } = known.roles ?? { keepSite: '', staleSite: '' };
    const groups = groupsOf(asked.observation);
    return (
      groups !== undefined && groupsHolding(groups, staleSite).length === 0 && allDetached(asked.observation, keepSite)
    );
  },

  'takes the proof back as soon as one read speaks against it': (asked) => {
    const known = knownAfter(asked);
    const groups = groupsOf(asked.observation);
    if (known.provedSince === undefined || !known.roles || !groups) return undefined;
    const attached = detachedCaches(asked.observation, known.roles.keepSite)?.length === 0;
    return groupsHolding(groups, known.roles.staleSite).length === 0 && !attached;
  },

  'keeps only a site that is keep-eligible when the roles are chosen': (asked) => {
    const { roles } = knownAfter(asked);
    return roles && !asked.state.known.roles ? keepSiteObstacle(asked.observation, roles) === undefined : undefined;
  },

  'forgets latched roles only when the site is back and nothing was detached': (asked) => {
    if (!asked.state.known.roles) return undefined;
    const known = knownAfter(asked);
    if (canonicalJson(known.roles) === canonicalJson(asked.state.known.roles)) return true;
    const detached = detachedCaches(asked.observation, asked.state.known.roles.keepSite) ?? [];
    return known.roles === undefined && known.detachedAt === undefined && detached.length === 0;
  },

  'never forgets that something was detached': (asked) => {
    const { detachedAt } = asked.state.known;
    return detachedAt === undefined ? undefined : knownAfter(asked).detachedAt === detachedAt;
  },

  'ends only a run that holds no site out, or that a person aborts': (asked) => {
    if (asked.answer.next.kind !== 'finish') return undefined;
    return asked.state.heard.abort !== undefined || knownAfter(asked).roles === undefined;
  },

  'settles: looking again at an unchanged world teaches nothing more': (asked) => {
    if (asked.answer.next.kind === 'do') return undefined;
    let known = knownAfter(asked);
    for (let round = 0; round < 3; round += 1) {
      const again = assess({ pair, state: { ...asked.state, known }, observation: asked.observation, now, digest });
      if (!again.remember || again.next.kind === 'do') return true;
      known = again.remember;
    }
    return false;
  },
};

function commandOf<Kind extends Command['kind']>({ next }: Assessment, kind: Kind) {
  if (next.kind !== 'do' || next.command.kind !== kind) return undefined;
  return next.command as Extract<Command, { kind: Kind }>;
}

describe('assess, over all small inputs', () => {
  const applied: Record<string, number> = {};
  const broken: Record<string, string[]> = {};

  // One pass for all rules, and an expectation per rule: one per situation would take minutes.
  beforeAll(() => {
    for (const [name, state] of Object.entries(states)) {
      for (const observation of observations) {
        const answer = assess({ pair, state, observation, now, digest });
        for (const [rule, holds] of Object.entries(rules)) {
          const verdict = holds({ state, observation, answer });
          if (verdict !== undefined) applied[rule] = (applied[rule] ?? 0) + 1;
          if (verdict === false) {
            (broken[rule] ??= []).push(`${name}: ${canonicalJson(answer.next)} for ${canonicalJson(observation)}`);
          }
        }
      }
    }
  }, 300_000);

  it('tries more than fifty thousand situations', () => {
    expect(observations.length * Object.keys(states).length).toBeGreaterThan(50_000);
  });

  it.each(Object.keys(rules))('%s', (rule) => {
    expect(applied[rule]).toBeGreaterThan(100);
    expect((broken[rule] ?? []).slice(0, 3)).toEqual([]);
  });

  it('leaves its inputs as they were', () => {
    for (const [name, state] of Object.entries(states)) {
      const before = canonicalJson(state);
      for (const observation of observations.slice(0, 500)) assess({ pair, state, observation, now, digest });
      expect(`${name} ${canonicalJson(state)}`).toBe(`${name} ${before}`);
    }
  });
});
