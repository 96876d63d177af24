import { Context } from '@temporalio/activity';
import { assessReadiness } from '../../domain/readiness/assess-readiness';
import type { ActivityDependencies } from '../dependencies';
import { configuredPair } from '../failures';
import type { Activities } from '../types';
import { readFacts } from './read-facts';
import { readSurroundings } from './read-surroundings';

/**
 * Looks a pair through for what would make an incident worse than it has to be. Repeating it is harmless: it only reads.
 * Throws `PairUnknown` when this worker's configuration lacks the pair, and for nothing else.
 */
export function createAssessReadiness(dependencies: ActivityDependencies): Activities['assessReadiness'] {
  return async ({ pair: name }) => {
    const configured = configuredPair(dependencies, name);
    const { currentAttemptScheduledTimestampMs } = Context.current().info;
    const [facts, surroundings] = await Promise.all([
      readFacts(configured, dependencies, { patient: true }),
      readSurroundings(configured, dependencies, currentAttemptScheduledTimestampMs),
    ]);
    return assessReadiness(configured.pair, { ...facts, surroundings });
  };
}
