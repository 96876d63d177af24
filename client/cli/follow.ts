import type { Progress } from '../../domain/comparison';
import { progressOf, sayProgress } from '../../domain/progress';
import { clockTime } from '../../domain/time';
import type { TimelineEntry } from '../../domain/state';
import type { RunResult, RunStatus } from '../../workflows/contract/inputs';
import type { Output } from './output';
import { sayWaysOn } from './rendering/lines';
import { sayGate } from './rendering/question';
import type { Runs, Surroundings } from './surroundings';

/** How a wait ended. `result` is absent where the run was ended from outside (terminated). */
export type Followed =
  | { end: 'reached'; status: RunStatus }
  | { end: 'closed'; outcome: string; result?: RunResult }
  | { end: 'timeUp'; status: RunStatus }
  | { end: 'noWorker' };

export interface Following {
  runs: Runs;
  pair: string;
  /** The incident that is waited for; another run of the pair is not its continuation. */
  incident: string;
  reached: (status: RunStatus) => boolean;
  withinSeconds: number;
  clock: Surroundings['clock'];
  output: Output;
  /** What is no news to the reader: nothing, what the run did before, or also what it is waiting for now. */
  readerKnows: 'nothing' | 'past' | 'present';
}

const everyMs = 500;

/** Waits for a run, and says what happens on the way. Returns at the latest when the time is up; the run goes on. */
export async function follow(following: Following): Promise<Followed> {
  const { runs, pair, reached, withinSeconds, clock, output } = following;
  const deadline = clock.now() + withinSeconds * 1_000;
  const narrator = new Narrator(output, following.readerKnows);
  let answered: RunStatus | undefined;
  for (;;) {
    const seen = await runs.status(pair);
    if (seen.run !== 'open') return closed(following, seen, narrator);
    if (seen.status && seen.status.incident !== following.incident) return { end: 'closed', outcome: 'ended' };
    if (seen.status) narrator.tell(seen.status);
    else narrator.tellNobodyWorks();
    if (seen.status && reached(seen.status)) return { end: 'reached', status: seen.status };
    answered = seen.status;
    if (clock.now() >= deadline) return answered ? { end: 'timeUp', status: answered } : { end: 'noWorker' };
    await clock.pause(everyMs);
  }
}

type Ended = Exclude<Awaited<ReturnType<Runs['status']>>, { run: 'open' }>;

async function closed({ runs, pair, incident }: Following, seen: Ended, narrator: Narrator): Promise<Followed> {
  if (seen.run === 'none') return { end: 'closed', outcome: 'ended' };
  try {
    const result = await runs.result(pair, seen.runId);
    if (result.incident !== incident) return { end: 'closed', outcome: 'ended' };
    narrator.tellTimeline(result.timeline);
    return { end: 'closed', outcome: seen.outcome, result };
  } catch (error) {
    // Terminated or timed out in Temporal: such a run leaves no report.
    if ((error as Error).name === 'WorkflowFailedError') return { end: 'closed', outcome: seen.outcome };
    throw error;
  }
}

/** Tells each entry of a timeline once, and each change of what is waited for. */
class Narrator {
  private told: Set<string> | undefined;
  private waitingFor: string | undefined;
  private progress: Progress | undefined;
  private silent = false;

  constructor(
    private readonly output: Output,
    private readonly readerKnows: Following['readerKnows'],
  ) {}

  tell(status: RunStatus): void {
    const { timeline, next } = status;
    const waitingFor = sayWaiting(status);
    this.silent = false;
    if (this.told === undefined && this.readerKnows === 'present') this.waitingFor = waitingFor;
    this.tellTimeline(timeline);
    if (waitingFor !== undefined && waitingFor !== this.waitingFor) {
      this.output.progress(`              ${next?.kind === 'refuse' ? 'not yet' : 'waiting for'}: ${waitingFor}`);
    }
    if (next?.kind === 'ask' && waitingFor !== this.waitingFor) this.tellWaysOn(status);
    this.waitingFor = waitingFor ?? this.waitingFor;
    this.tellProgress(progressOf(status));
  }

  /** What a person can type; the run goes on no sooner. */
  private tellWaysOn(status: RunStatus): void {
    for (const way of sayWaysOn(status)) this.output.progress(`              ${way}`);
  }

  /** At most one line for some seconds of a long step, and one at its end. */
  private tellProgress(progress: Progress | undefined): void {
    if (!progress || !isNews(progress, this.progress)) return;
    this.progress = progress;
    this.output.progress(`              ${sayProgress(progress)}`);
  }

  tellTimeline(timeline: readonly TimelineEntry[]): void {
    this.told ??= new Set(this.readerKnows === 'nothing' ? [] : timeline.map(key));
    for (const entry of timeline.filter((one) => !this.told?.has(key(one)))) {
      this.told.add(key(entry));
      this.output.progress(`${clockTime(entry.at)}  ${entry.what}`);
    }
  }

  tellNobodyWorks(): void {
    if (!this.silent) this.output.progress('              no worker answers; the run waits for one');
    this.silent = true;
  }
}

/** A question together with the approvals that it has: each of them is news. */
function sayWaiting({ waitingFor, next }: RunStatus): string | undefined {
  return waitingFor !== undefined && next?.kind === 'ask' ? `${waitingFor}${sayGate(next)}` : waitingFor;
}

const progressEveryMs = 5_000;

function isNews(progress: Progress, told: Progress | undefined): boolean {
  if (told === undefined || told.what !== progress.what) return true;
  const ended = progress.done >= progress.total && told.done < told.total;
  return ended || (progress.done !== told.done && progress.at - told.at >= progressEveryMs);
}

const key = ({ at, what }: TimelineEntry): string => `${at} ${what}`;
