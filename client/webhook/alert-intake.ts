import type { AlertMessage } from '../../domain/alert';

/** The run that has taken an alert: Temporal has it in writing. */
export interface TakenBy {
  workflowId: string;
  runId: string;
}

/**
 * Where alerts go. Each method resolves only when Temporal has stored the message, and rejects when it could not;
 * a message may be handed over more than once, the run tells repeats by their fingerprint.
 */
export interface AlertIntake {
  /** Wakes the run of the pair, or starts it. */
  firing(pair: string, alert: AlertMessage): Promise<TakenBy & { outcome: 'started' | 'joined' }>;
  /** Tells an open run of the pair; never starts one. */
  resolved(pair: string, alert: AlertMessage): Promise<TakenBy | 'NoOpenRun'>;
}
