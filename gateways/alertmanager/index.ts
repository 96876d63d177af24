import { Agent } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import { watchdogAlertname } from '../../domain/alert';
import { OperatingFailure } from '../../domain/failure-types';
import { endedBy } from '../ended-by';
import { parseUsernamePassword } from '../../domain/username-password';
import { boundedText, connectionFault } from '../http-answers';
import type { AlertmanagerGateway } from '../ports';
import type { CredentialSource, SecretReference } from '../secret-ports';
import * as answers from './answers';
import { receiversFor, type Labels } from './routing';

export interface AlertmanagerOptions {
  /** Base of the server, without `/api`. */
  url: string;
  /** PEM of the CA that issued the server's certificate; the system's CAs when absent. Verification is never off. */
  ca?: string;
  /** Username and password, where something before it asks for them. */
  credentials?: { source: CredentialSource; reference: SecretReference };
  /** The name of Sitewarden's receiver. */
  receiver: string;
  /** Receivers that fence nobody. */
  notifying: readonly string[];
  /** As alerts name the pair: both sites, and what is known of the label `accelerator`. */
  pair: { sites: readonly [string, string]; accelerator?: string };
}

const longestBody = 4 * 1_048_576;
const timeouts = { connectMs: 1_000, answerMs: 1_800 };

/** One Alertmanager, over its API v2; only its status is read. */
export function createAlertmanagerGateway(
  options: AlertmanagerOptions,
): AlertmanagerGateway & { close(): Promise<void> } {
  const { url, ca, receiver: ours, notifying } = options;
  const { origin, pathname } = new URL(url);
  const agent = new Agent({
    connect: { ca, rejectUnauthorized: true, timeout: timeouts.connectMs },
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.answerMs,
  });

  const headersOf = async (signal: AbortSignal): Promise<Record<string, string>> => {
    const { credentials } = options;
    if (!credentials) return {};
    const late = () => unreachable(url, 'did not answer in time');
    const secret = await endedBy(signal, late, () => credentials.source.read(credentials.reference));
    const { username, password } = parseUsernamePassword(secret);
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  };

  const readStatus = async (signal: AbortSignal): Promise<string> => {
    const headers = { 'user-agent': 'sitewarden', accept: 'application/json', ...(await headersOf(signal)) };
    try {
      const path = `${pathname.replace(/\/+$/, '')}/api/v2/status`;
      const { statusCode, body } = await agent.request({ origin, path, method: 'GET', headers, signal });
      const text = await boundedText(body, longestBody);
      if (statusCode === 401 || statusCode === 403) throw refused(url, statusCode);
      if (statusCode !== 200) throw unreadable(url, `it answered ${statusCode}`);
      if (text === undefined) throw unreadable(url, `the answer is longer than ${longestBody} bytes`);
      return text;
    } catch (error) {
      throw failureOf(url, error);
    }
  };

  return {
    async readRoutes(signal) {
      const { route, receivers } = configurationIn(url, await readStatus(signal));
      const reached = (alert: Labels): ReadonlySet<string> =>
        new Set(alertsOf(options.pair, alert).flatMap((labels) => [...receiversFor(route, labels)]));
      const told = reached({ alertname: 'SiteOffline', severity: 'critical' });
      const webhooks = receivers.flatMap(({ name, webhook_configs: webhooks }) =>
        told.has(name) && webhooks?.length ? [{ receiver: name, hosts: webhooks.map(hostOf) }] : [],
      );
      const watchdog = [...reached({ alertname: watchdogAlertname, severity: 'none' })];
      return { ours, notifying, webhooks, watchdog };
    },
    close: () => agent.destroy(),
  };
}

/** Each site may report the other one. */
function alertsOf({ sites: [first, second], accelerator }: AlertmanagerOptions['pair'], alert: Labels): Labels[] {
  const common = { ...alert, ...(accelerator !== undefined && { accelerator }) };
  return [
    { ...common, site: first, reporter: second },
    { ...common, site: second, reporter: first },
  ];
}

function configurationIn(url: string, text: string): answers.Configuration {
  try {
    const { config } = answers.status.parse(JSON.parse(text));
    return answers.configuration.parse(parse(config.original));
  } catch (error) {
    // Without cause: what cannot be parsed is quoted there, and a configuration is nothing for a log.
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    throw unreadable(url, issue ? [...issue.path, issue.message].join(': ') : 'it is no JSON with YAML in it');
  }
}

/** Since 0.26 the URL is hidden, as are credentials in it. */
function hostOf({ url }: { url?: string }): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : 'hidden';
}

function failureOf(url: string, error: unknown): OperatingFailure {
  if (error instanceof OperatingFailure) return error;
  const { kind, code } = connectionFault(error);
  if (kind === 'notHttp') return unreadable(url, `it is no HTTP (${code})`);
  if (kind === 'untrusted') return unreachable(url, `has a certificate that is not trusted (${code})`, error);
  return unreachable(url, kind === 'late' ? 'did not answer in time' : `could not be reached (${code})`, error);
}

function unreachable(url: string, what: string, cause?: unknown): OperatingFailure {
  const message = `The Alertmanager at ${url} ${what}.`;
  return new OperatingFailure('AlertmanagerUnreachable', message, { retryable: true, cause });
}

function refused(url: string, status: number): OperatingFailure {
  const message = `The Alertmanager at ${url} answered ${status}.`;
  return new OperatingFailure('AlertmanagerRefused', message, { retryable: false });
}

function unreadable(url: string, why: string): OperatingFailure {
  const message = `The status of the Alertmanager at ${url} cannot be understood: ${why}.`;
  return new OperatingFailure('AlertmanagerAnswerUnreadable', message, { retryable: true });
}
