import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/types';
import type { ObserveInput, ObserveResult } from './contract/inputs';

const { observePair } = proxyActivities<Pick<Activities, 'observePair'>>({
  startToCloseTimeout: '5 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 1, maximumAttempts: 3 },
});

/** Looks at a pair once, and rehearses a fence if asked to. Takes no lock and changes nothing. */
export async function observeSitePair(input: ObserveInput): Promise<ObserveResult> {
  return observePair(input);
}
