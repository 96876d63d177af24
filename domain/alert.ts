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
