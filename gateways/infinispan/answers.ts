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

/** Seconds since the cache started; -1 when its statistics are off. */
export const stats = z.object({ time_since_start: z.number().int() });
