import { SdkComponent } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { Logger } from '../runtime/logging';

/** A trouble that lasts is said again after this long, with how often it was left out. */
const saidAgainAfterMs = 60_000;
/** Beyond this many different lines all count as new. */
const mostRemembered = 200;

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * The SDK's own lines, in our form. Its workflow lines carry the workflow's ids already.
 * Its native part repeats a warning with every retry of every poll, as long as Temporal is away: such a warning that
 * differs from an earlier one by numbers only is said once a minute.
 */
export function createSdkLogger(logger: Logger, monotonicMs: () => number): DefaultLogger {
  const repeats = new Map<string, { saidAtMs: number; leftOut: number }>();

  function leftOutBefore({ level, message, meta }: LogEntry): number | 'leave out' {
    if (level !== 'WARN' || meta?.sdkComponent !== SdkComponent.core) return 0;
    const key = message.replace(/\d+/g, '#');
    const before = repeats.get(key);
    if (before && monotonicMs() - before.saidAtMs < saidAgainAfterMs) {
      before.leftOut += 1;
      return 'leave out';
    }
    if (repeats.size >= mostRemembered) repeats.clear();
    repeats.set(key, { saidAtMs: monotonicMs(), leftOut: 0 });
    return before?.leftOut ?? 0;
  }

  return new DefaultLogger('INFO', (entry) => {
    const leftOut = leftOutBefore(entry);
    if (leftOut === 'leave out') return;
    const { taskToken: _token, ...sdk } = (entry.meta ?? {}) as Record<string, unknown>;
    logger[levels[entry.level]]({ sdk, ...(leftOut > 0 && { leftOut }) }, entry.message);
  });
}
