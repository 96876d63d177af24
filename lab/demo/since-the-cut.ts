import type { PairStatus } from '../../client/site-pair-client';
import type { RunStatus } from '../../workflows/contract/inputs';
import type { Lab } from '../lab';
import type { LabSite } from '../sites';

/** What could make something that follows the cut look as if it had come before it. */
export interface BeforeTheCut {
  /** Whether each site sees the other. */
  views: Record<LabSite, boolean>;
  /** Whether Prometheus' latest scrapes show the same: an older one may still make an alert fire. */
  scrapedWhole: boolean;
  /** Alerts that Prometheus holds, pending or firing. */
  prometheus: readonly LabelledAlert[];
  /** Alerts that Alertmanager holds as active. */
  alertmanager: readonly LabelledAlert[];
  pair: PairStatus;
}

export interface LabelledAlert {
  labels: Record<string, string>;
}

/** Why the link must not be cut yet, one phrase per reason; empty: nothing is going on. */
export function reasonsToWait({
  views,
  scrapedWhole,
  prometheus,
  alertmanager,
  pair,
}: BeforeTheCut): readonly string[] {
  const blind = Object.entries(views).filter(([, sees]) => !sees);
  return [
    ...blind.map(([site]) => `${site} does not see the other site`),
    ...(scrapedWhole ? [] : ['Prometheus has not yet scraped two whole views']),
    ...(prometheus.some(isSiteOffline) ? ['SiteOffline is pending or firing in Prometheus'] : []),
    ...(alertmanager.some(isSiteOffline) ? ['SiteOffline is active in Alertmanager'] : []),
    ...(pair.run === 'open' ? ['a run of the pair is open'] : []),
  ];
}

/** The run that the cut brought about; not one that a site's incomplete view at its start had brought about. */
export function runSince(cutAt: number, pair: PairStatus): RunStatus | undefined {
  if (pair.run !== 'open' || pair.startedAt.getTime() < cutAt) return undefined;
  return pair.status;
}

/** The alert that the cut brought about. */
export function alertSince<T extends LabelledAlert & { startsAt: string }>(
  cutAt: number,
  alerts: readonly T[],
): T | undefined {
  return alerts.find((alert) => isSiteOffline(alert) && Date.parse(alert.startsAt) >= cutAt);
}

/** The removals that were made after the cut. */
export function removalsSince(cutAt: number, lab: Lab) {
  return removals(lab).filter(({ at }) => at >= cutAt);
}

/** Every removal of an endpoint that AWS carried out. */
export function removals(lab: Lab) {
  return lab.aws.standIn.journal.of('RemoveEndpoints').filter(({ applied }) => applied);
}

function isSiteOffline({ labels }: LabelledAlert): boolean {
  return labels.alertname === 'SiteOffline';
}
