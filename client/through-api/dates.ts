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
  const dates = ['startedAt', 'closedAt'].flatMap((key) => {
    const value = (sent as Record<string, unknown>)[key];
    return typeof value === 'string' ? [[key, new Date(value)]] : [];
  });
  return { ...sent, ...Object.fromEntries(dates) };
}
