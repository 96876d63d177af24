import { z } from 'zod';
import type { Behaviour } from './behaviour';
import type { FaultKind, FaultStep } from './faults';
import type { ForeignWriterSpec } from './global-accelerator/foreign-writers';
import type { AcceleratorSpec } from './global-accelerator/seed';
import type { LoadBalancerSpec } from './load-balancers';

const milliseconds = z.number().nonnegative();
const count = z.number().int().nonnegative();
/** JSON has no Infinity. */
const times = z.union([count.positive(), z.literal('always').transform(() => Infinity)]);
const text = z.string().min(1);
const endpointHealth = z.enum(['INITIAL', 'HEALTHY', 'UNHEALTHY']);

const aim = { operation: text.optional(), userAgentContains: text.optional(), times: times.optional() };
const faultMembers: Record<FaultKind, z.ZodRawShape> = {
  pass: {},
  throttle: { retryAfterMs: milliseconds.optional() },
  internalError: {},
  unavailable: {},
  accessDenied: {},
  error: { name: text, httpStatus: z.number().int().min(400).max(599), message: z.string().optional() },
  resetBeforeApplying: {},
  resetAfterApplying: {},
  delay: { ms: milliseconds },
  holdBeforeApplying: {},
  hold: {},
};
const faultKind = z.looseObject({ kind: z.enum(Object.keys(faultMembers) as FaultKind[]) });
const fault = faultKind.transform((step, context) => {
  const members = { kind: z.literal(step.kind), ...faultMembers[step.kind], ...aim };
  const parsed = z.strictObject(members).safeParse(step);
  if (parsed.success) return parsed.data as unknown as FaultStep;
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path, input: step });
  return z.NEVER;
});

const behaviour = z.strictObject({
  deploymentMs: milliseconds,
  dataPlaneLagMs: milliseconds,
  staleReads: count,
  staleReadMs: milliseconds,
  conflictWhileInProgress: z.boolean(),
  absentEndpoint: z.enum(['succeed', 'EndpointNotFoundException']),
  presentEndpoint: z.enum(['succeed', 'EndpointAlreadyExistsException', 'InvalidArgumentException']),
  initialHealthMs: milliseconds,
  healthCheckIntervalMs: milliseconds,
  healthCheckTimeoutMs: milliseconds,
  healthCheckThreshold: count.positive(),
  latencyMs: milliseconds,
  connectionMs: milliseconds,
  latencyMsByOperation: z.record(z.string(), milliseconds),
  idleTimeoutMs: milliseconds,
  clockAheadMs: z.number(),
} satisfies Record<keyof Behaviour, z.ZodType>);

const settings = { weight: count.max(255).optional(), clientIpPreservation: z.boolean().optional() };
const loadBalancer = z.strictObject({
  arn: text,
  host: text,
  port: z.number().int().min(1).max(65_535),
  healthUrl: z.url().optional(),
  health: endpointHealth.optional(),
  state: z.enum(['active', 'active_impaired', 'provisioning', 'failed']).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  dnsName: text.optional(),
  attachmentArn: text.optional(),
} satisfies Record<keyof LoadBalancerSpec, z.ZodType>);
const endpoint = z.strictObject({
  endpointId: text,
  ...settings,
  attachmentArn: text.optional(),
  health: endpointHealth.optional(),
});
const group = z.strictObject({
  region: text,
  dial: z.number().min(0).max(100).optional(),
  endpoints: z.array(endpoint),
});
const listener = z.strictObject({
  ports: z.array(count).optional(),
  localPort: count.optional(),
  groups: z.array(group),
});
const accelerator = z.strictObject({
  name: text,
  dnsName: text.optional(),
  dualStackDnsName: text.optional(),
  ipAddressType: z.enum(['IPV4', 'DUAL_STACK']).optional(),
  enabled: z.boolean().optional(),
  status: z.enum(['DEPLOYED', 'IN_PROGRESS']).optional(),
  listeners: z.array(listener).min(1),
} satisfies Record<keyof AcceleratorSpec, z.ZodType>);
const foreignWriter = z.strictObject({
  name: text,
  groupArn: text,
  endpointId: text,
  wants: z.union([z.enum(['present', 'absent']), z.strictObject(settings)]),
  afterMs: milliseconds,
  times: times.optional(),
} satisfies Record<keyof ForeignWriterSpec, z.ZodType>);

/**
 * What the stand-in is to have and to do, as one JSON document; every part may be absent. Parts are taken in the order
 * in which they stand here, so that one document can seed, then disturb.
 */
export const scenario = z.strictObject({
  /** Added; one of the same ARN is replaced. */
  loadBalancers: z.array(loadBalancer).optional(),
  /** Added. */
  accelerators: z.array(accelerator).optional(),
  /** A new current value at once, or a pending one; `promote` makes the pending one current. */
  secrets: z
    .array(
      z.union([
        z.strictObject({ name: text, text: text, stage: z.enum(['AWSCURRENT', 'AWSPENDING']).optional() }),
        z.strictObject({ name: text, promote: z.literal(true) }),
      ]),
    )
    .optional(),
  /** Names of buckets; one that is there stays as it is. */
  buckets: z.array(text).optional(),
  /** By load balancer: of its endpoints, until set otherwise. */
  health: z.record(z.string(), z.union([endpointHealth, z.literal('probed')])).optional(),
  /** What is not named stays. */
  behaviour: behaviour.partial().optional(),
  /** Armed behind those that are armed already. */
  faults: z.array(fault).optional(),
  foreignWriters: z.array(foreignWriter).optional(),
  /** Calls to Global Accelerator by somebody else, now. */
  calls: z.array(z.strictObject({ as: text, operation: text, input: z.record(z.string(), z.unknown()) })).optional(),
});

export type Scenario = z.infer<typeof scenario>;

/** @throws an error whose message says what is wrong where. */
export function parseScenario(json: string): Scenario {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (error) {
    throw new ScenarioError(`The scenario is no JSON: ${(error as Error).message}`);
  }
  const parsed = scenario.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ScenarioError(`The scenario is not understood:\n${z.prettifyError(parsed.error)}`);
}

export class ScenarioError extends Error {}
