/**
 * Fence levels: what has to confirm that the stale site serves nobody before the kept one is detached from it (S3).
 * Levels are tried in order, and one confirms only once all that is in it does. Without fence devices Global Accelerator is the
 * only level, and what is said here is whether the site was read out of every endpoint group.
 */
import { commandKey, type Command } from './command';
import { couldServe } from './eligibility';
import { confirmedAt } from './heed';
import { known as isRead, valueOf, type Observation } from './observation';
import type { DeviceName, FenceDevice, SiteName, SitePair } from './site-pair';
import type { Known, Roles, RunState } from './state';
import { recently, seconds, type EpochMs } from './time';
import { groupsHolding, groupsOf } from './traffic';

export interface FenceLevel {
  level: number;
  /** Whether Global Accelerator is in it. */
  traffic: boolean;
  devices: readonly FenceDevice[];
}

/** The part of a situation that a level looks at. */
export interface Levelled {
  pair: SitePair;
  known: Known;
  roles: Roles;
  observation: Observation;
  now: EpochMs;
}

/** `undefined`: what was read neither proves nor disproves it. */
export type Confirmation = boolean | undefined;

/** What a device said longer ago does not speak for now. */
const freshMs = seconds(15);

/** The levels of a site, first one first; never empty. */
export function fenceLevels({ fencing }: Pick<SitePair, 'fencing'>, site: SiteName): readonly FenceLevel[] {
  const trafficLevel = fencing?.trafficLevel ?? 1;
  const devices = devicesOf({ fencing }, site);
  const levels = [...new Set([trafficLevel, ...devices.map(({ level }) => level)])].sort((one, other) => one - other);
  return levels.map((level) => ({
    level,
    traffic: level === trafficLevel,
    devices: devices.filter((device) => device.level === level),
  }));
}

/** What fences the site beside Global Accelerator. */
export function devicesOf({ fencing }: Pick<SitePair, 'fencing'>, site: SiteName): readonly FenceDevice[] {
  return (fencing?.devices ?? []).filter((device) => device.site === site);
}

/** `Global Accelerator`, or the names of what is in the level. */
export function membersOf({ traffic, devices }: FenceLevel): string {
  return [...(traffic ? ['Global Accelerator'] : []), ...devices.map(({ name }) => name)].join(' and ');
}

export function fenceCommand(
  device: FenceDevice,
  { staleSite, keepSite }: Pick<Roles, 'staleSite' | 'keepSite'>,
): Command {
  return { kind: 'fenceByDevice', device: device.name, site: staleSite, keepSite };
}

/** Whether the stale site was read out of every endpoint group. */
export function trafficConfirms({ observation, roles }: Pick<Levelled, 'observation' | 'roles'>): Confirmation {
  const groups = groupsOf(observation);
  return groups && groupsHolding(groups, roles.staleSite).length === 0;
}

/**
 * Whether the device says that the site is off, or a person has confirmed it in this epoch. Nobody's word counts against what is
 * read: a site that still answers is not off, whatever is said of it, and a device that says so may drive another machine.
 */
export function deviceConfirms({ known, observation, roles, now }: Levelled, device: FenceDevice): Confirmation {
  if (couldServe(observation, device.site)) return false;
  if (device.kind === 'manual') return confirmedAt(known, commandKey(fenceCommand(device, roles))) !== undefined;
  const state = deviceState(observation, device.name, now);
  return state === undefined ? undefined : state === 'off';
}

/** What the device said lately. */
export function deviceState(observation: Observation, device: DeviceName, now: EpochMs): 'on' | 'off' | undefined {
  const reading = observation.devices?.[device];
  if (!reading || !isRead(reading) || !recently(reading.at, freshMs, now)) return undefined;
  return valueOf(reading);
}

export function levelConfirms(levelled: Levelled, { traffic, devices }: FenceLevel): Confirmation {
  return all([
    ...(traffic ? [trafficConfirms(levelled)] : []),
    ...devices.map((device) => deviceConfirms(levelled, device)),
  ]);
}

/** The level that is tried now: the first one that has not failed. */
export function levelInForce({
  pair,
  known,
  roles,
}: Pick<Levelled, 'pair' | 'known' | 'roles'>): FenceLevel | undefined {
  return fenceLevels(pair, roles.staleSite).find(({ level }) => !hasFailed(known, level));
}

export function hasFailed({ failedLevels = [] }: Known, level: number): boolean {
  return failedLevels.includes(level);
}

/**
 * Whether a fence level confirms: one that is tried, or was. A later one does not count before those before it have failed. Once
 * people decided that the site is switched on again, the fence rests on Global Accelerator alone.
 */
export function fenceConfirms(levelled: Levelled): Confirmation {
  const { pair, known, roles } = levelled;
  if (known.switchOn) return trafficConfirms(levelled);
  const inForce = levelInForce(levelled);
  const tried = fenceLevels(pair, roles.staleSite).filter(
    ({ level }) => level === inForce?.level || hasFailed(known, level),
  );
  const answers = tried.map((level) => levelConfirms(levelled, level));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

/**
 * The devices whose status an observation has to read: those that are tried, were asked to switch the site off, or may have been
 * by an earlier run, as of a site that was out, or did not answer, when this one began. None as long as Global Accelerator, alone in
 * its level, confirms.
 */
export function devicesToRead(pair: SitePair, { known }: Pick<RunState, 'known'>): readonly DeviceName[] {
  const { roles, adopted, staleSiteAnsweredAtLatch, devices = {} } = known;
  if (!roles) return [];
  const mayBeOffAlready = adopted === true || staleSiteAnsweredAtLatch === false;
  const inForce = levelInForce({ pair, known, roles });
  return devicesOf(pair, roles.staleSite)
    .filter(({ kind, level, name }) => {
      const isTried = level === inForce?.level || hasFailed(known, level);
      return kind === 'agent' && (isTried || mayBeOffAlready || devices[name]?.askedAt !== undefined);
    })
    .map(({ name }) => name);
}

/** Whether a device was asked to cut the stale site off in this run: from then on it may go off at any time. */
export function mayBeSwitchedOff({ devices = {} }: Known): boolean {
  return Object.values(devices).some(({ askedAt }) => askedAt !== undefined);
}

function all(answers: readonly Confirmation[]): Confirmation {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
