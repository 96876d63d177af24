import { z } from 'zod';

/* etcd's v3 API as its gateway writes it in JSON: 64-bit numbers as texts, bytes as base64, what is zero left out. */

export const granted = z.object({ ID: z.string(), TTL: z.string() });

/** Without a TTL the lease is not there (any more). */
export const keptAlive = z.object({ result: z.object({ TTL: z.string().optional() }) });

const keyValue = z.object({
  key: z.base64(),
  value: z.base64().default(''),
  create_revision: z.string(),
  lease: z.string().default('0'),
});

export const ranged = z.object({ kvs: z.array(keyValue).default([]) });

export const transacted = z.object({
  responses: z.array(z.object({ response_range: ranged.optional() })).default([]),
});

export const authenticated = z.object({ token: z.string().min(1) });

const refusal = z.object({ code: z.int(), message: z.string().default('') });
const refusalBefore36 = z.object({ grpc_code: z.int(), message: z.string().default('') });

/** gRPC codes of errors (google.rpc.Code); of a stream, as keeping a lease alive is, they are wrapped (grpc-gateway, version 2 and 1). */
export const refused = z.union([
  refusal,
  z.object({ error: refusal }).transform(({ error }) => error),
  z.object({ error: refusalBefore36 }).transform(({ error: { grpc_code: code, message } }) => ({ code, message })),
]);

export type KeyValue = z.output<typeof keyValue>;
