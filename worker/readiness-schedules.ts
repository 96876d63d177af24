import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { readinessEverySeconds, type SitewardenConfig } from '../config';
import type { Logger } from '../runtime/logging';
import { dropSchedules, keepSchedule, type Kept, type WantedSchedule } from '../runtime/schedules';
import { readinessScheduleId, readinessWorkflowId } from '../workflows/contract/ids';
import { assessReadinessType, readinessSummary, readinessTimeoutSeconds } from '../workflows/contract/readiness';

export interface ReadinessSchedulesOptions {
  config: Pick<SitewardenConfig, 'readiness' | 'sitePairs' | 'temporal'>;
  temporal: Pick<Client, 'schedule' | 'withDeadline' | 'withAbortSignal'>;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** Between two tries. */
  againAfterMs?: number;
}

/** For the schedules of all pairs. */
const withinMs = 30_000;

/**
 * Keeps one schedule per configured pair, by which it is looked through in peace time, and deletes those of pairs that are no longer
 * configured. Tries until it succeeds, or the signal ends it, and never fails: nothing is fenced by it.
 */
export async function keepReadinessSchedules(options: ReadinessSchedulesOptions): Promise<void> {
  const { temporal, logger, signal, againAfterMs = 60_000 } = options;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      await temporal.withAbortSignal(signal, () =>
        temporal.withDeadline(Date.now() + withinMs, () => keepOnce(options)),
      );
      return;
    } catch (error) {
      // Once is enough: it goes on until it succeeds, and then says so.
      if (tries === 1 && !signal.aborted) {
        const next = 'It is tried again every minute. Until then: sitewarden readiness <pair>.';
        logger.warn(
          { err: error },
          `The schedules that look the pairs through in peace time could not be kept. ${next}`,
        );
      }
      await pause(againAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function keepOnce({ config, temporal, logger }: ReadinessSchedulesOptions): Promise<void> {
  const wanted = config.sitePairs.map((pair): WantedSchedule => {
    const { name } = pair;
    return {
      scheduleId: readinessScheduleId(name),
      everySeconds: readinessEverySeconds(config, pair),
      workflowType: assessReadinessType,
      workflowId: readinessWorkflowId(name),
      taskQueue: config.temporal.taskQueue,
      args: [{ pair: name }],
      summary: readinessSummary(name),
      runTimeoutSeconds: readinessTimeoutSeconds,
    };
  });
  const kept: Record<Kept, string[]> = { made: [], changed: [], kept: [] };
  for (const one of wanted) kept[await keepSchedule(temporal, one)].push(one.scheduleId);
  const dropped = await dropSchedules(temporal, {
    prefix: readinessScheduleId(''),
    taskQueue: config.temporal.taskQueue,
    wanted: new Set(wanted.map(({ scheduleId }) => scheduleId)),
  });
  logger.info({ ...kept, dropped }, 'Every pair has its schedule, by which it is looked through in peace time.');
}
