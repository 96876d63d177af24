import type { ListedRun } from '../pair-runs';
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

function withDates<T extends object>(sent: T): object {
  const { startedAt, closedAt } = sent as { startedAt?: string; closedAt?: string };
  return {
    ...sent,
    ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
    ...(closedAt !== undefined && { closedAt: new Date(closedAt) }),
  };
}
