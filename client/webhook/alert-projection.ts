import { acceleratorKey } from '../../domain/accelerator-name';
import { oneLine } from '../../domain/one-line';
import { z } from 'zod';
import type { AlertMessage } from '../../domain/alert';
import type { AlertPair } from './alert-pairs';

/**
 * The only file that knows Alertmanager's names (webhook version 4). What is not needed goes no further:
 * annotations, URLs and other labels never reach a run's history.
 */
const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime({ offset: true }).max(64),
  fingerprint: z.string().regex(/^[0-9a-fA-F]{1,64}$/),
});

/** The status of the body as a whole is not read: it is computed after truncation and may say resolved of firing alerts. */
const bodySchema = z.looseObject({
  version: z.literal('4'),
  alerts: z.array(alertSchema),
  truncatedAlerts: z.int().nonnegative().nullish(),
});

export type AlertmanagerAlert = z.output<typeof alertSchema>;

export interface AlertmanagerBody {
  alerts: readonly AlertmanagerAlert[];
  /** Alerts that Alertmanager left out (its `max_alerts`): we were not told of them. */
  truncated: number;
}

/** @returns the body, or a clause that says where it is not what Alertmanager sends; values are not repeated in it. */
export function readBody(body: unknown): AlertmanagerBody | { unreadable: string } {
  const parsed = bodySchema.safeParse(body);
  if (parsed.success) return { alerts: parsed.data.alerts, truncated: parsed.data.truncatedAlerts ?? 0 };
  const path = (parsed.error.issues[0]?.path ?? []).map(String).join('.');
  return { unreadable: path === '' ? 'it is no object' : `"${said(path)}" is missing or not as expected` };
}

export type IgnoredBecause = 'NoPairNamed' | 'PairUnknown' | 'PairAmbiguous' | 'SitesUnknown' | 'NoOpenRun';

export interface Ignored {
  fingerprint: string;
  reason: IgnoredBecause;
  text: string;
}

export interface Addressed {
  pair: string;
  alert: AlertMessage;
}

/**
 * The alert as the run of its pair hears it, or why it concerns no pair of ours.
 * The pair is named by label `site_pair`, else by label `accelerator` (DNS name or ARN);
 * `site` and `reporter` must be the two sites of that pair. A site that accuses itself concerns nobody.
 */
export function project(sent: AlertmanagerAlert, pairs: readonly AlertPair[]): Addressed | Ignored {
  const { fingerprint, labels } = sent;
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
  return { pair: pair.name, alert: messageOf(sent, site, reporter) };
}

function messageOf(sent: AlertmanagerAlert, site: string, reporter: string): AlertMessage {
  const { status, labels, startsAt, fingerprint } = sent;
  const alertname = said(labels.alertname ?? '') || 'unnamed';
  return { fingerprint: fingerprint.toLowerCase(), status, alertname, site, reporter, startsAt };
}

function pairsNamed(labels: AlertmanagerAlert['labels'], pairs: readonly AlertPair[]): AlertPair[] | undefined {
  if (labels.site_pair) return pairs.filter(({ name }) => name === labels.site_pair);
  if (!labels.accelerator) return undefined;
  const key = acceleratorKey(labels.accelerator);
  return pairs.filter(({ accelerators }) => accelerators.includes(key));
}

/** What an alert said, fit for a log line and a page, and no longer than helps. */
export function said(value: string): string {
  return oneLine(value, 120).trim();
}
