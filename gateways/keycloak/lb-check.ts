import { Agent } from 'undici';
import type { SiteName } from '../../domain/site-pair';
import { shareable } from '../ended-by';
import { connectionFailure } from './failures';

export interface LbCheckOptions {
  site: SiteName;
  /** Of the site's own Keycloak, not through the accelerator. */
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  timeouts?: { connectMs: number; answerMs: number };
}

/** Of the 2 s of a look the status command, which is asked afterwards, needs a half. */
const defaultTimeouts = { connectMs: 700, answerMs: 1_000 };

/**
 * Keycloak's `/lb-check`: 200 while the node could serve, 503 while it starts or its own Infinispan is down. It knows nothing of
 * the other site: both stay 200 in a split. Each look opens a connection of its own, as a router may have kept the last one open.
 */
export class LbCheck {
  private readonly agent: Agent;

  constructor(private readonly options: LbCheckOptions) {
    const { connectMs, answerMs } = options.timeouts ?? defaultTimeouts;
    this.agent = new Agent({
      connect: { ca: options.ca, rejectUnauthorized: true, timeout: connectMs },
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
      pipelining: 0,
    });
  }

  /** The HTTP status of its answer. Fails with `KeycloakUnreachable` or `KeycloakUntrusted` where there is none. */
  async status(signal: AbortSignal): Promise<number> {
    const { origin, pathname, search } = new URL(this.options.url);
    try {
      const { statusCode, body } = await this.agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers: { 'user-agent': 'sitewarden' },
        signal: shareable(signal),
      });
      // The answer has arrived with its status, whatever becomes of the rest.
      body.dump({ limit: 65_536 }).catch(() => undefined);
      return statusCode;
    } catch (error) {
      throw connectionFailure(`Keycloak of ${this.options.site}, its lb-check`, error);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }
}
