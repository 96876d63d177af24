import type { Refusal } from '../../domain/refusals';
import { seconds } from '../../domain/time';
import type { RunStatus } from '../../workflows/contract/inputs';
import type { PairStatus } from '../site-pair-client';
import type { Runs, Surroundings } from './surroundings';

/** What a run came to by its first look after a request. */
export type FirstWord =
  /** `passing`: the run stays open, looks again, and may yet do what was asked. */
  | { said: 'refused'; refusal: Refusal; passing: boolean }
  | { said: 'ended'; outcome: string; report?: string }
  | { said: 'next'; status: RunStatus }
  /** Nothing in time. */
  | { said: 'nothing' };

export interface Listening {
  runs: Runs;
  pair: string;
  incident: string;
  clock: Surroundings['clock'];
}

/** A look takes two seconds at most, and the run's next page stands a moment later. */
const withinMs = seconds(6);
const everyMs = 300;

/**
 * Waits, a few seconds at most, for what the run makes of a request that it has taken: most refusals rest on what is read of
 * the sites, which is read after the answer. A refusal that may pass is waited on, in case it does.
 */
export async function firstWord({ runs, pair, incident, clock }: Listening): Promise<FirstWord> {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const word = wordOf(await runs.status(pair).catch(() => undefined), incident);
    const settled = word.said !== 'nothing' && !(word.said === 'refused' && word.passing);
    if (settled || clock.now() >= deadline) return word;
    await clock.pause(everyMs);
  }
}

function wordOf(seen: PairStatus | undefined, incident: string): FirstWord {
  if (seen?.run === 'closed') return ofEnded(seen, incident);
  if (seen?.run !== 'open' || seen.status?.incident !== incident) return { said: 'nothing' };
  const { status } = seen;
  const { next, observation, requests } = status;
  const askedAt = requests.at(-1)?.at ?? 0;
  if (!next || !observation || observation.at < askedAt) return { said: 'nothing' };
  if (next.kind === 'refuse') return { said: 'refused', refusal: next.refusal, passing: true };
  if (next.kind !== 'finish') return { said: 'next', status };
  const { outcome, refusal, report } = next;
  return refusal ? { said: 'refused', refusal, passing: false } : { said: 'ended', outcome, report };
}

function ofEnded({ outcome, result }: Extract<PairStatus, { run: 'closed' }>, incident: string): FirstWord {
  if (result?.incident !== incident) return { said: 'nothing' };
  const { refusal, report } = result;
  return refusal ? { said: 'refused', refusal, passing: false } : { said: 'ended', outcome, report };
}
