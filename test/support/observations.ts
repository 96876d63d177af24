import type { FailureType } from '../../domain/failure-types';
import type {
  AcceleratorStatus,
  ApplicationState,
  BackupStatus,
  ClusterHealth,
  EndpointHealth,
  Observation,
  PushStatus,
  Reading,
  SiteObservation,
} from '../../domain/observation';
import type { SitePair } from '../../domain/site-pair';
import { gatePolicies, quorumPolicy } from './gate-policies';

export const now = Date.parse('2026-11-22T03:12:01Z');
export const groupArn = 'arn:aws:globalaccelerator::111122223333:accelerator/x/listener/y/endpoint-group/1';

export const pair: SitePair = {
  name: 'keycloak-prod',
  sites: ['site-a', 'site-b'],
  caches: ['sessions', 'work'],
  endpoints: {
    'site-a': { weight: 128, clientIpPreservation: false },
    'site-b': { weight: 64, clientIpPreservation: true },
  },
  workloads: { 'site-a': 'none', 'site-b': 'none' },
  mode: 'act',
  policy: {
    preferredSite: 'site-a',
    stableSeconds: 60,
    gates: gatePolicies(),
    whenPutBack: 'repair',
    quorum: quorumPolicy(),
    soakSeconds: 600,
    healthyWithinSeconds: 120,
  },
};

/** Plans are told apart by their whole text. */
export const digest = (text: string): string => text;

export const read = <T>(value: T): Reading<T> => ({ value, at: now });
export const unread = (type: FailureType = 'InfinispanUnreachable'): Reading<never> => ({ unknown: type, at: now });

/** One endpoint as a test sees it; absent when `undefined`. */
export interface SeenEndpoint {
  health?: EndpointHealth;
  weight?: number;
}

export interface SeenSite {
  endpoint?: SeenEndpoint;
  /** Whether this site sees the other; `undefined` when its view could not be read. */
  sees?: boolean;
  /** Status of every backup to the other site; `undefined` when it could not be read. */
  backup?: BackupStatus;
  backups?: Record<string, BackupStatus>;
  startedAt?: number;
  health?: number;
  cluster?: ClusterHealth;
  pushes?: Record<string, PushStatus>;
  sizes?: Record<string, number>;
  stores?: number;
  application?: ApplicationState;
}

export interface Seen {
  a?: SeenSite;
  b?: SeenSite;
  dial?: number;
  trafficUnread?: boolean;
  status?: AcceleratorStatus;
}

/** A site as it is in peace time. */
export const fine: SeenSite = {
  endpoint: { health: 'HEALTHY', weight: 128 },
  sees: true,
  backup: 'online',
  startedAt: now - 3_600_000,
  health: 200,
};

/** An observation of the two sites, in one endpoint group. Unless told otherwise everything is fine. */
export function observed({
  a = fine,
  b = fine,
  dial = 100,
  trafficUnread = false,
  status = 'DEPLOYED',
}: Seen = {}): Observation {
  const endpoints = [
    ...(a.endpoint ? [endpoint('site-a', a.endpoint)] : []),
    ...(b.endpoint ? [endpoint('site-b', b.endpoint)] : []),
  ];
  const group = { arn: groupArn, region: 'eu-west-1', dial, endpoints };
  return {
    at: now,
    tookMs: 5,
    traffic: {
      status: trafficUnread ? unread('TrafficUnreachable') : read(status),
      groups: trafficUnread ? unread('TrafficUnreachable') : read([group]),
    },
    sites: { 'site-a': site('site-a', 'site-b', a), 'site-b': site('site-b', 'site-a', b) },
  };
}

function endpoint(siteName: string, { health = 'HEALTHY', weight = 128 }: SeenEndpoint) {
  return { site: siteName, endpointId: `arn:${siteName}`, weight, health, clientIpPreservation: false };
}

function site(own: string, other: string, seen: SeenSite): SiteObservation {
  const statuses = seen.backups ?? (seen.backup && { sessions: seen.backup, work: seen.backup });
  return {
    view:
      seen.sees === undefined
        ? unread()
        : read({ localSite: own, sitesView: seen.sees ? [own, other] : [own], members: [`${own}-1`] }),
    startedAt: seen.startedAt === undefined ? unread() : read(seen.startedAt),
    backups: statuses ? read(statuses) : unread(),
    sizes: statuses ? read(seen.sizes ?? { sessions: 10, work: 1 }) : unread(),
    cluster: statuses ? read(seen.cluster ?? 'HEALTHY') : unread(),
    pushes: statuses ? read(seen.pushes ?? { sessions: 'IDLE', work: 'IDLE' }) : unread(),
    stores: statuses ? read(seen.stores ?? 100) : unread(),
    application: seen.application === undefined ? unread('NotObserved') : read(seen.application),
    health: seen.health === undefined ? unread('HealthUnreachable') : read(seen.health),
  };
}
