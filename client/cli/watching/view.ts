import type { PairRow } from '../rendering/status-table';

/** Where a watch shows what it reads. */
export interface View {
  show(rows: readonly PairRow[]): void;
  /** Temporal, or the API, does not answer; said in one sentence. */
  silent(why: string): void;
}
