import type { ListedRun, PairReadiness } from '../pair-runs';
import type { PairStatus } from '../site-pair-client';

/** A value as JSON carries it: its dates are texts. */
export type Transported<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Transported<Item>[]
    : T extends object
      ? { [Key in keyof T]: Transported<T[Key]> }
      : T;

export function statusOf(sent: Transported<PairStatus>): PairStatus {
  return withDates(sent) as unknown as PairStatus;
}

export function listedRunOf(sent: Transported<ListedRun>): ListedRun {
  return withDates(sent) as unknown as ListedRun;
}

export function readinessOf({ running, failed, schedule, ...sent }: Transported<PairReadiness>): PairReadiness {
  const { next, ...state } = schedule ?? { isPaused: false };
  return {
    ...(sent as Pick<PairReadiness, 'report' | 'assessment'>),
    ...(running && { running: { ...running, startedAt: new Date(running.startedAt) } }),
    ...(failed && { failed: { ...failed, at: new Date(failed.at) } }),
    ...(schedule && { schedule: { ...state, ...(next !== undefined && { next: new Date(next) }) } }),
  };
}

function withDates<T extends object>(sent: T): object {
  const { startedAt, closedAt } = sent as { startedAt?: string; closedAt?: string };
  return {
    ...sent,
    ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
    ...(closedAt !== undefined && { closedAt: new Date(closedAt) }),
  };
}
