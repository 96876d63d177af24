import { Agent } from 'undici';
import { OperatingFailure } from '../../domain/failure-types';
import type { SiteName } from '../../domain/site-pair';
import { shareable } from '../ended-by';
import type { HealthGateway } from '../ports';

export interface HealthOptions {
  /** As it is called when it does not answer. */
  site: SiteName;
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  timeouts?: { connectMs: number; answerMs: number };
  /** Each probe on a connection of its own: one that is kept goes on where it went, whatever was changed on the way since. */
  connectAnew?: boolean;
}

/** A site's health URL. Only the status is read; a redirect is an answer like any other. */
export function createHealthGateway(options: HealthOptions): HealthGateway & { close(): Promise<void> } {
  const { site, ca, timeouts = { connectMs: 1_000, answerMs: 1_800 }, connectAnew } = options;
  const { origin, pathname, search } = new URL(options.url);
  const agent = new Agent({
    connect: { ca, rejectUnauthorized: true, timeout: timeouts.connectMs },
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.answerMs,
    // Undici's word for a connection that is closed after its one answer.
    ...(connectAnew && { pipelining: 0 }),
  });

  return {
    async probe(signal) {
      try {
        const { statusCode, body } = await agent.request({
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
        const { name = 'Error', code = name } = error as { name?: string; code?: string };
        const late = signal.aborted || /TIMEOUT|ABORT/i.test(`${name} ${code}`);
        const reason = late ? 'did not answer in time' : `failed (${code})`;
        const message = `The health URL of ${site} ${reason}.`;
        throw new OperatingFailure('HealthUnreachable', message, { retryable: true, cause: error });
      }
    },

    close: () => agent.destroy(),
  };
}
