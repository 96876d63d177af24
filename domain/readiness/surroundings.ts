import type { Reading } from '../observation';
import type { SiteName } from '../site-pair';
import type { EpochMs } from '../time';
import type { OuterLockReport } from './lock';

/** What an incident leans on beside the pair, as it was read; what could not be read stands in it as unknown. */
export interface Surroundings {
  /** By the site whose view would be reported: when its watchdog came last; `never` as far back as Temporal keeps. */
  alertPath: Readonly<Record<SiteName, Reading<EpochMs | 'never'>>>;
  /** By whose clock it is, as in `AWS`. Of a server that tells no time: `NotObserved`. */
  clocks: Readonly<Record<string, Reading<ClockReading>>>;
  /** For how many seconds Temporal keeps what is over. */
  retentionSeconds: Reading<number>;
  /** Known: reports can be archived. */
  archive: Reading<true>;
  /** Sites one of whose servers is configured at the host at which Temporal is. */
  besideTemporal: readonly SiteName[];
  /** By URL; empty where none is configured. */
  alertmanagers: Readonly<Record<string, Reading<AlertRoutes>>>;
  bridges: Readonly<Record<SiteName, Reading<BridgeSettings>>>;
  /** Absent of a pair without an outer lock. */
  outerLock?: OuterLockReport;
}

/** What somebody's clock said, between two readings of the worker's. */
export interface ClockReading {
  theirs: EpochMs;
  /** It said no more precisely than this: the true time lies within it after `theirs`. */
  resolutionMs: number;
  askedAt: EpochMs;
  answeredAt: EpochMs;
}

/** Where an alert of a lost site would go, by the configuration that an Alertmanager runs. */
export interface AlertRoutes {
  /** The name of Sitewarden's receiver, as configured. */
  ours: string;
  /** Receivers that tell people and fence nobody, as configured. */
  notifying: readonly string[];
  /** Receivers with webhooks that would take it; each with the hosts that it tells, `hidden` where Alertmanager hides the URL. */
  webhooks: readonly { receiver: string; hosts: readonly string[] }[];
  /** Receivers of any kind that would take the watchdog. */
  watchdog: readonly string[];
}

/** How long what could not be delivered to the other site is kept, and delivered later. */
export interface BridgeSettings {
  /** The JGroups stack between the sites. */
  stack: string;
  /** `conn_close_timeout` of its UNICAST3. */
  keepsUndeliveredMs: number;
}
