/** A pair as it would read if commands took effect at once, and if something were cut. Nothing is carried out by any of it. */
import type { Command } from './command';
import { cut, silent, type Cut } from './cuts';
import { mapReading, type BackupStatus, type Endpoint, type Observation, type Reading } from './observation';
import type { SiteObservation } from './observation';
import type { Sighting } from './sighting';
import type { CacheName, SiteName, SitePair } from './site-pair';
import type { EpochMs } from './time';

export interface ImaginedWorld {
  /** As everything would read if nothing were cut and no site were off. */
  observation: Observation;
  cuts: readonly Cut[];
  /** Sites that a fence device has switched off. */
  off: readonly SiteName[];
}

export function imagined(observation: Observation, cuts: readonly Cut[] = []): ImaginedWorld {
  return { observation, cuts, off: [] };
}

/** What would be read of it at `at`; everything is as old as it was when it was read. */
export function readIn({ observation, cuts, off }: ImaginedWorld, pair: SitePair, at: EpochMs): Observation {
  const later = shifted(observation, at - observation.at);
  const seen = cuts.length === 0 ? later : cut(pair, later, cuts);
  const sites = Object.entries(seen.sites).map(([name, site]): [SiteName, SiteObservation] => [
    name,
    off.includes(name) ? silent(site, at) : site,
  ]);
  return { ...seen, sites: Object.fromEntries(sites) };
}

/**
 * The world once the command took effect at `at`; a command that only reads, or that nothing would show, leaves it as it is.
 * Invariant: its readings stay as old as its observation, as `readIn` makes them younger together.
 */
export function afterCommand(world: ImaginedWorld, command: Command, at: EpochMs): ImaginedWorld {
  const { observation, off } = world;
  switch (command.kind) {
    case 'removeEndpoint':
    case 'removeLostEndpoint':
      return inGroup(world, command.groupArn, (endpoints) => endpoints.filter(({ site }) => site !== command.site));
    case 'addEndpoint': {
      const { site, settings } = command;
      const { weight, clientIpPreservation } = settings;
      const added: Endpoint = { site, endpointId: site, weight, health: 'HEALTHY', clientIpPreservation };
      return inGroup(world, command.groupArn, (endpoints) => [...endpoints, added]);
    }
    case 'takeBackupOffline':
      return onSite(world, command.onSite, (site) => ({ ...site, backups: backupsOf(site, 'offline') }));
    case 'bringBackupOnline':
      return onSite(world, command.onSite, (site) => ({ ...site, backups: backupsOf(site, 'online') }));
    case 'fenceByDevice':
      return { ...world, off: [...off, command.site], observation: deviceSays(observation, command.device, 'off') };
    case 'unfenceByDevice': {
      const on = { ...world, off: off.filter((site) => site !== command.site) };
      // Its machines come up with what is configured, and with nothing in memory.
      const up = onSite(on, command.site, (site) => startedAnew(site, at));
      return { ...up, observation: deviceSays(up.observation, command.device, 'on') };
    }
    case 'stopApplication':
      return onSite(world, command.site, (site) => ({
        ...site,
        application: { value: 'stopped', at: observation.at },
      }));
    case 'startApplication':
      return onSite(world, command.site, (site) => ({
        ...site,
        application: { value: 'running', at: observation.at },
      }));
    case 'emptySite':
      return onSite(world, command.site, (site) => ({ ...site, sizes: emptied(site, command.caches) }));
    case 'startPush':
      return pushed(world, command);
    case 'cancelPush':
    case 'compareSites':
    case 'refreshApplication':
      return world;
  }
}

function inGroup(
  world: ImaginedWorld,
  arn: string,
  change: (endpoints: readonly Endpoint[]) => readonly Endpoint[],
): ImaginedWorld {
  const { traffic } = world.observation;
  const groups = mapReading(traffic.groups, (all) =>
    all.map((group) => (group.arn === arn ? { ...group, endpoints: change(group.endpoints) } : group)),
  );
  return { ...world, observation: { ...world.observation, traffic: { ...traffic, groups } } };
}

function onSite(
  world: ImaginedWorld,
  name: SiteName,
  change: (site: SiteObservation) => SiteObservation,
): ImaginedWorld {
  const { sites } = world.observation;
  // Commands are about the pair's own sites, and each of them was read.
  const changed = change(sites[name] as SiteObservation);
  return { ...world, observation: { ...world.observation, sites: { ...sites, [name]: changed } } };
}

function deviceSays(observation: Observation, device: string, value: 'on' | 'off'): Observation {
  return { ...observation, devices: { ...observation.devices, [device]: { value, at: observation.at } } };
}

function backupsOf({ backups }: SiteObservation, status: BackupStatus): SiteObservation['backups'] {
  return mapReading(backups, (statuses) => allOf(Object.keys(statuses), status));
}

function emptied({ sizes }: SiteObservation, caches: readonly CacheName[]): SiteObservation['sizes'] {
  return mapReading(sizes, (all) => ({ ...all, ...allOf(caches, 0) }));
}

function startedAnew(site: SiteObservation, at: EpochMs): SiteObservation {
  const { startedAt, sizes } = site;
  return {
    ...site,
    backups: backupsOf(site, 'online'),
    startedAt: mapReading(startedAt, () => at),
    sizes: mapReading(sizes, (all) => allOf(Object.keys(all), 0)),
  };
}

/** Everything arrives at once. */
function pushed(world: ImaginedWorld, { fromSite, toSite, caches }: Extract<Command, { kind: 'startPush' }>) {
  const sent = onSite(world, fromSite, (site) => ({
    ...site,
    backups: mapReading(site.backups, (statuses) => ({ ...statuses, ...allOf(caches, 'online' as const) })),
    pushes: mapReading(site.pushes, (statuses) => ({ ...statuses, ...allOf(caches, 'OK' as const) })),
  }));
  const { sizes } = world.observation.sites[fromSite] as SiteObservation;
  return onSite(sent, toSite, (site) => ({ ...site, sizes }));
}

function allOf<T>(names: readonly string[], value: T): Readonly<Record<string, T>> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** A site's leaves, of whatever they tell. */
type Leaves = Readonly<Record<string, Reading<unknown>>>;

const laterBy =
  (byMs: number) =>
  <T>(reading: Reading<T>): Reading<T> => ({ ...reading, at: reading.at + byMs });

function seenLater({ seenAt, sites, accelerator, network }: Sighting, byMs: number): Sighting {
  const later = laterBy(byMs);
  return {
    seenAt: seenAt + byMs,
    sites: perName(sites, ({ health, view }) => ({ health: later(health), view: later(view) })),
    accelerator: later(accelerator),
    network: later(network),
  };
}

function shifted(observation: Observation, byMs: number): Observation {
  if (byMs === 0) return observation;
  const later = laterBy(byMs);
  const { at, traffic, sites, devices, sightings, heuristics } = observation;
  return {
    ...observation,
    at: at + byMs,
    traffic: { status: later(traffic.status), groups: later(traffic.groups) },
    sites: perName(sites, (site) => perName(site as unknown as Leaves, later) as unknown as SiteObservation),
    ...(devices && { devices: perName(devices, later) }),
    ...(sightings && {
      sightings: perName(sightings, (sighting) => mapReading(later(sighting), (seen) => seenLater(seen, byMs))),
    }),
    ...(heuristics && { heuristics: perName(heuristics, (checks) => perName(checks, later)) }),
  };
}

function perName<T, U>(all: Readonly<Record<string, T>>, change: (one: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
}
