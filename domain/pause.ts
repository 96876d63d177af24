import { requestedFence } from './requested-fence';
import type { RunState } from './state';
import type { HeardRequest } from './heard';
import { seconds, type EpochMs } from './time';

/** A pause in force: the run holds the pair's id, records what it hears, and touches nothing. */
export interface Pause {
  until: EpochMs;
  by: string;
  reason: string;
}

/**
 * The pause in force at `now`, if there is one. It ends at its time, by a release, or by a person's request for a fence;
 * an alert that still fires then is acted on.
 */
export function pauseAt(state: RunState, now: EpochMs): Pause | undefined {
  const request = state.goal === 'pause' ? state.heard.requests.find(isPause) : undefined;
  if (!request || state.heard.pauseReleased || requestedFence(state)) return undefined;
  const until = request.at + seconds(request.forSeconds);
  return now < until ? { until, by: request.by, reason: request.reason } : undefined;
}

function isPause(request: HeardRequest): request is HeardRequest & { forSeconds: number } {
  return request.goal === 'pause' && !request.refused && request.forSeconds !== undefined;
}
