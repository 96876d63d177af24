import type { EpochMs } from '../time';
import type { Finding } from './finding';

/** What a pair is looked through for, in the order in which it is told; each with what it asks, as docs/readiness.md says it. */
export const checks = {
  credentials:
    'what Sitewarden presents to AWS, Infinispan and Keycloak is accepted, and permits the reads that a fence rests on',
  endpoints:
    'both sites stand in every endpoint group, healthy, with the weight and client-IP setting of the configuration',
  backups: 'the sites see each other, and every cache is backed up online both ways',
  caches: 'no cache is configured in a way that loses data without a word',
  application: "the applications of both sites are of one version, and issue each other's tokens",
  observers: 'every observer answers, sees what it is there to see, and its vote would count',
  devices: 'every fence device answers, and its configuration is right',
  lock: 'the store of the outer lock answers, and lets the worker read the lock',
  alertPath: 'an alert would arrive: Prometheus, Alertmanager and webhook pass on the watchdog',
  clocks: "the worker's clock agrees with the clocks that its rules lean on",
  retention: 'Temporal keeps a run for longer than an incident may last, or its report is archived',
  placement: 'worker, Temporal and its store stand outside both sites',
  otherFencers: 'nobody else takes a site out or detaches one by itself',
} as const;

export type CheckName = keyof typeof checks;

export const checkNames = Object.keys(checks) as readonly CheckName[];

export interface Check {
  name: CheckName;
  /** In the order in which they should be put right. */
  findings: readonly Finding[];
  /** Why there was nothing to look at, in one phrase; then there are no findings, and nothing is said of it. */
  notLookedAt?: string;
}

/** `ready`: no check found anything. What could not be read is a finding, so it is never `ready`. */
export type ReadinessVerdict = 'ready' | 'notReady';

export interface ReadinessReport {
  pair: string;
  /** When it was looked, by the worker's clock. */
  at: EpochMs;
  verdict: ReadinessVerdict;
  /** All of them, in their order. */
  checks: readonly Check[];
}

export function findingsOf({ checks: looked }: Pick<ReadinessReport, 'checks'>): readonly Finding[] {
  return looked.flatMap(({ findings }) => findings);
}
