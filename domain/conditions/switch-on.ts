/**
 * A site that a fence device switched off is switched on again only by a decision, and only while it is read out of every
 * endpoint group: it comes up with an application that may serve, and with caches that know nothing of the fence.
 */
import type { Decided } from '../assessing';
import { commandKey, type Command } from '../command';
import { deviceState, devicesOf, trafficConfirms } from '../fence-levels';
import { atGate, namesOf } from '../gates';
import { confirmedAt } from '../heed';
import { wait, waitForEnd } from '../next';
import { note } from '../notes';
import { readAt } from '../observation';
import type { FenceDevice } from '../site-pair';
import { holding, maySoonShow, restore, type Situation } from './condition';

/** What is done about a stale site that is off; `undefined` where no device holds it off. */
export function switchingOn(situation: Situation): Decided | undefined {
  const { known, roles, state } = situation;
  const { staleSite } = roles;
  const [device] = holdingOff(situation);
  if (!device) return undefined;
  const running = state.commands.running?.command;
  if (running) return { known, next: waitForEnd(running) };
  if (trafficConfirms(situation) !== true) {
    return { known, next: wait(`${staleSite} to be read out of every endpoint group before it is switched on`) };
  }
  if (!known.switchOn) return decide(situation);
  const command = switchOnCommand(device);
  if (maySoonShow(situation, command)) return { known, next: wait(`${device.name} to say that ${staleSite} is on`) };
  return { known, next: restore(situation, command, `by decision ${known.switchOn.plan}`) };
}

function switchOnCommand({ name, site }: FenceDevice): Command {
  return { kind: 'unfenceByDevice', device: name, site };
}

/** A device that cannot be read holds off what it was asked to, unless the site itself answers or a person vouches for it. */
function holdingOff({ pair, known, observation, roles, now }: Situation): readonly FenceDevice[] {
  const silent = readAt(observation, roles.staleSite, 'view') === undefined;
  return devicesOf(pair, roles.staleSite).filter((device) => {
    const state = deviceState(observation, device.name, now);
    const asked = known.devices?.[device.name]?.askedAt !== undefined;
    const vouched = confirmedAt(known, commandKey(switchOnCommand(device))) !== undefined;
    const unread = state === undefined && asked && silent && !vouched;
    return device.kind === 'agent' && (state === 'off' || unread);
  });
}

function decide(situation: Situation): Decided {
  const { now, roles } = situation;
  const { keepSite, staleSite } = roles;
  const devices = holdingOff(situation).map(({ name }) => name);
  const asked = atGate(situation, {
    gate: 'synchronize',
    question:
      `Switch ${staleSite} on again by ${devices.join(' and ')}? It is out of every endpoint group, and comes up to be synchronized; ` +
      `what that would discard is asked later. Whatever made ${keepSite} stay alone should be over.`,
    plan: { switchOn: staleSite, keepSite, devices },
    // It was switched off for a reason, and nothing that is read says that it is over.
    atLeast: 1,
  });
  const held = holding(situation);
  if ('question' in asked) return { known: asked.known, next: asked.question };
  if (held) return { known: asked.known, next: held };
  const by = asked.passed.map(({ by: name }) => name);
  const told = note(asked.known, now, `${staleSite} is switched on again: approved by ${namesOf(asked.passed)}`);
  const decided = { ...told, switchOn: { plan: asked.plan, by, since: now } };
  return { known: decided, next: wait(`${staleSite} to be switched on`) };
}
