import { setTimeout as wait } from 'node:timers/promises';

/** How long processes have between being asked to end and being ended. */
const graceMs = 2_000;
const lookAgainMs = 50;

/**
 * Ends every process of a group whose leader we started: SIGTERM, and SIGKILL to those that are left 2 s later.
 * Resolves when none is left, or SIGKILL was sent.
 */
export async function endProcessGroup(leader: number): Promise<void> {
  const endsAt = performance.now() + graceMs;
  let left = signalGroup(leader, 'SIGTERM');
  while (left && performance.now() < endsAt) {
    await wait(lookAgainMs);
    left = signalGroup(leader, 0);
  }
  if (left) signalGroup(leader, 'SIGKILL');
}

/** @returns whether the group still had a process; signal 0 only asks (kill(2)). */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
