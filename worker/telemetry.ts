import type { RuntimeOptions } from '@temporalio/worker';

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
 * The SDK's metrics (slots, polls, latency of tasks) on an address of their own: they are kept outside Node.js, by an
 * exporter that brings its own server. Names and units are Prometheus' own: `_total`, `_seconds`.
 */
export function sdkTelemetry(listen: string): NonNullable<RuntimeOptions['telemetryOptions']> {
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
