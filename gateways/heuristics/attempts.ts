import { connect } from 'node:net';
import { Agent } from 'undici';
import type { Attempted } from '../../domain/heuristics';
import type { SiteName } from '../../domain/site-pair';
import { shareable } from '../ended-by';
import { commandEnvironment } from '../programs/environment';
import { runProgram } from '../programs/run-program';

/** What is tried. Failed is what the site answered, or did not answer; what could not be tried is unknown. */
export type CheckKind =
  | { command: readonly [program: string, ...rest: string[]] }
  /** `ca`: PEM; the system's CAs when absent. */
  | { url: string; ca?: string }
  | { tcp: string };

/** One attempt, over when the signal ends. Never rejects. */
export type Attempt = (signal: AbortSignal) => Promise<Attempted>;

export interface Attempting {
  attempt: Attempt;
  close(): Promise<void>;
}

export interface AttemptingOptions {
  pair: string;
  site: SiteName;
  /** Of which a few names are passed on to commands; see programs/environment.ts. */
  environment: NodeJS.ProcessEnv;
}

export function attempting(check: CheckKind, options: AttemptingOptions): Attempting {
  if ('url' in check) return byUrl(check);
  const attempt = 'command' in check ? byCommand(check.command, options) : byTcp(check.tcp);
  return { attempt, close: () => Promise.resolve() };
}

/** Ends with 0. One that does not end in time is ended, with all that it started, and has failed. */
function byCommand([program, ...rest]: readonly [string, ...string[]], options: AttemptingOptions): Attempt {
  const { environment, pair, site } = options;
  return async (signal) => {
    const run = { program, arguments: rest, environment: commandEnvironment(environment, { pair, site }), signal };
    const end = await runProgram(run);
    switch (end.ended) {
      case 'exited':
        return end.code === 0 ? 'passed' : 'failed';
      case 'stopped':
        return 'failed';
      case 'signalled':
      case 'notStarted':
        return 'unknown';
    }
  };
}

/** Answers 200 to 299; a redirect is no answer of the page that was asked for. */
function byUrl({ url, ca }: { url: string; ca?: string }): Attempting {
  const { origin, pathname, search } = new URL(url);
  const agent = new Agent({ connect: { ca, rejectUnauthorized: true } });
  const attempt: Attempt = async (signal) => {
    const headers = { 'user-agent': 'sitewarden' };
    try {
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers,
        signal: shareable(signal),
      });
      // The answer has arrived with its status, whatever becomes of the rest.
      answer.body.dump({ limit: 65_536 }).catch(() => undefined);
      return answer.statusCode >= 200 && answer.statusCode < 300 ? 'passed' : 'failed';
    } catch (error) {
      return isOurs(error) ? 'unknown' : 'failed';
    }
  };
  return { attempt, close: () => agent.destroy() };
}

/** A connection is accepted. Nothing is sent. */
function byTcp(address: string): Attempt {
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
  return (signal) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, signal: shareable(signal) });
      const end = (attempted: Attempted) => {
        socket.destroy();
        resolve(attempted);
      };
      socket.once('connect', () => end('passed'));
      socket.once('error', (error) => end(isOurs(error) ? 'unknown' : 'failed'));
    });
}

/** What went wrong on this side, before the site was asked: no name service, no route of our own, no sockets left. */
const ours: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETDOWN',
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

function isOurs(error: unknown): boolean {
  return ours.has(String((error as { code?: unknown }).code));
}
