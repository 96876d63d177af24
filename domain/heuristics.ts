/**
 * Scored checks of a site, with qdisk's semantics: each check that is passed adds its score, and a site whose score is under its
 * minimum loses a tie. What is unknown is neither passed nor failed: a site is under its minimum only if it would be so with every
 * unknown check passed.
 */
import { valueOf, type Observation, type Reading } from './observation';
import type { SiteHeuristics, SiteName, SitePair } from './site-pair';
import { seconds } from './time';

export type HeuristicState = 'passed' | 'failed';

/** By site, by the name of the check. */
export type HeuristicReadings = Readonly<Record<SiteName, Readonly<Record<string, Reading<HeuristicState>>>>>;

export interface SiteScore {
  site: SiteName;
  /** Of the checks that are passed. */
  score: number;
  /** What the unknown ones would add if they were passed. */
  unknown: number;
  /** Of all. */
  total: number;
  minimum: number;
  /** Even with every unknown check passed. */
  isUnderMinimum: boolean;
}

/** What one attempt at a check came to; `unknown`: it could not be made. */
export type Attempted = HeuristicState | 'unknown';

/** A check over its attempts. */
export interface CheckMemory {
  /** Absent while nothing is known. */
  state?: HeuristicState;
  /** In a row. */
  failures: number;
  unknowns: number;
}

export const untried: CheckMemory = { failures: 0, unknowns: 0 };

/**
 * One success is enough to pass; only `tko` failures in a row fail (qdisk(5), tko). An attempt that could not be made neither
 * fails nor passes, and ends no row; after `tko` of them in a row nothing is known any more.
 */
export function afterAttempt(
  { state, failures, unknowns }: CheckMemory,
  attempted: Attempted,
  tko: number,
): CheckMemory {
  switch (attempted) {
    case 'passed':
      return { ...untried, state: 'passed' };
    case 'failed':
      return { state: failures + 1 >= tko ? 'failed' : state, failures: failures + 1, unknowns: 0 };
    case 'unknown':
      return { state: unknowns + 1 >= tko ? undefined : state, failures, unknowns: unknowns + 1 };
  }
}

/** How much longer than it may an attempt takes at most where nothing holds it up: what hangs has to be ended. */
const endsWithinMs = seconds(5);

/** A failure that took far too long to be seen is one of our own, as of a process that was frozen: it says nothing of the site. */
export function unlessHeldUp(
  attempted: Attempted,
  { tookMs, withinMs }: { tookMs: number; withinMs: number },
): Attempted {
  return attempted === 'failed' && tookMs > withinMs + endsWithinMs ? 'unknown' : attempted;
}

/** As qdisk reckons it where none is given (qdisk(5), min_score). */
export function usualMinimum(total: number): number {
  return Math.floor((total + 1) / 2);
}

/** Of every site that has checks. */
export function scores({ sites, heuristics = {} }: SitePair, observation: Observation): readonly SiteScore[] {
  return sites.flatMap((site) => {
    const configured = heuristics[site];
    return configured ? [scoreOf(site, configured, observation.heuristics?.[site] ?? {})] : [];
  });
}

function scoreOf(
  site: SiteName,
  { minimum, checks }: SiteHeuristics,
  readings: Readonly<Record<string, Reading<HeuristicState>>>,
): SiteScore {
  const sum = (of: (state: HeuristicState | undefined) => boolean) =>
    Object.entries(checks).reduce((points, [name, score]) => {
      const reading = readings[name];
      return of(reading && valueOf(reading)) ? points + score : points;
    }, 0);
  const score = sum((state) => state === 'passed');
  const unknown = sum((state) => state === undefined);
  return { site, score, unknown, total: sum(() => true), minimum, isUnderMinimum: score + unknown < minimum };
}

/** The site that wins a tie since only the other one is under its minimum. */
export function tieWinner(pair: SitePair, observation: Observation): SiteName | undefined {
  const under = scores(pair, observation).flatMap(({ site, isUnderMinimum }) => (isUnderMinimum ? [site] : []));
  const [winner, other] = pair.sites.filter((site) => !under.includes(site));
  return other === undefined ? winner : undefined;
}

/** Of the sites under their minimum, without the score itself: what comes and goes with every attempt is no news. */
export function heuristicsNote(pair: SitePair, observation: Observation): string | undefined {
  const under = scores(pair, observation).filter(({ isUnderMinimum }) => isUnderMinimum);
  if (under.length === 0) return undefined;
  return under.map(({ site, minimum }) => `${site} is under its minimum score of ${minimum}`).join('; ');
}

export function sayScore({ site, score, unknown, total, minimum, isUnderMinimum }: SiteScore): string {
  const unread = unknown > 0 ? ` (${unknown} unknown)` : '';
  const stands = isUnderMinimum ? 'under' : 'not under';
  return `${site} has ${score} of ${total} points${unread}, ${stands} its minimum of ${minimum}`;
}
