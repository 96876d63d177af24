import type { Activities } from './types';
import { createArchiveReport } from './archive-report';
import { createAssessPair, createObservePair } from './assess-pair';
import { createFenceCommands } from './fence-commands';
import { createAssessReadiness } from './readiness';
import { createRestoreCommands } from './restore-commands';
import { createWatch } from './watch';
import type { ActivityDependencies } from './dependencies';

/** All activities, closed over their dependencies; each worker registers those of its queues. */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const assessPair = createAssessPair(dependencies);
  return {
    assessPair,
    observePair: createObservePair(dependencies),
    assessReadiness: createAssessReadiness(dependencies),
    watch: createWatch(assessPair),
    archiveReport: createArchiveReport(dependencies),
    ...createFenceCommands(dependencies),
    ...createRestoreCommands(dependencies),
  };
}

export type { Activities } from './types';
export type { ActivityDependencies } from './dependencies';
