import type { Progress } from './comparison';
import type { Synchronization } from './way-back';
import { duration, seconds } from './time';

/** How far the long step of a run has come: as its activity tells, else as the run itself last read of its push. */
export function progressOf(of: { progress?: Progress; synchronization?: Synchronization }): Progress | undefined {
  const { progress, synchronization } = of;
  return progress ?? (synchronization?.equalAt === undefined ? synchronization?.progress : undefined);
}

/** `pushing: 812 of 1,204 (67 %), 240 a second, 1.6 s left`: all that a person needs to decide whether to wait. */
export function sayProgress(progress: Progress): string {
  const { what, done, total } = progress;
  const percent = total > 0 ? ` (${Math.floor((100 * Math.min(done, total)) / total)} %)` : '';
  const speed = rateOf(progress);
  const rate = speed > 0 ? `, ${count(Math.max(1, Math.round(speed)))} a second` : '';
  const left = speed > 0 && total > done ? `, ${duration(seconds((total - done) / speed))} left` : '';
  return `${what}: ${count(done)} of ${count(total)}${percent}${rate}${left}`;
}

/** How many tenths are done; a page is drawn anew by whole tenths, so that a run's history does not grow with its caches. */
export function tenthsOf({ done, total }: Progress): number {
  return total > 0 ? Math.floor((10 * done) / total) : 0;
}

/** Entries a second since the step began; 0 while that cannot be told. */
function rateOf({ done, since, at }: Progress): number {
  return at > since ? done / ((at - since) / 1_000) : 0;
}

/** `1,204`. */
export function count(wholeNumber: number): string {
  return String(wholeNumber).replace(/\B(?=(\d{3})+$)/g, ',');
}
