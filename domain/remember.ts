/** What is remembered of what is next: before a command is sent, and while a person is waited for. */
import { wasPutBackByOthers } from './conditions/changes';
import { discardsNow } from './discards';
import { isHeldByItself } from './held';
import type { Next } from './next';
import { find } from './notes';
import type { GroupMemory, HumanWait, Known, RunState } from './state';
import { recently, seconds, type EpochMs } from './time';

/** Written before the call is made: after a crash the run knows what it may have done. */
export function rememberCommand(known: Known, next: Next, now: EpochMs): Known {
  if (next.kind !== 'do') return known;
  const { command } = next;
  if (command.kind === 'takeBackupOffline' && command.onSite === known.roles?.keepSite) {
    return { ...known, detachRequestedAt: known.detachRequestedAt ?? now };
  }
  if (command.kind === 'addEndpoint') {
    // Anew with each: what was refused for long has all its time to become healthy once it is let in.
    const back = known.return && { ...known.return, addRequestedAt: now };
    return inGroup({ ...known, return: back }, command.groupArn, { putBackByUs: true });
  }
  if (command.kind === 'fenceByDevice') {
    const memory = { ...known.devices?.[command.device], askedAt: now };
    return { ...known, devices: { ...known.devices, [command.device]: memory } };
  }
  const way = known.synchronization;
  if (command.kind === 'startPush' && way) {
    const spoiled = way.spoiled.filter((cache) => !command.caches.includes(cache));
    const pushing = { ...way, spoiled, pushStarts: [...way.pushStarts, now] };
    return { ...known, synchronization: pushing, discards: discardsNow(known) };
  }
  if (command.kind === 'emptySite') return { ...known, discards: discardsNow(known), emptied: command.site };
  if (command.kind !== 'removeEndpoint') return known;
  if (!wasPutBackByOthers(known.groups[command.groupArn]))
    return inGroup(known, command.groupArn, { removalRequestedAt: now });
  const reRemovals = [...known.reRemovals, now].slice(-20);
  const told = { ...sayWhoFights(known, reRemovals, now), reRemovals };
  return inGroup(told, command.groupArn, { removalRequestedAt: now, reRemovedAt: now });
}

/** Time in which nothing but a person could have taken the run further: at a gate, under a hold, Blocked. */
export function rememberWaits({ heard }: RunState, known: Known, next: Next, now: EpochMs): Known {
  const before = known.humanWaits ?? [];
  const open = before.at(-1)?.to === undefined ? before.at(-1) : undefined;
  const current = humanWait(heard, known, next);
  if (open?.for === current?.for && open?.what === current?.what) return known;
  const closed = open ? [...before.slice(0, -1), { ...open, to: now }] : before;
  const humanWaits = current ? [...closed, { ...current, from: now }] : closed;
  return { ...known, humanWaits: humanWaits.slice(-50) };
}

function humanWait(heard: RunState['heard'], known: Known, next: Next): Pick<HumanWait, 'for' | 'what'> | undefined {
  if (next.kind === 'ask') return { for: 'gate', what: next.gate };
  if (next.kind === 'blocked') return { for: 'blocked', what: next.type };
  if (next.kind === 'do' || next.kind === 'finish') return undefined;
  if (heard.hold) return { for: 'hold', what: heard.hold.by };
  return isHeldByItself(known) ? { for: 'hold', what: 'a new split inside the soak' } : undefined;
}

function inGroup(known: Known, groupArn: string, part: Partial<GroupMemory>): Known {
  const groups = Object.entries(known.groups).map(
    ([arn, memory]) => [arn, arn === groupArn ? { ...memory, ...part } : memory] as const,
  );
  return { ...known, groups: Object.fromEntries(groups) };
}

/** Somebody else's automation keeps putting the site back: a person has to find out who, while we go on removing it. */
function sayWhoFights(known: Known, reRemovals: readonly EpochMs[], now: EpochMs): Known {
  const lately = reRemovals.filter((at) => recently(at, seconds(600), now)).length;
  if (lately < 3) return known;
  return find(known, `${known.roles?.staleSite} was put back 3 times within 10 minutes: find out who does it`);
}
