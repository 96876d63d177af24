import { proxyActivities } from '@temporalio/workflow';
import type { ReadinessReport } from '../domain/readiness/report';
import type { Activities } from '../activities/types';
import type { AssessReadinessInput } from './contract/inputs';

/** Within it fence devices are waited for as long as they usually take. */
const { assessReadiness } = proxyActivities<Pick<Activities, 'assessReadiness'>>({
  startToCloseTimeout: '45 seconds',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 1, maximumAttempts: 2 },
});

/** Looks a pair through in peace time; its result is the report. Takes no lock and changes nothing. */
export async function assessSitePairReadiness({ pair }: AssessReadinessInput): Promise<ReadinessReport> {
  return assessReadiness({ pair });
}
