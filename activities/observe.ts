import type { HeuristicReadings } from '../domain/heuristics';
import {
  mapReading,
  valueOf,
  type ApplicationState,
  type Observation,
  type Reading,
  type SiteObservation,
} from '../domain/observation';
import { OperatingFailure } from '../domain/failure-types';
import type { Sightings } from '../domain/sighting';
import { otherSite, type DeviceName, type SiteName } from '../domain/site-pair';
import type { HeuristicsGateway } from '../gateways/ports';
import type { Clock, ConfiguredPair, ReadingJournal } from './dependencies';
import { healthAsked, notObserved, readerOf, type Read } from './reading';

/**
 * Reads everything about a pair at once. A read that fails or is slow becomes `{ unknown }`; this never throws.
 * Only a deep look reads what the way back needs and a fence does not: it costs the sites several more calls.
 * Observers are asked only where it is told to: each question is an activity of its own in Temporal. Of fence devices only those
 * named are asked: each costs a process.
 * Repeating it is harmless: nothing is changed.
 */
export async function observe(
  configured: ConfiguredPair,
  { clock, journal }: { clock: Clock; journal: ReadingJournal },
  {
    deep = false,
    askObservers = false,
    devices = [],
  }: { deep?: boolean; askObservers?: boolean; devices?: readonly DeviceName[] } = {},
): Promise<Observation> {
  const { pair, gateways } = configured;
  const startedAtMs = clock.monotonicMs();
  const read = readerOf(pair.name, { clock, journal });

  const readSite = async (site: SiteName): Promise<SiteObservation> => {
    const replication = gateways.replication[site];
    const health = gateways.health[site];
    const workload = gateways.workload[site];
    const peer = otherSite(pair, site);
    if (!replication) throw new Error(`no replication gateway for ${site}`);
    const onlyDeep = <T>(what: string, ask: (signal: AbortSignal) => Promise<T>): Reading<T> | Promise<Reading<T>> =>
      deep ? read(what, ask) : notObserved(clock.now());
    const [view, startedAt, backups, sizes, cluster, pushes, stores, application, status] = await Promise.all([
      read(`${site} view`, (signal) => replication.readView(signal)),
      read(`${site} start`, (signal) => replication.readStartedAt(signal)),
      read(`${site} backups`, (signal) => replication.readBackups(peer, signal)),
      read(`${site} sizes`, (signal) => replication.readSizes(pair.caches, signal)),
      onlyDeep(`${site} cluster`, (signal) => replication.readCluster(signal)),
      onlyDeep(`${site} pushes`, (signal) => replication.readPushes(peer, pair.caches, signal)),
      onlyDeep(`${site} stores`, (signal) => replication.readStores(pair.caches, signal)),
      workload
        ? onlyDeep(`${site} application`, (signal) => workload.readState(signal))
        : notObserved<ApplicationState>(clock.now()),
      health
        ? read(`${site} health`, (signal) => health.probe(signal)).then(healthAsked)
        : notObserved<number>(clock.now()),
    ]);
    return { view, startedAt, backups, sizes, cluster, pushes, stores, application, health: status };
  };

  const readDevice = async (name: DeviceName) => {
    const device = gateways.devices?.[name];
    if (!device) return [name, notObserved<'on' | 'off'>(clock.now())] as const;
    const reading = await read(`fence device ${name}`, (signal) => device.readState(signal));
    // As old as the device's own answer is.
    const state = mapReading(reading, (answer) => answer.state);
    return [name, 'value' in reading ? { ...state, at: reading.value.at } : state] as const;
  };

  const states = Promise.all(devices.map(readDevice));
  const [heuristics, sightings, status, groups, ...sites] = await Promise.all([
    gateways.heuristics && readHeuristics(gateways.heuristics, read),
    askObservers && pair.observers ? readSightings(configured, { clock, journal }) : undefined,
    read('accelerator status', (signal) => gateways.traffic.readStatus(signal)),
    read('endpoint groups', (signal) => gateways.traffic.readGroups(signal)),
    ...pair.sites.map(readSite),
  ]);
  const said = await states;
  return {
    at: clock.now(),
    ...(said.length > 0 && { devices: Object.fromEntries(said) }),
    tookMs: Math.round(clock.monotonicMs() - startedAtMs),
    traffic: { status, groups },
    sites: Object.fromEntries(pair.sites.map((site, index) => [site, sites[index]])) as Record<string, SiteObservation>,
    ...(heuristics && { heuristics }),
    ...(sightings && { sightings }),
  };
}

/** Of a site whose checks could not be read nothing is told, so that each of them is unknown. */
async function readHeuristics(
  gateways: Readonly<Record<SiteName, HeuristicsGateway>>,
  read: Read,
): Promise<HeuristicReadings> {
  const asked = Object.entries(gateways).map(async ([site, gateway]) => {
    const checks = await read(`${site} heuristics`, (signal) => gateway.read(signal));
    return [site, valueOf(checks) ?? {}] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

/** The one deadline of all observers: what they read in a second, and the way there and back through Temporal. */
const observersBudgetMs = 2_500;

/** Of a pair with observers: what each of them saw. Silence is unknown, and says nothing of any site. */
async function readSightings(
  { pair, gateways }: ConfiguredPair,
  clocks: { clock: Clock; journal: ReadingJournal },
): Promise<Sightings> {
  const read = readerOf(pair.name, clocks, observersBudgetMs);
  const asked = (pair.observers ?? []).map(async ({ name }) => {
    const sighting = await read(`observer ${name}`, (signal) => {
      const observer = gateways.observers?.[name];
      if (!observer)
        throw new OperatingFailure('ObserverNotAsked', 'Nobody can be asked from here.', { retryable: false });
      return observer.see(signal);
    });
    return [name, sighting] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}
