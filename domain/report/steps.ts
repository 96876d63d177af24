import type { ExplainedAlert } from '../explain';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** One line of a report's timeline. */
export interface Step {
  at: EpochMs;
  step: string;
  tookMs?: number;
  /** How it is known to be so; absent where it was decided or said, and not read. */
  provedBy?: string;
}

interface Milestone extends Omit<Step, 'tookMs'> {
  since?: EpochMs;
}

/**
 * From the first word of the cut to the end: what the run noted, and what it knows the time of without having noted it.
 * Where exactly one thing was noted at the time of a milestone, the two are one line.
 */
export function stepsOf(run: ReportedRun): readonly Step[] {
  const noted = run.timeline.map(({ what, ...entry }): Milestone => ({ ...entry, step: what }));
  const told = milestonesOf(run).reduce(add, noted);
  return [...told, ...bordersOf(run)]
    .sort((one, other) => one.at - other.at)
    .map(({ since, ...step }) => ({
      ...step,
      tookMs: since === undefined ? undefined : Math.max(0, step.at - since),
    }));
}

function add(steps: readonly Milestone[], milestone: Milestone): readonly Milestone[] {
  const same = steps.filter(({ at }) => at === milestone.at);
  const [one] = same;
  if (same.length !== 1 || !one) return [...steps, milestone];
  const { since = milestone.since, provedBy = milestone.provedBy } = one;
  return steps.map((step) => (step === one ? { ...one, since, provedBy } : step));
}

/** Where the run begins and ends, and what woke it: lines of their own, whatever else is of that time. */
function bordersOf({ alerts, startedAt, goal, ended }: ReportedRun): readonly Milestone[] {
  const began = { at: startedAt, step: `this run began (${goal})` };
  const end = ended && { at: ended.at, step: `the run ended: ${ended.outcome}`, since: startedAt };
  return [...alerts.map(firstWord), began, ...(end ? [end] : [])];
}

function milestonesOf(run: ReportedRun): readonly Milestone[] {
  const { startedAt, fencedAt, applicationStoppedAt, refenced, roles } = run;
  const stale = roles?.staleSite ?? 'the stale site';
  const all = [
    { at: fencedAt, step: `${stale} is fenced`, since: startedAt, provedBy: fenceProof },
    { at: applicationStoppedAt, step: `the application of ${stale} is stopped`, provedBy: 'its driver, or a person' },
    { at: refenced?.at, step: `a new split: ${stale} is fenced again` },
    ...synchronizing(run, stale),
    ...returning(run, stale),
  ];
  return all.flatMap(({ at, ...rest }) => (at === undefined ? [] : [{ at, ...rest }]));
}

const fenceProof = 'out of every endpoint group and detached on every cache, in one observation';

type Maybe = Omit<Milestone, 'at'> & { at: EpochMs | undefined };

/** What the alert says of its own time; a time that cannot be, or is later than its hearing, is not told. */
function firstWord({ startsAt, firstHeardAt, site, reporter }: ExplainedAlert): Milestone {
  const said = Date.parse(startsAt);
  const believable = said <= firstHeardAt;
  const step = `alert "${site} is offline" from ${reporter}`;
  return { at: firstHeardAt, step: `${step} is heard`, since: believable ? said : undefined };
}

function synchronizing({ synchronization, comparison }: ReportedRun, stale: string): readonly Maybe[] {
  if (!synchronization) return [];
  const { since, by, plan, pushStarts, equalAt, reattachedAt, ...way } = synchronization;
  const caches = way.caches.length;
  const pushStart = pushStarts.at(-1);
  const entries = comparison && Object.values(comparison.caches).reduce((sum, { keepEntries }) => sum + keepEntries, 0);
  const compared = entries === undefined ? 'every key and value' : `every key and value of ${entries} entries`;
  return [
    { at: since, step: `synchronize ${plan} goes ahead (${by.join(', ') || 'no approval needed'})` },
    { at: way.emptiedAt, step: `${stale} is emptied`, since, provedBy: `size 0 read for ${caches} caches` },
    { at: pushStart, step: `the push to ${stale} is asked for`, since: way.emptiedAt },
    {
      at: way.pushedAt,
      step: `the push to ${stale} is done`,
      since: pushStart,
      provedBy: 'status OK of every cache, its backup online at every look',
    },
    {
      at: equalAt,
      step: 'the comparison after the push is done: equal',
      since: comparison?.startedAt,
      provedBy: `${compared} in ${caches} caches`,
    },
    { at: reattachedAt, step: `${stale} replicates again`, since: equalAt, provedBy: 'every cache read online' },
    { at: way.applicationReadyAt, step: `the application of ${stale} is ready`, since: reattachedAt },
  ];
}

function returning({ return: back }: ReportedRun, stale: string): readonly Maybe[] {
  if (!back) return [];
  const { since, by, plan, addRequestedAt, servingAt } = back;
  return [
    { at: since, step: `plan ${plan} for the site's return goes ahead (${by.join(', ') || 'no approval needed'})` },
    {
      at: servingAt,
      step: `${stale} serves again`,
      since: addRequestedAt ?? since,
      provedBy: 'present and healthy in every endpoint group, accelerator DEPLOYED',
    },
  ];
}
