import { Agent } from 'undici';
import { OperatingFailure } from '../../domain/failure-types';
import { shareable } from '../ended-by';
import type { ClockGateway } from '../ports';
import type { HealthOptions } from './index';

/** RFC 9110, "Date": whole seconds, of which the rest is cut off. */
const resolutionMs = 1_000;

/** A site's clock, by the header `Date` with which its health URL answers; many servers send none. */
export function createHealthClock(
  options: Pick<HealthOptions, 'site' | 'url' | 'ca'>,
): ClockGateway & { close(): Promise<void> } {
  const { site, ca } = options;
  const { origin, pathname, search } = new URL(options.url);
  const agent = new Agent({ connect: { ca, rejectUnauthorized: true, timeout: 1_000 }, headersTimeout: 1_800 });
  return {
    async readTime(signal) {
      const date = await dateOf(async () => {
        const { headers, body } = await agent.request({
          ...{ origin, path: pathname + search, method: 'GET' },
          headers: { 'user-agent': 'sitewarden' },
          signal: shareable(signal),
        });
        body.dump({ limit: 65_536 }).catch(() => undefined);
        return headers.date;
      }, site);
      const theirs = Date.parse(String(date));
      if (Number.isNaN(theirs)) throw tellsNone(site);
      return { theirs, resolutionMs };
    },
    close: () => agent.destroy(),
  };
}

async function dateOf<T>(ask: () => Promise<T>, site: string): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const message = `The health URL of ${site} did not answer when it was asked for the time.`;
    throw new OperatingFailure('HealthUnreachable', message, { retryable: true, cause });
  }
}

function tellsNone(site: string): OperatingFailure {
  return new OperatingFailure('NotObserved', `The health URL of ${site} tells no time.`, { retryable: false });
}
