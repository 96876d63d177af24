/**
 * The metrics of others that our rules and panels use. Everything else in them has to be one of ours.
 * Each list is held against the real thing where that is named.
 */
export const foreignMetrics = {
  /** test/workflow/metrics.test.ts */
  temporalSdk: [
    'temporal_num_pollers',
    'temporal_worker_task_slots_available',
    'temporal_activity_schedule_to_start_latency_seconds',
    'temporal_workflow_task_schedule_to_start_latency_seconds',
    'temporal_workflow_task_execution_latency_seconds',
    'temporal_request_total',
  ],
  /** test/contract/monitoring.test.ts */
  alertmanager: ['alertmanager_notifications_failed_total', 'alertmanager_notifications_total'],
  /** With and without legacy names; alerting on the first is what `npm run lab` and the end-to-end tests do. */
  infinispan: ['vendor_jgroups_site_view_status', 'jgroups_site_view_status'],
} as const;
