import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { trouble } from '../../runtime/http-server';
import { presentsCertificate } from '../../runtime/server-certificate';
import type { Strangers } from '../../runtime/strangers';
import { failuresPerMinute, RateLimits } from '../http/rate-limits';
import { challenge } from './authentication';
import type { WebhookCredentials } from './webhook-credentials';
import type { RejectedBecause, WebhookMetrics } from './webhook-metrics';

export interface AdmissionOptions {
  credentials: WebhookCredentials;
  /** A certificate of the client CA is required beside the credentials. */
  clientCertificates: boolean;
  strangers: Strangers;
  metrics: WebhookMetrics;
}

/**
 * Who may post alerts. Runs when the headers are there, before the body is read: a stranger's bytes are not parsed.
 *
 * First who it is, then the limit: only requests that could not show it count towards the limit of their address, and only
 * such requests are held to it. So neither a flood of others nor the sender's own wrong attempts of a minute ago can delay
 * a genuine alert, also behind one address with them. What the limit spares is the log, and the connection, which ends
 * with a refusal. A refused body is not read.
 */
export class Admission {
  private readonly known = new WeakSet<FastifyRequest>();
  private readonly limits: RateLimits;

  constructor(
    server: FastifyInstance,
    private readonly options: AdmissionOptions,
  ) {
    this.limits = new RateLimits(server);
  }

  /** Whether the request came from whom alerts are taken. */
  isKnown(request: FastifyRequest): boolean {
    return this.known.has(request);
  }

  /** The hook `onRequest` of the route: answers by itself whoever is not let in. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { credentials, clientCertificates, strangers } = this.options;
    if (clientCertificates && !presentsCertificate(request.socket)) {
      return this.refuse(request, reply, noCertificate);
    }
    const verdict = await credentials.verdict(request.headers.authorization);
    if (verdict === 'unknown') return this.notNow(reply);
    if (verdict === 'refused') return this.refuse(request, reply, wrongCredentials(challenge(credentials.schemes)));
    this.known.add(request);
    strangers.trust(request.socket);
    return undefined;
  }

  private notNow(reply: FastifyReply): unknown {
    this.options.metrics.rejected.inc({ reason: 'OwnCredentialsUnreadable' });
    const next = 'Send again; meanwhile look at the secrets that "webhook" names in the configuration.';
    return trouble(reply, 503, { error: 'Our own credentials cannot be read, so nobody can be let in.', next });
  }

  private async refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): Promise<unknown> {
    const { isOver } = await this.limits.failed(request);
    const { reason, status, headers, ...said } = isOver ? tooMany : refusal;
    this.options.metrics.rejected.inc({ reason });
    return trouble(reply.headers({ ...headers, connection: 'close' }), status, said);
  }
}

interface Refusal {
  reason: RejectedBecause;
  status: number;
  headers?: Record<string, string>;
  error: string;
  next: string;
}

const noCertificate: Refusal = {
  reason: 'ClientCertificateMissing',
  status: 403,
  error: 'There is no client certificate that our client CA has issued.',
  next: 'Give Alertmanager\'s http_config a tls_config with cert_file and key_file; "webhook.tls.clientCa" names the CA.',
};

const wrongCredentials = (wwwAuthenticate: string): Refusal => ({
  reason: 'CredentialsWrong',
  status: 401,
  headers: { 'www-authenticate': wwwAuthenticate },
  error: 'The credentials are missing or wrong.',
  next: 'Compare Alertmanager\'s http_config with the secret that "webhook" names in the configuration.',
});

const tooMany: Refusal = {
  reason: 'TooManyFailures',
  status: 429,
  error: `More than ${failuresPerMinute} requests of a minute from this address did not show who sends them.`,
  next: 'Put the credentials right, or the client certificate: a request that has them is taken at once.',
};
