import type { FastifyReply, FastifyRequest } from 'fastify';
import { presentsCertificate } from '../../runtime/server-certificate';
import type { Strangers } from '../../runtime/strangers';
import { failuresPerMinute, type RateLimits } from '../http/rate-limits';
import type { Caller } from './access';
import type { ApiMetrics } from './api-metrics';
import type { Callers } from './callers';
import { answerApiProblem, ApiProblem } from './problems';

export interface AdmissionOptions {
  callers: Pick<Callers, 'caller'>;
  /** A certificate of the client CA is required beside the token. */
  clientCertificates: boolean;
  strangers: Strangers;
  limits: RateLimits;
  /** Requests of one caller in a minute. */
  perMinute: number;
  metrics: ApiMetrics;
}

/**
 * Who may ask at all. Runs when the headers are there, before the body is read: a stranger's bytes are not parsed.
 * First who it is, then how often: a caller's requests are counted under its name, strangers' under their address, so that
 * no flood of one holds up another.
 */
export class Admission {
  private readonly callers = new WeakMap<FastifyRequest, Caller>();

  constructor(private readonly options: AdmissionOptions) {}

  callerOf(request: FastifyRequest): Caller | undefined {
    return this.callers.get(request);
  }

  /** The hook `onRequest` of a route: answers by itself whoever is not let in. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { clientCertificates, strangers, limits, perMinute } = this.options;
    if (clientCertificates && !presentsCertificate(request.socket)) return this.refuse(request, reply, noCertificate());
    const { authorization } = request.headers;
    const caller = await this.options.callers.caller(authorization);
    if (caller === 'unknown') return this.turnAway(reply, ownSecret());
    if (caller === 'refused') return this.refuse(request, reply, wrongToken(authorization !== undefined));
    this.callers.set(request, caller);
    strangers.trust(request.socket);
    const { isOver, retryAfterSeconds } = await limits.called(request, caller.name, perMinute);
    return isOver ? this.turnAway(reply, tooMany(caller.name, perMinute, retryAfterSeconds)) : undefined;
  }

  private async refuse(request: FastifyRequest, reply: FastifyReply, refusal: ApiProblem): Promise<unknown> {
    const { isOver, retryAfterSeconds } = await this.options.limits.failed(request);
    void reply.header('connection', 'close');
    return this.turnAway(reply, isOver ? tooManyFailures(retryAfterSeconds) : refusal);
  }

  private turnAway(reply: FastifyReply, problem: ApiProblem): unknown {
    this.options.metrics.rejected.inc({ reason: problem.code });
    return answerApiProblem(reply, problem);
  }
}

const noCertificate = () =>
  new ApiProblem(
    'ClientCertificateMissing',
    'There is no client certificate that our client CA has issued.',
    'Present one; "api.tls.clientCa" of the configuration names the CA.',
  );

function wrongToken(presented: boolean): ApiProblem {
  const realm = 'Bearer realm="sitewarden"';
  return new ApiProblem(
    'CredentialsWrong',
    presented ? 'The token is not one that we know.' : 'There is no token.',
    'Send "Authorization: Bearer <token>" with a token of the secret that "api.tokens" of the configuration names.',
    { headers: { 'www-authenticate': presented ? `${realm}, error="invalid_token"` : realm } },
  );
}

const ownSecret = () =>
  new ApiProblem(
    'OwnCredentialsUnreadable',
    'Our own tokens cannot be read, so nobody can be let in.',
    'Ask again; meanwhile look at the secret that "api.tokens" names in the configuration.',
  );

const tooMany = (caller: string, perMinute: number, retryAfterSeconds: number) =>
  new ApiProblem(
    'TooManyRequests',
    `${caller} has sent more than ${perMinute} requests in a minute.`,
    'Ask less often; "api.rateLimit.perMinute" of the configuration is the limit of each caller.',
    { headers: { 'retry-after': String(retryAfterSeconds) } },
  );

const tooManyFailures = (retryAfterSeconds: number) =>
  new ApiProblem(
    'TooManyFailures',
    `More than ${failuresPerMinute} requests of a minute from this address did not show who sends them.`,
    'Put the token right: a request that has it is taken at once.',
    { headers: { 'retry-after': String(retryAfterSeconds) } },
  );
