/** What one observation adds to what a run knows of its fence levels: which confirm, which failed, and what devices say. */
import { commandKey } from './command';
import { refusalsOf, wasAsked } from './command-outcome';
import { couldServe } from './eligibility';
import {
  deviceConfirms,
  deviceState,
  devicesOf,
  fenceCommand,
  fenceConfirms,
  hasFailed,
  levelConfirms,
  levelInForce,
  fenceLevels,
  membersOf,
  trafficConfirms,
  type FenceLevel,
} from './fence-levels';
import { confirmedAt, unheed } from './heed';
import type { FenceLesson } from './learn';
import { note } from './notes';
import { isAttached } from './phase';
import type { Fencing } from './site-pair';
import type { Known } from './state';
import { recently, seconds, type EpochMs } from './time';

/** So often a removal is tried before Global Accelerator counts as refusing it. */
const removalTries = 3;
/** So long what a device took may take to be read. */
const readWithinMs = seconds(15);

/** Of a site that no device fences there is nothing to learn: Global Accelerator is tried for ever. */
export function learnLevels(lesson: FenceLesson, known: Known): Known {
  const { pair, roles } = lesson;
  if (devicesOf(pair, roles.staleSite).length === 0) return known;
  const read = learnWord(lesson, learnDevices(lesson, known));
  if (isAttached(read)) return { ...read, failedLevels: undefined, levelSince: undefined };
  const levelled = { ...lesson, known: read };
  const confirms = fenceConfirms(levelled);
  if (confirms === true) return confirmed(lesson, read);
  // Fenced, and nothing speaks against it: what cannot be read for a while is no reason to switch a site off.
  if (confirms === undefined && read.provedSince !== undefined) return read;
  const levelSince = read.levelSince ?? lesson.now;
  const since: Known = { ...read, levelSince };
  const level = levelInForce({ ...lesson, known: since });
  const why = level && whyFailed({ ...lesson, known: since, since: levelSince }, level);
  if (!level || why === undefined) return since;
  const others = fenceLevels(pair, roles.staleSite).length > (since.failedLevels ?? []).length + 1;
  const what = `fence level ${level.level} (${membersOf(level)}) ${why}`;
  const told = note(since, lesson.now, others ? `${what}: the next one is tried` : `${what}, and it was the last one`);
  return { ...told, failedLevels: [...(since.failedLevels ?? []), level.level], levelSince: lesson.now };
}

/** A level that confirms has not failed any more. */
function confirmed(lesson: FenceLesson, known: Known): Known {
  const { pair, roles } = lesson;
  const still = fenceLevels(pair, roles.staleSite)
    .filter((level) => hasFailed(known, level.level) && levelConfirms({ ...lesson, known }, level) !== true)
    .map(({ level }) => level);
  return { ...known, levelSince: undefined, failedLevels: still.length > 0 ? still : undefined };
}

/** A level that is tried, and since when. */
type Trying = FenceLesson & { known: Known; since: EpochMs };

function whyFailed(trying: Trying, level: FenceLevel): string | undefined {
  const { roles, state, since, now } = trying;
  if (level.traffic && trafficConfirms(trying) !== true) return whyTrafficFailed(trying);
  const failures = level.devices.map((device) => {
    if (device.kind === 'manual' || deviceConfirms(trying, device) === true) return undefined;
    const key = commandKey(fenceCommand(device, roles));
    const failure = state.commands.failures[key];
    if (failure && failure.at >= since && wasAsked(failure)) return `failed: ${device.name}: ${failure.type}`;
    const accepted = state.commands.acceptedAt[key];
    const unread = accepted !== undefined && accepted >= since && !recently(accepted, readWithinMs, now);
    return unread ? `failed: ${device.name} took the command, and ${roles.staleSite} does not read off` : undefined;
  });
  return failures.find((failure) => failure !== undefined);
}

function whyTrafficFailed({ pair, state, roles, since, now }: Trying): string | undefined {
  const failures = Object.entries(state.commands.failures).filter(([key]) =>
    key.startsWith(`removeEndpoint/${roles.staleSite}/`),
  );
  const refused = failures.find(([, failure]) => refusalsOf(failure) >= removalTries && failure.at >= since);
  if (refused) return `failed: ${refused[1].type}, ${removalTries} times`;
  // Only a pair with devices tries levels.
  const { trafficWithinSeconds: withinSeconds } = pair.fencing as Fencing;
  return now >= since + seconds(withinSeconds) ? `has not confirmed within ${withinSeconds} s` : undefined;
}

/** Who vouched for a site that answers all the same was too early, or wrong: the word does not count once it is silent for a moment. */
function learnWord({ pair, roles, observation, now }: FenceLesson, known: Known): Known {
  const { staleSite } = roles;
  if (!couldServe(observation, staleSite)) return known;
  return devicesOf(pair, staleSite).reduce((told, device) => {
    const key = commandKey(fenceCommand(device, roles));
    if (confirmedAt(told, key) === undefined) return told;
    const what = `${staleSite} answers though it was confirmed that it is cut off: that word does not count`;
    return note(unheed(told, 'confirm', key), now, what);
  }, known);
}

function learnDevices(lesson: FenceLesson, known: Known): Known {
  const { pair, roles, observation, now } = lesson;
  return devicesOf(pair, roles.staleSite).reduce((told, { name }) => {
    const memory = told.devices?.[name] ?? {};
    const state = deviceState(observation, name, now);
    const remember = (so: Known, part: typeof memory): Known => ({ ...so, devices: { ...so.devices, [name]: part } });
    if (state === 'off' && memory.offSince === undefined) {
      const said = note(told, now, `${name} says that ${roles.staleSite} is off`, {
        since: memory.askedAt,
        provedBy: `the status of ${name}, read`,
      });
      return remember(said, { ...memory, offSince: now, lastOffAt: now });
    }
    if (state !== 'on' || memory.offSince === undefined) return told;
    if (told.switchOn) {
      const said = note(told, now, `${roles.staleSite} is on again`, {
        since: told.switchOn.since,
        provedBy: `the status of ${name}, read`,
      });
      return remember(said, { lastOffAt: memory.lastOffAt });
    }
    const said = note(told, now, `${roles.staleSite} is on again by ${name}, and it was not us`);
    return remember(said, { ...memory, offSince: undefined });
  }, known);
}
