import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Requests that failed to show who sends them, per minute and address, which are still told what was wrong. */
export const failuresPerMinute = 10;

/** Whether a request is one too many, and when the count begins anew. */
export interface Counted {
  isOver: boolean;
  retryAfterSeconds: number;
}

type Limit = ReturnType<FastifyInstance['createRateLimit']>;

/** Counts requests of a server by the minute, in memory. Nothing is counted that is not asked for. */
export class RateLimits {
  private failures: Limit | undefined;
  private calls: Limit | undefined;
  private readonly callers = new WeakMap<FastifyRequest, string>();

  constructor(private readonly server: FastifyInstance) {
    void server.register(rateLimit, { global: false, keyGenerator: ({ ip }) => normalizeIP(ip ?? '') });
  }

  /** One more request of this address that did not show who sends it. */
  async failed(request: FastifyRequest): Promise<Counted> {
    this.failures ??= this.server.createRateLimit({ max: failuresPerMinute, timeWindow: 60_000 });
    return counted(await this.failures(request));
  }

  /** One more request of this caller, from wherever it comes. */
  async called(request: FastifyRequest, caller: string, max: number): Promise<Counted> {
    this.callers.set(request, caller);
    this.calls ??= this.server.createRateLimit({
      max,
      timeWindow: 60_000,
      keyGenerator: (one: FastifyRequest) => this.callers.get(one) ?? '',
    });
    return counted(await this.calls(request));
  }
}

function counted(limit: Awaited<ReturnType<Limit>>): Counted {
  if (limit.isAllowed) return { isOver: false, retryAfterSeconds: 0 };
  return { isOver: limit.isExceeded, retryAfterSeconds: limit.ttlInSeconds };
}
