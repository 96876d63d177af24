import type { Assess } from './assess';
import type { Command } from './command';
import { afterCommand, imagined, readIn } from './imagined-world';
import { seconds } from './time';

/** More rounds than any fence has commands: it ends, whatever the rules do. */
const mostRounds = 50;

/**
 * The commands that the rules would give from here, in order, as if each took effect at once. Touches nothing.
 * @param assess The rules, handed in because they themselves play a fence out in shadow mode.
 */
export function playOut(assess: Assess, start: Parameters<Assess>[0]): readonly Command[] {
  const commands: Command[] = [];
  let { state } = start;
  let world = imagined(start.observation);
  for (let round = 0; round < mostRounds; round += 1) {
    const now = start.now + seconds(round);
    const observation = readIn(world, start.pair, start.observation.at + seconds(round));
    const { next, remember } = assess({ ...start, state, observation, now });
    if (next.kind !== 'do' || !fences(next.command)) break;
    state = { ...state, known: { ...state.known, ...remember } };
    commands.push(next.command);
    world = afterCommand(world, next.command, observation.at);
  }
  return commands;
}

/** What comes after the fence is decided on what is read then. */
function fences({ kind }: Command): boolean {
  return ['removeEndpoint', 'fenceByDevice', 'takeBackupOffline', 'stopApplication'].includes(kind);
}
