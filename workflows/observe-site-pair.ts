import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/types';
import type { ObserveInput, ObserveResult } from './contract/inputs';

const options = {
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 1, maximumAttempts: 3 },
} as const;
const { observePair } = proxyActivities<Pick<Activities, 'observePair'>>(options);

/** Looks at a pair once, and rehearses a fence if asked to. Takes no lock and changes nothing. */
export async function observeSitePair(input: ObserveInput): Promise<ObserveResult> {
  // Fence devices may need long to answer; nobody else waits for them.
  if (!input.patient) return observePair(input);
  return observePair.executeWithOptions({ ...options, startToCloseTimeout: '30 seconds' }, [input]);
}
