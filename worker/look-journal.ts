import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Look } from '../activities/dependencies';
import type { Progress } from '../domain/comparison';
import type { Next } from '../domain/next';
import type { Known } from '../domain/state';
import type { VerdictKind } from '../domain/verdict';
import type { Logger } from '../runtime/logging';
import { sitePairWorkflowId } from '../workflows/contract/ids';
import { fenceTimes, newlyReached, type FenceStep } from './fence-times';

/** A verdict that no look of this worker has confirmed for so long is not shown: it may be another worker's by now. */
const verdictHoldsMs = 60_000;

export interface LookJournalOptions {
  logger: Logger;
  registry: Registry;
  monotonicMs: () => number;
}

/** What was said already of a pair's current incident, so that a look that is repeated says nothing twice. */
interface Said {
  incident: string;
  verdict?: VerdictKind;
  /** The kind of what is next, when it concerns a person. */
  concern?: string;
  phase: Known['phase'];
  steps: Set<FenceStep>;
  /** What shadow mode would do. */
  wouldDo?: string;
  lookedAtMs: number;
  /** Of what is being compared or pushed. */
  progress?: Progress;
}

/** Turns looks into one log line per change, and into the metrics of verdicts and of a fence's steps. */
export function createLookJournal({ logger, registry, monotonicMs }: LookJournalOptions): (look: Look) => void {
  const said = new Map<string, Said>();
  const metrics = lookMetrics(registry, said, monotonicMs);

  function remembered({ pair, before }: Look): Said {
    const known = said.get(pair);
    if (known?.incident === before.incident) return known;
    const fresh = { incident: before.incident, phase: before.known.phase, steps: new Set<FenceStep>(), lookedAtMs: 0 };
    said.set(pair, fresh);
    return fresh;
  }

  return (look) => {
    const { pair, before, assessment, at } = look;
    const after = assessment.remember ?? before.known;
    const memory = remembered(look);
    memory.lookedAtMs = monotonicMs();
    memory.progress = look.progress ?? pushProgress(after);
    const log = logger.child({
      pair,
      workflowId: sitePairWorkflowId(pair),
      incident: before.incident,
      phase: after.phase,
      verdict: assessment.verdict.kind,
    });
    sayVerdict(log, memory, look);
    sayPhase(log, memory, after);
    for (const [step, seconds] of Object.entries(newlyReached(before, after, at)) as [FenceStep, number][]) {
      if (memory.steps.has(step)) continue;
      memory.steps.add(step);
      metrics.fenceSteps.observe({ pair, step }, seconds);
      if (step === 'proved') sayFenced(log, fenceTimes(before, after), after);
    }
    sayShadow(log, memory, after);
    sayConcern(log, memory, assessment.next);
  };
}

function lookMetrics(registry: Registry, said: ReadonlyMap<string, Said>, monotonicMs: () => number) {
  const verdicts = new Gauge({
    name: 'sitewarden_verdict',
    help: 'Always 1: what the pair of an open run reads as; absent when this worker did not look within 60 s.',
    labelNames: ['pair', 'verdict'],
    registers: [registry],
    collect() {
      verdicts.reset();
      for (const [pair, { verdict, lookedAtMs }] of said) {
        if (verdict && monotonicMs() - lookedAtMs < verdictHoldsMs) verdicts.set({ pair, verdict }, 1);
      }
    },
  });
  const lookAge = new Gauge({
    name: 'sitewarden_last_look_age_seconds',
    help: 'Time since this worker last looked at the pair for its run, however the clocks stand.',
    labelNames: ['pair'],
    registers: [registry],
    collect() {
      lookAge.reset();
      for (const [pair, { lookedAtMs }] of said) lookAge.set({ pair }, (monotonicMs() - lookedAtMs) / 1_000);
    },
  });
  const progress = (name: string, help: string, value: (progress: Progress) => number): Gauge => {
    const gauge: Gauge = new Gauge({
      ...{ name, help, labelNames: ['pair'], registers: [registry] },
      collect() {
        gauge.reset();
        for (const [pair, { progress, lookedAtMs }] of said) {
          if (progress && monotonicMs() - lookedAtMs < verdictHoldsMs) gauge.set({ pair }, value(progress));
        }
      },
    });
    return gauge;
  };
  progress(
    'sitewarden_progress_entries',
    'Entries compared or pushed so far; absent while neither is going on.',
    ({ done }) => done,
  );
  progress(
    'sitewarden_progress_entries_expected',
    'Entries that are to be compared or pushed; absent while neither is going on.',
    ({ total }) => total,
  );
  return {
    fenceSteps: new Histogram({
      name: 'sitewarden_fence_step_seconds',
      help: "Time from the run's start to each step of its first fence; not of a fence that was found done.",
      labelNames: ['pair', 'step'],
      buckets: [0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300, 600],
      registers: [registry],
    }),
  };
}

/** Of a push the run itself keeps count; what was pushed before is no longer going on. */
function pushProgress({ phase, synchronization }: Known): Progress | undefined {
  return phase === 'pushing' ? synchronization?.progress : undefined;
}

function sayVerdict(log: Logger, memory: Said, { assessment: { verdict } }: Look): void {
  if (memory.verdict === verdict.kind) return;
  memory.verdict = verdict.kind;
  log.info(`Reads as ${verdict.kind}: ${verdict.because}.`);
}

function sayPhase(log: Logger, memory: Said, { phase }: Known): void {
  if (memory.phase === phase) return;
  log.info({ phaseBefore: memory.phase }, `The phase is ${phase}; it was ${memory.phase}.`);
  memory.phase = phase;
}

function sayFenced(log: Logger, secondsFromStart: ReturnType<typeof fenceTimes>, { roles }: Known): void {
  const { staleSite, keepSite } = roles ?? {};
  const took = secondsFromStart.proved?.toFixed(1);
  log.info(
    { keepSite, staleSite, secondsFromStart },
    `Fenced ${staleSite}, ${took} s after the run began: ${keepSite} serves alone.`,
  );
}

function sayShadow(log: Logger, memory: Said, { wouldDo }: Known): void {
  if (!wouldDo) return;
  const { roles, steps } = wouldDo;
  const plan = steps.join('; ');
  if (memory.wouldDo === plan) return;
  memory.wouldDo = plan;
  log.info({ ...roles, steps }, `Shadow mode: would fence ${roles.staleSite} and keep ${roles.keepSite}: ${plan}.`);
}

/** What a person has to know of; one line when it begins, one when it is over. */
function sayConcern(log: Logger, memory: Said, next: Next): void {
  const concern = concernOf(next);
  if (memory.concern === concern?.key) return;
  memory.concern = concern?.key;
  if (!concern) return log.info({ next: next.kind }, 'No person is needed any more; the run goes on.');
  log[concern.level]({ next: next.kind, ...concern.fields }, concern.sentence);
}

interface Concern {
  key: string;
  level: 'info' | 'warn';
  fields: object;
  sentence: string;
}

function concernOf(next: Next): Concern | undefined {
  switch (next.kind) {
    case 'do':
    case 'wait':
      return undefined;
    case 'ask':
      return concern(`ask ${next.gate}`, 'warn', { gate: next.gate }, `A person is asked: ${next.question}`);
    case 'refuse': {
      const { code, message } = next.refusal;
      return concern(`refuse ${code}`, 'warn', { refusal: code }, `Not fencing, ${code}: ${message}`);
    }
    case 'blocked': {
      const { type, message, can } = next;
      return concern(
        `blocked ${type}`,
        'warn',
        { type, can },
        `Blocked, ${type}: ${message} A person can ${can.join(' or ')}.`,
      );
    }
    case 'finish':
      return concern(
        `finish ${next.outcome}`,
        'info',
        { outcome: next.outcome },
        `The run ends, ${next.outcome}: ${next.report}`,
      );
  }
}

function concern(key: string, level: Concern['level'], fields: object, sentence: string): Concern {
  return { key, level, fields, sentence };
}
