import type { Evidence } from '../../domain/evidence';
import type { RunResult, RunStatus } from '../../workflows/contract/inputs';
import type { PairStatus } from '../site-pair-client';

type Heard = Required<Pick<RunResult, 'alerts' | 'requests' | 'decisions' | 'findings'>>;
type Told = Pick<RunStatus, 'truth' | 'waitingFor' | 'verdict' | 'next'>;

/** As the answer `explanation` describes it. */
export interface Explanation extends Heard, Partial<Told> {
  pair: string;
  incident: string;
  /** Of a pair with observers. */
  evidence?: Evidence;
  outcome?: string;
}

/**
 * Why the pair is as it is: every alert, request and decision that its run heard, with what became of it; of the open run,
 * or of what the last one left behind. `undefined` where no run tells: there was none, or no worker answers for it.
 */
export function explanationOf(pair: string, seen: PairStatus): Explanation | undefined {
  if (seen.run === 'open' && seen.status) return ofOpen(pair, seen.status);
  if (seen.run === 'closed' && seen.result) return ofClosed(pair, seen.outcome, seen.result);
  return undefined;
}

function ofOpen(
  pair: string,
  { incident, truth, waitingFor, verdict, next, weighed, ...heard }: RunStatus,
): Explanation {
  return { pair, incident, truth, waitingFor, verdict, next, evidence: weighed, ...heardBy(heard) };
}

function ofClosed(pair: string, outcome: string, { incident, status, ...heard }: RunResult): Explanation {
  return { pair, incident, evidence: status?.weighed, outcome, ...heardBy(heard) };
}

function heardBy({ alerts = [], requests = [], decisions = [], findings = [] }: Partial<Heard>): Heard {
  return { alerts, requests, decisions, findings };
}
