import type { RunState } from './state';
import type { HeardRequest } from './heard';

/** The fence that people asked for: the first request for one that was not refused. */
export function requestedFence(state: RunState): HeardRequest | undefined {
  return state.heard.requests.find(
    (request) => request.goal === 'fence' && !request.refused && !state.known.refusedRequests[request.id],
  );
}
