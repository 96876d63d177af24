import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Caller, Doing } from './access';
import type { ProblemCode } from './problems';

/** One request of a caller who may make it; what was sent is read. */
export interface Call<Body = unknown, Query = unknown> {
  caller: Caller;
  /** Of a route with `{pair}`: one of the configuration. */
  pair: string;
  /** Of a route with `{run}`. */
  run: string;
  body: Body;
  query: Query;
  /** Of a write: what makes a repeat recognisable, the caller's own name in it. */
  key: string;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** One route, from which both the server and the description of the API are made. */
export interface Route<Body extends z.ZodType = z.ZodType, Query extends z.ZodObject = z.ZodObject> {
  method: 'GET' | 'POST';
  path: string;
  operationId: string;
  summary: string;
  /** What the caller has to have a right to, on the pair in the path; without it any known caller is heard. */
  doing?: Doing;
  /** An Idempotency-Key is required, and a repeat under it is taken once. */
  write?: boolean;
  body?: Body;
  query?: Query;
  answer: z.ZodType;
  /** Beside JSON. */
  alsoAs?: 'text/markdown';
  /** Beside those that every route may answer. */
  problems: readonly ProblemCode[];
  /** A run may refuse: 409 (`KeyReused`: 422) with its answer in the problem. */
  refuses?: boolean;
  handle(call: Call<z.output<Body>, z.output<Query>>): Promise<unknown>;
}

/** Lets a route's handler know what its own schemas say. */
export function route<Body extends z.ZodType, Query extends z.ZodObject>(one: Route<Body, Query>): Route {
  return one;
}
