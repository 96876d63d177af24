import type { PairStatus } from '../site-pair-client';

/** A pair's run for programs: `workerAnswers` tells whether `status` is there, or only the `memo`. */
export function asData(pair: string, status: PairStatus): object {
  return status.run === 'open' ? { pair, ...status, workerAnswers: status.status !== undefined } : { pair, ...status };
}
