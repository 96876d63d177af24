/** Everything in which AWS may behave one way or the other. May be changed at any time; the next call sees it. */
export interface Behaviour {
  /** How long an accelerator reads IN_PROGRESS after a mutation. AWS takes seconds to minutes. */
  deploymentMs: number;
  /**
   * How long after a change new connections still go by what was before. Longer than `deploymentMs`, it holds the
   * accelerator IN_PROGRESS as long: DEPLOYED means that the data plane has followed.
   */
  dataPlaneLagMs: number;
  /**
   * So many reads of an accelerator after each change of it show it as it was before that change: AWS promises no
   * consistency of reads. Like `staleReadMs`, for changes from now on.
   */
  staleReads: number;
  /** Reads of an accelerator show it as it was so long ago, status included. */
  staleReadMs: number;
  /** Whether AddEndpoints and RemoveEndpoints answer TransactionInProgressException meanwhile; AWS may, how often is not documented. */
  conflictWhileInProgress: boolean;
  /** RemoveEndpoints of an endpoint that is not there. AWS documents neither. */
  absentEndpoint: 'succeed' | 'EndpointNotFoundException';
  /** AddEndpoints of an endpoint that is there. AWS documents none of them. */
  presentEndpoint: 'succeed' | 'EndpointAlreadyExistsException' | 'InvalidArgumentException';
  /** How long a new endpoint stays INITIAL when its load balancer's health is set and not probed. */
  initialHealthMs: number;
  /** Time between two probes of a health URL. AWS: 10 or 30 s. */
  healthCheckIntervalMs: number;
  healthCheckTimeoutMs: number;
  /** Equal results in a row that turn an endpoint HEALTHY or UNHEALTHY; the first result after INITIAL decides alone. AWS: 3. */
  healthCheckThreshold: number;
  /** Added to every call, half of it before and half after it takes effect. */
  latencyMs: number;
  /** Added to the first call on each new connection, as setting up TCP and TLS would take. */
  connectionMs: number;
  /** Instead of `latencyMs`, by operation. */
  latencyMsByOperation: Partial<Record<string, number>>;
  /**
   * An established TCP flow ends after this long without a byte, whatever happened to its endpoint
   * (Global Accelerator developer guide, "Idle timeout": 340 s, not configurable).
   */
  idleTimeoutMs: number;
  /** How far AWS's time of day is ahead of this machine's. A signature of more than five minutes' difference is refused. */
  clockAheadMs: number;
}

export const defaultBehaviour: Readonly<Behaviour> = {
  deploymentMs: 1_000,
  dataPlaneLagMs: 0,
  staleReads: 0,
  staleReadMs: 0,
  conflictWhileInProgress: false,
  absentEndpoint: 'succeed',
  presentEndpoint: 'InvalidArgumentException',
  initialHealthMs: 100,
  healthCheckIntervalMs: 1_000,
  healthCheckTimeoutMs: 2_000,
  healthCheckThreshold: 3,
  latencyMs: 0,
  connectionMs: 0,
  latencyMsByOperation: {},
  idleTimeoutMs: 340_000,
  clockAheadMs: 0,
};
