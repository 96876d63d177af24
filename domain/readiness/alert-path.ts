import { known, type Reading } from '../observation';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import { clockTime, duration, seconds, type EpochMs } from '../time';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';

/** A watchdog is repeated every five minutes, and kept at most once in ten: two records are missing by then. */
const silentAfterMs = seconds(20 * 60);

const look =
  'follow it from the site to here: the metric in Prometheus, the rule SitewardenWatchdog, its route in Alertmanager, the log of the webhook (deploy/alerting/README.md)';

/** Whether an alert would arrive, for the view of each site by itself: each may have a Prometheus and an Alertmanager of its own. */
export function alertPathFindings(
  pair: SitePair,
  { observation, surroundings }: Pick<ReadinessFacts, 'observation' | 'surroundings'>,
): Finding[] {
  return pair.sites.flatMap((site) => findingsOf(pair, site, surroundings.alertPath[site], observation.at));
}

function findingsOf(
  pair: SitePair,
  site: SiteName,
  heard: Reading<EpochMs | 'never'> | undefined,
  now: EpochMs,
): Finding[] {
  const consequence = `were ${otherSite(pair, site)} lost, the view of ${site} would not be heard, and a fence would not begin by itself`;
  if (!heard || !known(heard)) {
    return [unreadFinding(`when the alert path of ${site} was last heard`, heard, consequence)];
  }
  if (heard.value === 'never') {
    const fix = `deploy the rule and the route of deploy/alerting; where they are, ${look}`;
    return [
      { what: `no watchdog alert arrived for the view of ${site}, as far back as Temporal keeps`, consequence, fix },
    ];
  }
  // Dated ahead by another clock, it was heard a moment ago.
  const silentMs = now - heard.value;
  if (silentMs <= silentAfterMs) return [];
  const since = `${new Date(heard.value).toISOString().slice(0, 10)} ${clockTime(heard.value)}`;
  return [
    { what: `the alert path of ${site} is silent since ${since} (${duration(silentMs)})`, consequence, fix: look },
  ];
}
