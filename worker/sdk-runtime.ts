import { Runtime, type RuntimeOptions } from '@temporalio/worker';
import type { Logger } from '../runtime/logging';
import { createSdkLogger } from './sdk-logger';

/** In seconds. A fence is a matter of seconds, so the SDK's own spacing (0.1, 0.5, 1, 5, 10) tells too little. */
const latencyBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];
/** Without their prefix, as the SDK wants them. */
const latencies = [
  'workflow_task_schedule_to_start_latency',
  'workflow_task_execution_latency',
  'activity_schedule_to_start_latency',
  'activity_execution_latency',
];

/**
 * Makes the SDK log through `logger`, its native part too, and serve its metrics at `metricsListen`, if that is given.
 * To be called before anything else of the SDK is used.
 * @throws Error when the address cannot be listened on.
 */
export function installSdkRuntime(options: {
  logger: Logger;
  metricsListen: string | undefined;
  monotonicMs: () => number;
}): void {
  const { logger, metricsListen, monotonicMs } = options;
  const metrics = metricsListen === undefined ? {} : sdkMetrics(metricsListen);
  try {
    Runtime.install({
      logger: createSdkLogger(logger, monotonicMs),
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} }, ...metrics },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const next = 'Write an IP address and a port that is free.';
    throw new Error(`worker.temporalMetrics.listen: ${metricsListen} cannot be listened on (${why}). ${next}`, {
      cause,
    });
  }
}

/**
 * The SDK's metrics (slots, polls, latency of tasks) on an address of their own: they are kept outside Node.js, by an
 * exporter that brings its own server. Names and units are Prometheus' own: `_total`, `_seconds`.
 */
export function sdkMetrics(listen: string): NonNullable<RuntimeOptions['telemetryOptions']> {
  return {
    metrics: {
      prometheus: {
        bindAddress: listen,
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations: true,
        histogramBucketOverrides: Object.fromEntries(latencies.map((name) => [name, latencyBuckets])),
      },
    },
  };
}
