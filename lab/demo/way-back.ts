import type { Gate, Question } from '../../domain/next';
import type { Progress } from '../../domain/comparison';
import type { TimelineEntry } from '../../domain/state';
import type { RunResult, RunStatus } from '../../workflows/contract/inputs';
import type { Lab } from '../lab';
import type { Decider } from './decisions';
import { PairRuns } from './pair-runs';
import { comparisonTable, type Story } from './story';

const withinSeconds = 90;

export interface WayBackOptions {
  lab: Lab;
  story: Story;
  /** Who answers the question at a gate. */
  deciders: { synchronize: Decider; siteOnline: Decider };
  /** How long a person may take. */
  answeredWithinSeconds: number;
}

export interface WayBack {
  healedAt: number;
  /** What the run itself noted from the heal on. */
  timeline: readonly TimelineEntry[];
  result: RunResult;
}

/** Heals the link and goes with the run until the site is online again. Each step is told as soon as the run shows it. */
export async function goBack({ lab, story, deciders, answeredWithinSeconds }: WayBackOptions): Promise<WayBack> {
  const runs = await PairRuns.connect(lab);
  const told = new Telling(story);
  const open = async (): Promise<RunStatus | undefined> => {
    const pair = await runs.status();
    if (pair.run === 'closed') throw new Error(`the run has ended: ${pair.outcome}`);
    if (pair.run === 'none' || !pair.status) return undefined;
    told.hear(pair.status);
    return pair.status;
  };
  const asks = (gate: Gate) => async (): Promise<Question | undefined> => {
    const next = (await open())?.next;
    return next?.kind === 'ask' && next.gate === gate ? next : undefined;
  };
  try {
    const healedAt = Date.now();
    await lab.link.heal();
    told.since(healedAt);
    for (const gate of ['synchronize', 'siteOnline'] as const) {
      const question = await lab.until(asks(gate), { what: `the question at the gate ${gate}`, withinSeconds });
      story.tell(`The run asks (${gate}, plan ${question.plan}): ${question.question}`);
      const comparison = (await open())?.comparison;
      if (gate === 'synchronize' && comparison) console.log(`\n${comparisonTable(comparison)}\n`);
      await deciders[gate](lab, story, question);
      const isAnswered = async () => {
        const pair = await runs.status();
        return pair.run === 'closed' || (await asks(gate)())?.plan !== question.plan;
      };
      await lab.until(isAnswered, { what: `an answer at the gate ${gate}`, withinSeconds: answeredWithinSeconds });
    }
    const result = await lab.until(
      async () => {
        const pair = await runs.status();
        if (pair.run === 'open' && pair.status) told.hear(pair.status);
        return pair.run === 'closed' ? pair.result : undefined;
      },
      { what: 'the end of the run', withinSeconds },
    );
    const timeline = result.timeline.filter(({ at }) => at >= healedAt);
    told.rest(timeline);
    if (result.outcome !== 'siteOnline') throw new Error(`the run ended as ${result.outcome}: ${result.report}`);
    return { healedAt, timeline, result };
  } finally {
    await runs.close();
  }
}

/** Tells what is new in a run's own words: its timeline, and how far a long step has come. */
class Telling {
  readonly #story: Story;
  readonly #told = new Set<string>();
  #since = 0;
  #progress: Progress | undefined;

  constructor(story: Story) {
    this.#story = story;
  }

  since(at: number): void {
    this.#since = at;
  }

  hear({ timeline, progress }: RunStatus): void {
    this.rest(timeline);
    if (progress && (progress.what !== this.#progress?.what || progress.done !== this.#progress.done)) {
      const { what, done, total } = progress;
      this.#story.tell(`      ${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
    }
    this.#progress = progress;
  }

  rest(timeline: readonly TimelineEntry[]): void {
    for (const { at, what } of timeline) {
      if (at < this.#since || this.#told.has(`${at} ${what}`)) continue;
      this.#told.add(`${at} ${what}`);
      const seconds = ((at - this.#since) / 1_000).toFixed(2).padStart(5);
      this.#story.tell(`  + ${seconds} s after the heal: ${what}`);
    }
  }
}
