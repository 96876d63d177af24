import { sentinelDeed } from './sentinel';

/**
 * An alert as the run hears it: which site is said to be offline, and by whom.
 * It only wakes a run. What is done follows from what is read, never from the alert's words.
 */
export interface AlertMessage {
  /** Alertmanager's identity of the alert; the same for its firing, its repeats and its `resolved`. */
  fingerprint: string;
  status: 'firing' | 'resolved';
  alertname: string;
  /** The site that is said to be offline. */
  site: string;
  /** The site whose view says so. */
  reporter: string;
  /** RFC 3339, as sent. */
  startsAt: string;
}

/**
 * The alert that always fires, with the labels that SiteOffline would have: its coming shows that one would come too.
 * It wakes nobody.
 */
export const watchdogAlertname = 'SitewardenWatchdog';

/** What it says, as people read it: `"site-b is offline" from site-a`. A note of a sentinel says what that did. */
export function sayAlertOf({
  alertname,
  site,
  reporter,
}: Pick<AlertMessage, 'alertname' | 'site' | 'reporter'>): string {
  const deed = sentinelDeed(alertname);
  return `"${deed ? `${site} ${deed}` : sayOffline(site)}" from ${reporter}`;
}

/** An observer may miss both sites at once: `site-a and site-b are offline`. */
export function sayOffline(site: string): string {
  return `${site} ${site.includes(' and ') ? 'are' : 'is'} offline`;
}
