import { toSitePair, type PairConfig } from '../../config';
import type { Observation } from '../../domain/observation';
import type { Phase } from '../../domain/state';
import { duration, type EpochMs } from '../../domain/time';
import { groupsOf, isAdmitted } from '../../domain/traffic';
import type { VerdictKind } from '../../domain/verdict';
import type { PairStatus } from '../site-pair-client';
import { noColours } from './output';
import { sayBackups } from './rendering/observation';
import { phaseWord } from './rendering/phase';
import type { Runs } from './surroundings';

const lookWithinMs = 2_000;

/** What is true of a pair at one moment, as short as a write can show it before and after. */
export interface PairSummary {
  run: PairStatus['run'];
  /** Of an open run. */
  phase?: Phase;
  goal?: string;
  /** Of a pause in force. */
  pausedUntil?: EpochMs;
  held?: boolean;
  blocked?: boolean;
  /** Of a closed one. */
  outcome?: string;
  verdict?: VerdictKind;
  traffic: Readonly<Record<string, 'in' | 'out' | 'unknown'>>;
  /** By direction, as in `site-a -> site-b`. */
  replication: Readonly<Record<string, string>>;
  /** When the sites were read; absent where nothing was. */
  readAt?: EpochMs;
}

/** @param seen a look at the pair, where its run has none to offer. */
export function summaryOf(pair: PairConfig, status: PairStatus, seen?: Observation): PairSummary {
  const [first, second] = toSitePair(pair).sites;
  const answer = status.run === 'open' ? status.status : undefined;
  const observation = answer?.observation ?? seen;
  const backups = (site: string) => (observation ? sayBackups(observation, site, noColours) : 'unknown');
  return {
    run: status.run,
    ...runPart(status),
    verdict: answer?.verdict?.kind,
    traffic: { [first]: trafficOf(first, observation), [second]: trafficOf(second, observation) },
    replication: { [`${first} -> ${second}`]: backups(first), [`${second} -> ${first}`]: backups(second) },
    readAt: observation?.at,
  };
}

function runPart(status: PairStatus): Partial<PairSummary> {
  switch (status.run) {
    case 'none':
      return {};
    case 'closed':
      return { outcome: status.outcome };
    case 'open': {
      const { status: answer, memo } = status;
      const { goal, held, next } = answer ?? {};
      return {
        phase: answer?.phase ?? memo?.phase,
        goal,
        pausedUntil: (answer ?? memo)?.pausedUntil,
        held: held !== undefined,
        blocked: next?.kind === 'blocked',
      };
    }
  }
}

function trafficOf(site: string, observation: Observation | undefined): 'in' | 'out' | 'unknown' {
  const groups = observation && groupsOf(observation);
  if (!groups) return 'unknown';
  return isAdmitted(groups, site) ? 'in' : 'out';
}

/** One line, as in `fenced, site-a in, site-b out, site-a -> site-b offline 2/2 (read 0.4 s ago)`. */
export function sayPairSummary(summary: PairSummary, now: EpochMs): string {
  const { traffic, replication, readAt } = summary;
  if (readAt === undefined) return `${sayRun(summary, now)} · the sites were not read`;
  const sites = Object.entries(traffic).map(([site, where]) => `${site} ${where}`);
  const backups = Object.entries(replication).map(([direction, said]) => `${direction} ${said}`);
  return `${[sayRun(summary, now), ...sites, ...backups].join(' · ')} (read ${duration(Math.max(0, now - readAt))} ago)`;
}

function sayRun({ run, phase, pausedUntil = 0, held, blocked, outcome }: PairSummary, now: EpochMs): string {
  if (run === 'none') return 'no run';
  if (run === 'closed') return `no open run (the last one: ${outcome})`;
  const marks = [pausedUntil > now ? 'paused' : '', held ? 'held' : '', blocked ? 'blocked' : ''];
  return [phase ? phaseWord(phase) : 'starting', ...marks.filter((mark) => mark !== '')].join(', ');
}

/**
 * Reads it now. A read that fails gives `undefined`: what is shown beside a write must never stand in its way.
 * @param look where no run is open, look at the sites as well, for two seconds at most.
 */
export async function summaryNow(
  runs: Runs,
  pair: PairConfig,
  { look }: { look: boolean },
): Promise<PairSummary | undefined> {
  try {
    const status = await runs.status(pair.name);
    if (!look || status.run === 'open') return summaryOf(pair, status);
    const seen = await runs.observe({ pair: pair.name }, lookWithinMs).catch(() => undefined);
    return { ...summaryOf(pair, status, seen?.observation), verdict: seen?.verdict.kind };
  } catch {
    return undefined;
  }
}
