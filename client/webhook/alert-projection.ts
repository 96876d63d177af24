import { acceleratorKey } from '../../domain/accelerator-name';
import { oneLine } from '../../domain/one-line';
import { z } from 'zod';
import { watchdogAlertname, type AlertMessage } from '../../domain/alert';
import type { Watchdog } from './alert-path-intake';
import type { AlertPair } from './alert-pairs';

/**
 * The only file that knows Alertmanager's names (webhook version 4). What is not needed goes no further:
 * annotations, URLs and other labels never reach a run's history.
 */
const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()).nullish(),
  startsAt: z.iso.datetime({ offset: true }).max(64),
  fingerprint: z.string().regex(/^[0-9a-fA-F]{1,64}$/),
});

/** More would keep the process busy for seconds; Alertmanager's smallest alerts fill the limit of the body before. */
const mostAlerts = 10_000;

/**
 * The status of the body as a whole is not read: it is computed after truncation and may say resolved of firing alerts.
 * Alerts are read one by one: a single one that is malformed must not take the others with it.
 */
const bodySchema = z.looseObject({
  alerts: z.array(z.unknown()).max(mostAlerts),
  truncatedAlerts: z.int().nonnegative().nullish().catch(null),
});

export type AlertmanagerAlert = z.output<typeof alertSchema>;

export interface AlertmanagerBody {
  alerts: readonly AlertmanagerAlert[];
  /** What stands in the list of alerts and is none. */
  unreadable: readonly Ignored[];
  /** Alerts that Alertmanager left out (its `max_alerts`): we were not told of them. */
  truncated: number;
  /** The body is of version 4. Of another one the alerts that can be read are taken all the same: they only wake a run. */
  knownVersion: boolean;
}

/** @returns the body, or a clause that says where it is not what Alertmanager sends; values are not repeated in it. */
export function readBody(body: unknown): AlertmanagerBody | { refused: string } {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { refused: clauseOf(parsed.error) };
  const read = parsed.data.alerts.map(readAlert);
  const alerts = read.filter((one): one is AlertmanagerAlert => 'status' in one);
  const unreadable = read.filter((one): one is Ignored => 'reason' in one);
  const knownVersion = parsed.data.version === '4';
  if (!knownVersion && alerts.length === 0) return { refused: '"version" is missing or not as expected' };
  return { alerts, unreadable, truncated: parsed.data.truncatedAlerts ?? 0, knownVersion };
}

function readAlert(sent: unknown): AlertmanagerAlert | Ignored {
  const parsed = alertSchema.safeParse(sent);
  if (parsed.success) return parsed.data;
  const text = `An alert cannot be read: ${clauseOf(parsed.error)}.`;
  return { fingerprint: '', reason: 'AlertUnreadable', text };
}

function clauseOf(error: z.ZodError): string {
  const path = (error.issues[0]?.path ?? []).map(String).join('.');
  return path === '' ? 'it is no object' : `"${said(path)}" is missing or not as expected`;
}

/** Why an alert of a body reaches no run: nothing to be repaired by sending it again. */
export const ignoredBecause = [
  'NoPairNamed',
  'PairUnknown',
  'PairAmbiguous',
  'SitesUnknown',
  'NoOpenRun',
  'AlertUnreadable',
  'RepeatedInBody',
  'WatchdogEnded',
] as const;
export type IgnoredBecause = (typeof ignoredBecause)[number];

export interface Ignored {
  /** Empty where none could be read. */
  fingerprint: string;
  reason: IgnoredBecause;
  text: string;
}

export interface Addressed {
  pair: string;
  alert: AlertMessage;
}

/** A watchdog goes the way of an alert, to the last label, and then no further. */
export function projectAny(
  sent: AlertmanagerAlert,
  pairs: readonly AlertPair[],
): Addressed | Ignored | { watchdog: Watchdog } {
  const projected = project(sent, pairs);
  if (!('pair' in projected) || sent.labels?.alertname !== watchdogAlertname) return projected;
  const { pair, alert } = projected;
  if (alert.status === 'firing') return { watchdog: { pair, reporter: alert.reporter } };
  const text = `The view of ${alert.reporter} is not measured any more: a lost site would not be reported from there.`;
  return { fingerprint: alert.fingerprint, reason: 'WatchdogEnded', text };
}

/**
 * The alert as the run of its pair hears it, or why it concerns no pair of ours.
 * The pair is named by label `site_pair`, else by label `accelerator` (DNS name or ARN);
 * `site` and `reporter` must be the two sites of that pair. A site that accuses itself concerns nobody.
 */
export function project(sent: AlertmanagerAlert, pairs: readonly AlertPair[]): Addressed | Ignored {
  const { fingerprint } = sent;
  const labels = sent.labels ?? {};
  const ignored = (reason: IgnoredBecause, text: string): Ignored => ({ fingerprint, reason, text });
  const { site = '', reporter = '' } = labels;
  const named = pairsNamed(labels, pairs);
  if (named === undefined) return ignored('NoPairNamed', 'The alert has neither label "site_pair" nor "accelerator".');
  if (named.length === 0) {
    const label = labels.site_pair ? 'site_pair' : 'accelerator';
    return ignored('PairUnknown', `No configured pair has ${label} "${said(labels[label] ?? '')}".`);
  }
  const concerned = named.filter(({ sites }) => sites.includes(site) && sites.includes(reporter) && site !== reporter);
  const [pair, another] = concerned;
  if (!pair) {
    const sites = `site "${said(site)}" and reporter "${said(reporter)}"`;
    return ignored('SitesUnknown', `The alert names ${sites}; the pair's sites are ${named[0]?.sites.join(' and ')}.`);
  }
  if (another) {
    const names = concerned.map(({ name }) => name).join(', ');
    return ignored(
      'PairAmbiguous',
      `Several pairs use this accelerator (${names}). Give the alert a label "site_pair".`,
    );
  }
  return { pair: pair.name, alert: messageOf(sent, labels, { site, reporter }) };
}

type Labels = Readonly<Record<string, string>>;

function messageOf(
  { status, startsAt, fingerprint }: AlertmanagerAlert,
  labels: Labels,
  { site, reporter }: Pick<AlertMessage, 'site' | 'reporter'>,
): AlertMessage {
  const alertname = said(labels.alertname ?? '') || 'unnamed';
  return { fingerprint: fingerprint.toLowerCase(), status, alertname, site, reporter, startsAt };
}

/** No name of an accelerator is longer; a longer text is not searched for one. */
const acceleratorLength = 512;

function pairsNamed(labels: Labels, pairs: readonly AlertPair[]): AlertPair[] | undefined {
  if (labels.site_pair) return pairs.filter(({ name }) => name === labels.site_pair);
  if (!labels.accelerator) return undefined;
  if (labels.accelerator.length > acceleratorLength) return [];
  const key = acceleratorKey(labels.accelerator);
  return pairs.filter(({ accelerators }) => accelerators.includes(key));
}

/** What an alert said, fit for a log line and a page, and no longer than helps. */
export function said(value: string): string {
  // Cut before it is searched, and again after: only what can be shown is worth the time.
  return oneLine(value.slice(0, 1_000), 120).trim();
}
