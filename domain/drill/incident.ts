import { assess } from '../assess';
import { sameJson } from '../canonical-json';
import type { Cut } from '../cuts';
import { paceOf, type Next } from '../next';
import type { Observation } from '../observation';
import type { Digest } from '../plan';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import { newRunState, type Roles, type RunState } from '../state';
import type { HeardAlert } from '../heard';
import { seconds, type EpochMs } from '../time';
import { answered } from './people';
import { DrillWorld } from './world';

/** What would be next from then on, until the step after it. */
export interface DrillStep {
  /** Since the alert, as if nothing took any time but what is waited for. */
  afterMs: number;
  /** Whether the link was supposed to have healed by then. */
  healed: boolean;
  next: Next;
}

/** How a rehearsal ended: as a run ends; at a question or a block that nobody could be supposed to lift; or in a wait without an end. */
export type DrillEnd = 'finished' | 'asks' | 'blocked' | 'waits';

export interface DrilledIncident {
  /** Whose alert comes first; several where it makes no difference. */
  alertOf: readonly SiteName[];
  /** As first latched; absent where no site would be fenced. */
  roles?: Roles;
  steps: readonly DrillStep[];
  ends: DrillEnd;
}

export interface Drilling {
  pair: SitePair;
  /** In peace time, with everything read that the way back looks at. */
  observation: Observation;
  cuts: readonly Cut[];
  digest: Digest;
}

/** Far more than any incident has: it ends, whatever the rules do. */
const mostRounds = 5_000;
/** What nothing has changed for so long has no end that could be supposed. */
const longestMs = seconds(900);

/** @param alerts Whose alerts come, in that order. */
export function incidentOf({ pair: configured, observation, cuts, digest }: Drilling, alerts: readonly SiteName[]) {
  const pair: SitePair = { ...configured, mode: 'act' };
  const startedAt = observation.at;
  const world = new DrillWorld(pair, observation, cuts);
  const steps: DrillStep[] = [];
  let now = startedAt;
  let changedAt = now;
  let state = alerted(pair, alerts, now);
  let roles: Roles | undefined;
  for (let round = 0; ; round += 1) {
    const seen = world.read(now);
    const { next, remember } = assess({ pair, state, observation: seen, now, digest });
    state = { ...state, known: remember ?? state.known };
    roles ??= state.known.roles;
    if (!sameJson(next, steps.at(-1)?.next)) {
      steps.push({ afterMs: now - startedAt, healed: world.isHealed, next });
      changedAt = now;
    }
    const passed = pass({ pair, world, observation: seen, now, learnt: remember !== undefined }, state, next);
    if (!passed || now - changedAt > longestMs || round > mostRounds) {
      const incident: DrilledIncident = { alertOf: alerts.slice(0, 1), steps, ends: endOf(next) };
      return roles ? { ...incident, roles } : incident;
    }
    ({ state, now } = passed);
  }
}

interface Passing {
  pair: SitePair;
  world: DrillWorld;
  observation: Observation;
  now: EpochMs;
  /** What was read a moment ago taught something, which may have its effect when it is asked again. */
  learnt: boolean;
}

/** What becomes of it until the rules are asked again: a command is carried out, the link heals, people answer, or time passes. */
function pass({ pair, world, observation, now, learnt }: Passing, state: RunState, next: Next) {
  const soon = now + seconds(1);
  if (next.kind === 'finish') return undefined;
  if (next.kind === 'do') return { state: world.carryOut(state, next.command, now), now: soon };
  const isSettled = state.known.provedSince !== undefined && (!learnt || next.kind !== 'wait');
  if (isSettled && !world.isHealed) {
    const drained = drainedAt(state);
    if (drained > now) return { state, now: drained };
    world.heal();
    return { state, now: soon };
  }
  if (next.kind === 'ask' || next.kind === 'blocked') {
    const told = answered({ pair, state, observation, now }, next);
    return told && { state: told, now: soon };
  }
  const until = next.kind === 'wait' ? next.until : undefined;
  return { state, now: Math.max(until ?? 0, paceOf(next) === 'fast' ? soon : now + seconds(5)) };
}

/** When established flows are over in every group. */
function drainedAt({ known }: RunState): EpochMs {
  const drains = Object.values(known.groups).map(({ drainUntil }) => drainUntil);
  return Math.max(0, ...drains.filter((until) => until !== undefined));
}

function endOf({ kind }: Next): DrillEnd {
  if (kind === 'finish') return 'finished';
  if (kind === 'ask') return 'asks';
  return kind === 'blocked' ? 'blocked' : 'waits';
}

function alerted(pair: SitePair, reporters: readonly SiteName[], at: EpochMs): RunState {
  const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'drill', startedAt: at });
  const alerts = reporters.map((reporter, order): [string, HeardAlert] => [
    reporter,
    {
      fingerprint: reporter,
      status: 'firing',
      alertname: 'SiteOffline',
      site: otherSite(pair, reporter),
      reporter,
      startsAt: new Date(at).toISOString(),
      order,
      firstHeardAt: at,
      lastHeardAt: at,
      timesHeard: 1,
    },
  ]);
  return { ...state, heard: { ...state.heard, alerts: Object.fromEntries(alerts) } };
}
