/**
 * The row that keeps the detach waiting until a fence level has confirmed (S3), and that tries the levels after Global
 * Accelerator. A site is switched off only in favour of one that clients reach and that we can detach (S2).
 */
import { commandKey } from '../command';
import { administrationObstacle, couldServe, groupObstacle, healthStatus } from '../eligibility';
import {
  deviceConfirms,
  deviceState,
  devicesOf,
  fenceCommand,
  fenceConfirms,
  fenceLevels,
  hasFailed,
  levelConfirms,
  levelInForce,
  membersOf,
  trafficConfirms,
} from '../fence-levels';
import type { FailureType } from '../failure-types';
import { heeded } from '../heed';
import { wait, waitForEnd, type Next } from '../next';
import { refusal, type Refusal } from '../refusals';
import type { FenceDevice } from '../site-pair';
import { recently, seconds } from '../time';
import { groupsHolding, groupsOf, groupsOrNone, isServedBy } from '../traffic';
import { removeCommand } from './changes';
import { maySoonShow, needsPerson, protect, type Situation } from './condition';
import { mayHaveDetached } from './lost-site';

/** A device that took the command without effect is not asked again sooner. */
const askAgainAfterMs = seconds(60);

/** Whether clients could be sent to the stale site no more, as far as its fence levels say. */
export function isFenceConfirmed(situation: Situation): boolean {
  return fenceConfirms(situation) === true;
}

/** The same on the way out, where nobody waits for a level to fail: any one of them will do. */
export function isConfirmedByAnyLevel(situation: Situation): boolean {
  const levels = fenceLevels(situation.pair, situation.roles.staleSite);
  return isFenceConfirmed(situation) || levels.some((level) => levelConfirms(situation, level) === true);
}

/** Whether Global Accelerator's own level has failed, or is not the one that is tried: others are not kept waiting by it. */
export function goesOnWithoutTraffic(situation: Situation): boolean {
  const { pair, roles, known } = situation;
  if (devicesOf(pair, roles.staleSite).length === 0) return false;
  const own = fenceLevels(pair, roles.staleSite).find(({ traffic }) => traffic);
  const isTried = levelInForce(situation)?.level === own?.level;
  return own !== undefined && (hasFailed(known, own.level) || !isTried);
}

/** What is done next so that a level confirms; where Global Accelerator is in it, it has confirmed already. */
export function tryLevels(situation: Situation): Next {
  const running = situation.state.commands.running?.command;
  if (running?.kind === 'fenceByDevice' || running?.kind === 'unfenceByDevice') return waitForEnd(running);
  const obstacle = switchOffObstacle(situation);
  if (obstacle) return { kind: 'refuse', refusal: obstacle };
  const level = levelInForce(situation);
  const unconfirmed = level?.devices.find((device) => deviceConfirms(situation, device) !== true);
  if (unconfirmed?.kind === 'agent') return switchOff(situation, unconfirmed);
  return tryAgain(situation) ?? (unconfirmed ? askToConfirm(situation, unconfirmed) : askForHelp(situation));
}

function switchOff(situation: Situation, device: FenceDevice): Next {
  const command = fenceCommand(device, situation.roles);
  const { state, known, observation, now } = situation;
  // It does not confirm although it says so: the site still answers.
  const answers =
    deviceState(observation, device.name, now) === 'off'
      ? `${device.site} to stop answering, though ${device.name} says that it is off`
      : undefined;
  if (maySoonShow(situation, command)) return wait(answers ?? `${device.name} to say that ${device.site} is off`);
  const accepted = state.commands.acceptedAt[commandKey(command)] ?? -Infinity;
  const tookEffect = (known.devices?.[device.name]?.lastOffAt ?? -Infinity) >= accepted;
  const isAskedFor = (heeded(known, 'retry')?.at ?? -Infinity) > accepted;
  if (!tookEffect && !isAskedFor && recently(accepted, askAgainAfterMs, now)) {
    return wait(answers ?? `${device.site} to read off, which ${device.name} was asked for`);
  }
  return protect(
    situation,
    command,
    'the kept site is detached only once it is confirmed that the other one serves nobody',
  );
}

/** While a person is waited for, what failed is tried again. */
function tryAgain(situation: Situation): Next | undefined {
  return failedDevices(situation)
    .map((device) => switchOff(situation, device))
    .find(({ kind }) => kind === 'do');
}

/** Those that could confirm their level yet, whatever failed least often first. */
function failedDevices(situation: Situation): readonly FenceDevice[] {
  const { pair, roles, state, known } = situation;
  const failures = (device: FenceDevice): number =>
    state.commands.failures[commandKey(fenceCommand(device, roles))]?.count ?? 0;
  const waitsForTraffic = trafficConfirms(situation) !== true;
  return (
    fenceLevels(pair, roles.staleSite)
      // What cannot confirm its level would only take a site away.
      .filter(({ level, traffic }) => hasFailed(known, level) && !(traffic && waitsForTraffic))
      .flatMap(({ devices }) => devices.filter((device) => deviceConfirms(situation, device) !== true))
      .sort((one, other) => failures(one) - failures(other))
  );
}

/** `retry` is offered only where something is tried sooner by it. */
function needsHand(situation: Situation, device: FenceDevice, type: FailureType, message: string): Next {
  const { observation, roles, state } = situation;
  const refused = groupsHolding(groupsOrNone(observation), roles.staleSite).some(
    ({ arn }) => commandKey(removeCommand(situation, arn)) in state.commands.failures,
  );
  const blocked = needsPerson(situation, fenceCommand(device, roles), type, message);
  if (refused || failedDevices(situation).length > 0) return blocked;
  return { ...blocked, can: blocked.can.filter((way) => way !== 'retry') };
}

/** A wrong word here is what loses data: it is said before it is given. */
function askToConfirm(situation: Situation, device: FenceDevice): Next {
  const { keepSite, staleSite } = situation.roles;
  const answers = couldServe(situation.observation, staleSite)
    ? ` ${staleSite} still answers us: a confirmation that is given while it does never counts.`
    : '';
  const { instruction: said = device.name } = device;
  const message =
    `cut ${staleSite} off by hand (${said}), see for yourself that it serves nobody, then confirm.` +
    ` If it still serves anybody, both sites accept writes that the other one never gets, and what ${staleSite} accepts is lost when it is emptied;` +
    ` nobody finds out, since ${keepSite} is detached at your word.${answers}`;
  return needsHand(situation, device, 'FenceManual', message);
}

/** Nothing is taken over: a person is asked, and what failed is tried again meanwhile. */
function askForHelp(situation: Situation): Next {
  const { pair, roles, state } = situation;
  const { staleSite, keepSite } = roles;
  const so = mayHaveDetached(situation)
    ? `${keepSite} writes alone, and it is not proved that nobody else does`
    : `${keepSite} is not detached and nothing is taken over`;
  const levels = fenceLevels(pair, staleSite);
  const said = levels.map(({ level, ...rest }) => `level ${level}, ${membersOf({ level, ...rest })}`).join('; ');
  const devices = devicesOf(pair, staleSite);
  const causes = devices.flatMap((device) => {
    const failure = state.commands.failures[commandKey(fenceCommand(device, roles))];
    return failure ? [`${device.name}: ${failure.type}`] : [];
  });
  const why = causes.length > 0 ? ` (${causes.join(', ')})` : '';
  const message =
    `no fence level has confirmed that ${staleSite} serves nobody (${said})${why}, so ${so}.` +
    ` Take ${staleSite} out of Global Accelerator or switch it off by hand, where the next look will find it, or put right what fails`;
  // Asked for only where a device fences the site.
  return needsHand(situation, devices.at(-1) as FenceDevice, 'FenceNotConfirmed', message);
}

/** Why the stale site must not be switched off now: clients would be left without a site, or it would help nobody. */
function switchOffObstacle({ observation, roles, known }: Situation): Refusal | undefined {
  const { keepSite, staleSite } = roles;
  const groups = groupsOf(observation);
  if (!groups) {
    if (known.keepSiteLostSince === undefined && couldServe(observation, keepSite)) {
      return administrationObstacle(observation, keepSite);
    }
    const message = `Global Accelerator cannot be read and ${keepSite} does not answer as healthy, so ${staleSite} is not switched off.`;
    return refusal('TrafficUnknown', message);
  }
  const health = healthStatus(observation, keepSite);
  const [obstacle] = groupsHolding(groups, staleSite).flatMap((group) => groupObstacle(group, roles, health) ?? []);
  const message = `${keepSite} serves in no endpoint group, so ${staleSite} is not switched off.`;
  const unserved = isServedBy(groups, keepSite) ? undefined : refusal('KeepSiteUnhealthy', message);
  return obstacle ?? unserved ?? administrationObstacle(observation, keepSite);
}
