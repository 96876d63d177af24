/** What one observation of Global Accelerator adds to what a run knows, once it is said who stays and who is fenced. */
import { commandKey } from './command';
import { mayStillLand } from './command-outcome';
import { valueOf, type EndpointGroup } from './observation';
import { find, note } from './notes';
import type { FenceLesson } from './learn';
import type { GroupMemory, Known } from './state';
import { seconds } from './time';
import { endpointOf, groupsHolding, groupsOf, isServedBy } from './traffic';

/** How long Global Accelerator keeps sending an established TCP flow to a removed endpoint (developer guide, idle timeout). */
export const drainMs = seconds(340);
/** Two reads this far apart: the first DEPLOYED may still be the one from before the change. */
const deployedReadsApartMs = seconds(1);

export function learnGroups(lesson: FenceLesson, known: Known): Known {
  const { observation, roles, now } = lesson;
  const { staleSite } = roles;
  const asked = learnWhatLanded(lesson, known);
  const groups = groupsOf(observation);
  if (!groups) return asked;
  const memories: Record<string, GroupMemory> = { ...asked.groups };
  let learnt = asked;
  for (const group of groups) {
    const memory = memories[group.arn] ?? { dial: group.dial, endpoints: group.endpoints };
    const present = endpointOf(group, staleSite) !== undefined;
    if (present && memory.absentReadAt !== undefined) {
      if (!memory.putBackByUs && known.restoringSince === undefined && known.admission === undefined) {
        learnt = note(learnt, now, `${staleSite} is back in ${group.region}, and it was not us`);
      }
      memories[group.arn] = { ...memory, absentReadAt: undefined, drainUntil: undefined };
    } else if (!present && memory.absentReadAt === undefined) {
      learnt = note(learnt, now, `${staleSite} read absent from ${group.region}`, {
        since: memory.removalRequestedAt,
        provedBy: 'the endpoint group, read',
      });
      const removedByUs = memory.removedByUs === true || memory.removalMayHaveLanded === true;
      memories[group.arn] = {
        ...memory,
        removedByUs,
        putBackByUs: undefined,
        absentReadAt: now,
        drainUntil: now + drainMs,
      };
    } else {
      memories[group.arn] = memory;
    }
    learnt = learnSettings(learnt, memory, group, lesson);
  }
  return { ...learnt, groups: memories };
}

/** Of each group from which a removal was asked for: whether the last attempt was taken, or may have been. */
function learnWhatLanded({ state, roles: { keepSite, staleSite } }: FenceLesson, known: Known): Known {
  const groups = Object.entries(known.groups).map(([groupArn, memory]) => {
    if (memory.removalRequestedAt === undefined || memory.removalMayHaveLanded) return [groupArn, memory] as const;
    const key = commandKey({ kind: 'removeEndpoint', groupArn, site: staleSite, keepSite });
    const failure = state.commands.failures[key];
    const removalMayHaveLanded = !failure || mayStillLand(failure.type);
    return [groupArn, removalMayHaveLanded ? { ...memory, removalMayHaveLanded } : memory] as const;
  });
  return { ...known, groups: Object.fromEntries(groups) };
}

/** Somebody else changed what the kept site gets; it is told and never undone, since only a whole-list update could. */
function learnSettings(known: Known, memory: GroupMemory, group: EndpointGroup, { roles }: FenceLesson): Known {
  const before = memory.endpoints.find(({ site }) => site === roles.keepSite);
  const after = endpointOf(group, roles.keepSite);
  const changes = [
    memory.dial === group.dial ? undefined : `traffic dial ${memory.dial} -> ${group.dial}`,
    !before || !after || before.weight === after.weight ? undefined : `weight ${before.weight} -> ${after.weight}`,
    !before || !after || before.clientIpPreservation === after.clientIpPreservation
      ? undefined
      : `client IP preservation ${said(before.clientIpPreservation)} -> ${said(after.clientIpPreservation)}`,
  ].filter((change) => change !== undefined);
  return changes.reduce(
    (told, change) => find(told, `${roles.keepSite} in ${group.region} was changed by somebody else: ${change}`),
    known,
  );
}

function said(on: boolean): string {
  return on ? 'on' : 'off';
}

/** Since when the kept site serves in no group. What is not read changes nothing. */
export function learnLoss({ observation, roles: { keepSite }, now }: FenceLesson, known: Known): Known {
  const groups = groupsOf(observation);
  if (!groups) return known;
  if (isServedBy(groups, keepSite)) return { ...known, keepSiteLostSince: undefined };
  if (known.keepSiteLostSince !== undefined) return known;
  return note({ ...known, keepSiteLostSince: now }, now, `${keepSite} serves in no endpoint group`);
}

export function learnDeployment({ observation, roles: { staleSite }, now }: FenceLesson, known: Known): Known {
  const groups = groupsOf(observation);
  const status = valueOf(observation.traffic.status);
  if (!groups || status === undefined) return known;
  if (groupsHolding(groups, staleSite).length > 0) {
    return { ...known, deployedFirstReadAt: undefined, deployedReadTwiceAt: undefined };
  }
  if (known.deployedReadTwiceAt !== undefined) return known;
  if (status !== 'DEPLOYED') return { ...known, deployedFirstReadAt: undefined };
  if (known.deployedFirstReadAt === undefined) return { ...known, deployedFirstReadAt: now };
  if (now - known.deployedFirstReadAt < deployedReadsApartMs) return known;
  return note({ ...known, deployedReadTwiceAt: now }, now, 'accelerator DEPLOYED, read twice', {
    since: known.deployedFirstReadAt,
    provedBy: 'its status, read twice',
  });
}
