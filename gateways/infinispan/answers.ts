import { z } from 'zod';

/* What is read of Infinispan's answers (REST API guide; fields as the servers 15.0 to 16.0 send them). */

export const container = z.object({
  local_site: z.string(),
  relay_node: z.boolean(),
  sites_view: z.array(z.string()),
  cluster_members: z.array(z.string()),
  defined_caches: z.array(z.object({ name: z.string() })),
});

/** Status per backup site. A failed status call is answered 200 with `{"ERROR": "<message>"}`. */
export const backupsOfCache = z.record(
  z.string(),
  z.union([z.object({ status: z.enum(['online', 'offline', 'mixed', 'failed']) }), z.string()]),
);

/** Per cache "ok" or what went wrong; the HTTP status is 200 either way. */
export const outcomePerCache = z.record(z.string(), z.string());

export const size = z.number().int().nonnegative();

const lengthUnitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time as Infinispan and JGroups write it, in ms: a number, or with a unit. */
const lengthMs = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)? ?(ms|s|m|h|d)?$/)]).transform((written) => {
  const [, count = '', unit = 'ms'] = /^(-?[\d.]+) ?(\w*)$/.exec(String(written)) ?? [];
  return Number(count) * (lengthUnitsMs[unit || 'ms'] ?? 1);
});

const backupConfiguration = z.object({
  /** What is not written is the schema's default. */
  strategy: z.enum(['SYNC', 'ASYNC']).default('ASYNC'),
  'failure-policy': z.enum(['FAIL', 'WARN', 'IGNORE', 'CUSTOM']).default('WARN'),
  /** Not written: never. */
  'take-offline': z
    .object({ 'after-failures': z.coerce.number().default(0), 'min-wait': lengthMs.default(0) })
    .nullish(),
});

export type BackupConfiguration = z.output<typeof backupConfiguration>;

/** By cache, and then by its kind, as in `{"work":{"distributed-cache":{...}}}`. */
export const configurationOfCache = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      transaction: z.object({ mode: z.enum(['NONE', 'BATCH', 'NON_XA', 'NON_DURABLE_XA', 'FULL_XA']) }).optional(),
      backups: z.record(z.string(), z.object({ backup: backupConfiguration })).optional(),
    }),
  ),
);

const reliableUnicast = z.looseObject({ conn_close_timeout: lengthMs.optional() }).nullish();

/** What a stack says of its own; the rest is in the one that it extends. A built-in one is not in the list. */
const stack = z.looseObject({
  extends: z.string().optional(),
  UNICAST3: reliableUnicast,
  UNICAST4: reliableUnicast,
  'remote-sites': z.looseObject({ 'default-stack': z.string() }).optional(),
});

export type JGroupsStack = z.output<typeof stack>;

/** JGroups' stacks by name, as in `{"infinispan":{"jgroups":{"stacks":{"bridge":{"stack":{...}}}}}}`; one in a file has no `stack`. */
export const configurationOfContainer = z.object({
  infinispan: z.looseObject({
    jgroups: z.looseObject({ stacks: z.record(z.string(), z.looseObject({ stack: stack.optional() })) }),
  }),
});

/** Seconds since the cache started; -1 when its statistics are off. */
export const start = z.object({ time_since_start: z.number().int() });

/** Entries stored since the cache started, local and replicated; -1 when its statistics are off. */
export const stores = z.object({ stores: z.number().int() });

export const health = z.object({
  cluster_health: z.object({ health_status: z.enum(['HEALTHY', 'HEALTHY_REBALANCING', 'DEGRADED', 'FAILED']) }),
});

/** Status per backup site; a status call that failed is answered 200 with `{"ERROR": "<message>"}`, as above. */
export const pushes = z.record(z.string(), z.string());

export const pushStatus = z.enum(['IDLE', 'SENDING', 'OK', 'ERROR', 'CANCELED']);

/** "ok", or what went wrong; the HTTP status is 200 either way. */
export const outcome = z.string();

/** `expireTime` is -1 for an entry without lifespan and idle time, `created` for one without lifespan; both in ms since 1970. */
export const entry = z.object({
  key: z.unknown(),
  value: z.unknown(),
  expireTime: z.number().optional(),
  created: z.number().optional(),
});
