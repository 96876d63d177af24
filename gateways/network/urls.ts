import { Agent } from 'undici';
import type { NetworkProbe } from '../../domain/isolation';
import { connectionFault } from '../http-answers';
import type { NetworkOptions } from '.';
import { addressOfNic } from './nic';
import { timeUp } from '../../runtime/time-up';

/** Statuses from here on are no success (Artemis' check fails on them too: the server was reached, the service was not). */
const firstFailure = 400;

/** What this process lacks, or may not do (socket(2), connect(2)): nothing was asked. */
const ours: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EACCES', 'EPERM']);

/** Asks URLs with GET, each time over a new connection: an old one would answer from a cut's other side for a while. */
export function createUrlProbe({ ca, nic, timeoutMs }: Pick<NetworkOptions, 'ca' | 'nic' | 'timeoutMs'>) {
  const agents = new Set<Agent>();

  async function ask(url: string, signal: AbortSignal): Promise<NetworkProbe> {
    const target = shown(url);
    const localAddress = nic === undefined ? undefined : addressOfNic(nic, familyOf(url));
    if (nic !== undefined && localAddress === undefined) {
      return { target, outcome: 'silent', says: `the interface ${nic} has no address` };
    }
    const agent = new Agent({
      connect: { ca, localAddress, timeout: timeoutMs },
      headersTimeout: timeoutMs,
      pipelining: 0,
    });
    agents.add(agent);
    try {
      const { statusCode, body } = await agent.request({
        origin: new URL(url).origin,
        path: pathOf(url),
        method: 'GET',
        headers: { 'user-agent': 'sitewarden' },
        signal: AbortSignal.any([signal, timeUp(timeoutMs)]),
      });
      body.dump({ limit: 65_536 }).catch(() => undefined);
      if (statusCode < firstFailure) return { target, outcome: 'reached' };
      return { target, outcome: 'silent', says: `answered ${statusCode}` };
    } catch (error) {
      return { target, ...failed(error) };
    } finally {
      agents.delete(agent);
      await agent.destroy();
    }
  }

  return {
    probe: ask,
    async close() {
      await Promise.all([...agents].map((agent) => agent.destroy()));
    },
  };
}

/** A server that shows any certificate was reached: that it is not vouched for says something of a file, and nothing of the network. */
function failed(error: unknown): Pick<NetworkProbe, 'outcome' | 'says'> {
  const { kind, code } = connectionFault(error);
  if (isOurs(error)) return { outcome: 'notCarriedOut', says: code };
  if (kind === 'untrusted')
    return {
      outcome: 'notCarriedOut',
      says: `its certificate is not vouched for by the ca, or is out of date: ${code}`,
    };
  return { outcome: 'silent', says: kind === 'late' ? 'no answer in time' : code };
}

/** Of a name with several addresses each must fail so: one that was asked in vain is silent. */
function isOurs(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isOurs);
  return ours.has(connectionFault(error).code);
}

const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;

/** A literal address has a family; a name takes whichever the interface has. */
function familyOf(url: string): 'IPv4' | 'IPv6' | undefined {
  const { hostname } = new URL(url);
  if (hostname.startsWith('[')) return 'IPv6';
  return /^\d+(\.\d+){3}$/.test(hostname) ? 'IPv4' : undefined;
}

/** Without the query, which may hold a token: it ends up in logs. */
const shown = (url: string): string => url.replace(/\?.*/s, '?...');
