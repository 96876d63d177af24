import type { AlertIntake } from './alert-intake';

/** So many at once, and then so many a second, for each pair. */
const burst = 50;
const perSecond = 50;

/**
 * Hands the alerts of a pair over at a pace that its run can keep; no pair waits for another one.
 * A run hears its messages in tasks, and Temporal breaks a task off when a hundred more arrive meanwhile: a storm that is
 * faster than the run would keep it from hearing anything, and so from fencing. The first fifty wait for nothing.
 */
export function paced(intake: AlertIntake): AlertIntake {
  /** When the last alert of the pair, handed over at an even pace, would have been sent. */
  const evenly = new Map<string, number>();
  const turnOf = async (pair: string): Promise<void> => {
    const now = performance.now();
    const due = Math.max(evenly.get(pair) ?? now, now);
    evenly.set(pair, due + 1_000 / perSecond);
    const waitMs = due - now - ((burst - 1) * 1_000) / perSecond;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  };
  return {
    async firing(pair, alert) {
      await turnOf(pair);
      return intake.firing(pair, alert);
    },
    async resolved(pair, alert) {
      await turnOf(pair);
      return intake.resolved(pair, alert);
    },
  };
}
