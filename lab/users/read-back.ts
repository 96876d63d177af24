import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadBack } from './outcome';

/** Healthy sites tell each other within milliseconds; this only bounds how long a loaded machine may take. */
const defaultWithinMs = 2_500;
const everyMs = 150;

/**
 * Reads a change back until every read of one round shows it. Each round reads twice, on new connections: behind an
 * accelerator those lead to both sites.
 * @param read whether one read shows the change; a rejection counts as no answer.
 * @returns `lost` when a read of the last round still did not show it.
 */
export async function readBack(
  read: () => Promise<boolean>,
  { stopping, withinMs = defaultWithinMs }: { stopping: AbortSignal; withinMs?: number },
): Promise<ReadBack> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const reads = await Promise.allSettled([read(), read()]);
    const shown = reads.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    if (shown.every((one) => one === true)) return 'effective';
    if (stopping.aborted || performance.now() > deadline) return shown.includes(false) ? 'lost' : 'unknown';
    await sleep(everyMs, undefined, { signal: stopping }).catch(() => {});
  }
}
