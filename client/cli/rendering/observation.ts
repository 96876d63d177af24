/** What was read of a pair, for people: traffic, replication, health, what is unknown and why. */
import type { DeviceReports } from '../../../domain/readiness/devices';
import { sayTestimony, type Evidence } from '../../../domain/evidence';
import { failureTypes } from '../../../domain/failure-types';
import { healthNote } from '../../../domain/health-note';
import { linkOf, sees } from '../../../domain/link';
import { known, valueOf, type EndpointGroup, type Observation, type Reading } from '../../../domain/observation';
import type { Finding } from '../../../domain/readiness/finding';
import { otherSite, type SiteName, type SitePair } from '../../../domain/site-pair';
import type { EpochMs } from '../../../domain/time';
import { endpointOf } from '../../../domain/traffic';
import type { Verdict } from '../../../domain/verdict';
import type { Colours } from '../output';
import { line, lines } from './line';
import { sayFinding } from './readiness';
import { table } from './table';

export interface Observed {
  pair: SitePair;
  observation: Observation;
  verdict: Verdict;
  readiness?: readonly Finding[];
  /** What the pair's fence devices say. */
  devices?: DeviceReports;
  evidence?: Evidence;
  colours: Colours;
}

const separator = ' · ';

export function renderObservation(observed: Observed): string {
  const { pair, observation, verdict, readiness = [], evidence, colours } = observed;
  const readings = [...trafficRows(observed), replicationRow(observed), healthRow(observed), ...deviceRows(observed)];
  const notReady = readiness.flatMap((finding) => sayFinding(finding, colours));
  const unknown = unknowns(pair, observation);
  const weighed = evidenceLines(evidence, observation.at);
  return [table(readings), ...unknown, ...notReady, ...weighed, verdictLine(verdict, colours)].join('\n');
}

/** Each piece of evidence with its weight and its age, then why the verdict follows. */
export function evidenceLines(evidence: Evidence | undefined, now: EpochMs): string[] {
  if (!evidence) return [];
  const pieces = evidence.testimonies.map((testimony) => sayTestimony(testimony, now));
  return [...lines('evidence', pieces), line('it follows', evidence.conclusion)];
}

export function sayVerdict({ kind, because }: Verdict, colours: Colours): string {
  const paint = { healthy: colours.green, fenced: colours.green, inconclusive: colours.yellow }[kind as string];
  return `${(paint ?? colours.red)(kind)}: ${because}`;
}

function verdictLine(verdict: Verdict, colours: Colours): string {
  return `verdict      ${sayVerdict(verdict, colours)}`;
}

function trafficRows({ pair, observation, colours }: Observed): string[][] {
  const { status, groups } = observation.traffic;
  const took = `(${tookMs(observation, [status, groups])}, Global Accelerator)`;
  const accelerator = `accelerator ${known(status) ? status.value : colours.yellow('unknown')}`;
  if (!known(groups)) return [['traffic', [colours.yellow('unknown'), accelerator].join(separator), took]];
  const several = groups.value.length > 1;
  const lines = groups.value.map((group) => {
    const sites = pair.sites.map((site) => sayEndpoint(group, site, colours));
    return `${several ? `${group.region}: ` : ''}${[...sites, ...dial(group)].join(separator)}`;
  });
  const [first = 'no endpoint group', ...others] = lines;
  const firstRow = ['traffic', [first, accelerator].join(separator), took];
  return [firstRow, ...others.map((line) => ['', line, ''])];
}

/** The devices that fence beside Global Accelerator; what is wrong with one is among the findings. */
function deviceRows({ devices = {}, colours }: Observed): string[][] {
  const said = Object.entries(devices).map(([name, { state }]) => {
    if (!known(state)) return `${name} ${colours.yellow('unknown')}`;
    return `${name} says ${state.value === 'on' ? colours.green('on') : colours.red('off')}`;
  });
  return said.length === 0 ? [] : [['devices', said.join(separator), '']];
}

function dial({ dial: percent }: EndpointGroup): string[] {
  return percent === 100 ? [] : [`dial ${percent}`];
}

function sayEndpoint(group: EndpointGroup, site: SiteName, colours: Colours): string {
  const endpoint = endpointOf(group, site);
  if (!endpoint) return `${site} ${colours.red('out')}`;
  const paint = { HEALTHY: colours.green, INITIAL: colours.yellow, UNHEALTHY: colours.red }[endpoint.health];
  return `${site} in, ${paint(endpoint.health.toLowerCase())}, weight ${endpoint.weight}`;
}

function replicationRow({ pair, observation, colours }: Observed): string[] {
  const directions = pair.sites.map(
    (site) => `${site} -> ${otherSite(pair, site)} ${sayBackups(observation, site, colours)}`,
  );
  const times = pair.sites.map((site) => {
    const { view, backups } = observation.sites[site] ?? {};
    return tookMs(observation, [view, backups]);
  });
  const took = `(${times.join(', ')}, Infinispan)`;
  return ['replication', [...directions, views(pair, observation, colours)].join(separator), took];
}

/** `online 4/4`, `offline 3/4`: of how many caches that have a backup. */
export function sayBackups(observation: Observation, site: SiteName, colours: Colours): string {
  const backups = observation.sites[site] && valueOf(observation.sites[site].backups);
  if (!backups) return colours.yellow('unknown');
  const statuses = Object.values(backups);
  if (statuses.length === 0) return colours.red('has no backup');
  const online = statuses.filter((status) => status === 'online').length;
  if (online === statuses.length) return colours.green(`online ${online}/${statuses.length}`);
  const counted = [...new Set(statuses)].filter((status) => status !== 'online');
  const parts = counted.map((status) => `${status} ${statuses.filter((one) => one === status).length}`);
  return colours.red(`${parts.join(', ')}/${statuses.length}`);
}

function views(pair: SitePair, observation: Observation, colours: Colours): string {
  if (linkOf(pair, observation) === 'whole') return colours.green('views whole on both sides');
  const said = pair.sites.map((site) => {
    const seen = sees(pair, observation, site);
    if (seen === undefined) return colours.yellow(`${site}'s view unknown`);
    const other = otherSite(pair, site);
    return seen ? `${site} sees ${other}` : colours.red(`${site} does not see ${other}`);
  });
  return said.join(separator);
}

function healthRow({ pair, observation, colours }: Observed): string[] {
  const said = pair.sites.map((site) => {
    const health = observation.sites[site]?.health;
    if (health && known(health)) {
      const paint = health.value === 200 ? colours.green : colours.red;
      return `${site} ${paint(String(health.value))}`;
    }
    return `${site} ${colours.yellow(health?.unknown === 'NotObserved' ? 'not read' : 'unknown')}`;
  });
  const times = pair.sites.map((site) => tookMs(observation, [observation.sites[site]?.health]));
  const note = healthNote(pair, observation);
  return ['health', [...said, ...(note ? [note] : [])].join(separator), `(${times.join(', ')})`];
}

/** From the begin of the look to the slowest of these readings. */
function tookMs({ at, tookMs: whole }: Observation, readings: readonly (Reading<unknown> | undefined)[]): string {
  const ends = readings.map((reading) => reading?.at ?? at);
  return `${Math.max(0, Math.round(Math.max(...ends) - (at - whole)))} ms`;
}

function unknowns(pair: SitePair, { traffic, sites, sightings = {} }: Observation): string[] {
  const readings: [string, Reading<unknown> | undefined][] = [
    ['endpoint groups', traffic.groups],
    ['accelerator status', traffic.status],
    ...pair.sites.flatMap((site): [string, Reading<unknown> | undefined][] => [
      [`${site} view`, sites[site]?.view],
      [`${site} start`, sites[site]?.startedAt],
      [`${site} backups`, sites[site]?.backups],
      [`${site} sizes`, sites[site]?.sizes],
      [`${site} health`, sites[site]?.health],
    ]),
    ...Object.entries(sightings).map(([name, sighting]): [string, Reading<unknown>] => [`observer ${name}`, sighting]),
  ];
  const byReason = new Map<string, string[]>();
  for (const [what, reading] of readings) {
    if (!reading || known(reading)) continue;
    const reason = `${reading.unknown}: ${failureTypes[reading.unknown] ?? 'a reason that this version does not know.'}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
  }
  return [...byReason].map(([reason, whats]) => `unknown      ${whats.join(', ')}: ${reason}`);
}
