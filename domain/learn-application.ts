/** What one observation adds to what a run knows of the stale site's application: whether it is stopped, and the site quiet. */
import { commandKey } from './command';
import { confirmedAt } from './heed';
import type { FenceLesson } from './learn';
import { note } from './notes';
import { readAt } from './observation';
import { isAttached } from './phase';
import type { SiteName } from './site-pair';
import { restartedSince } from './starts';
import type { Known, RunState } from './state';
import { recently, seconds, type EpochMs } from './time';

/** A site whose counter of stores stood still for so long is quiet; a counter that moved is read anew no sooner. */
export const quietMs = seconds(30);

const lastWritesMs = seconds(2);
const mostSoonMoves = 5;

export function learnApplication(lesson: FenceLesson, known: Known): Known {
  return learnStopped(lesson, learnStores(lesson, known));
}

/**
 * A counter that moves all the time is remembered once per quiet time, and only while somebody goes by it: more would be news
 * without end, at a gate over night. Once attached, the kept site's own writes move it.
 */
function learnStores({ observation, roles, now }: FenceLesson, known: Known): Known {
  const stores = readAt(observation, roles.staleSite, 'stores');
  const before = known.storesUnchanged;
  if (stores === undefined || known.detachedAt === undefined || before?.stores === stores) return known;
  if (isAttached(known) || known.linkWholeSince === undefined) return known;
  // Of an application that reads stopped the last writes are soon over; whoever writes on is no news every few seconds.
  const stopped = readAt(observation, roles.staleSite, 'application') === 'stopped';
  const moves = (before?.moves ?? 0) + (before ? 1 : 0);
  const soon = stopped && moves <= mostSoonMoves;
  if (recently(before?.since, soon ? lastWritesMs : quietMs, now)) return known;
  return { ...known, storesUnchanged: { stores, since: now, moves } };
}

/** Read stopped, or stopped by a command or a person's word since the site last started. */
function learnStopped({ state, observation, roles: { staleSite }, now }: FenceLesson, known: Known): Known {
  const read = readAt(observation, staleSite, 'application');
  const stopped = saidStoppedAt(state, known, staleSite);
  const startedAnew = stopped !== undefined && restartedSince(observation, staleSite, stopped) === true;
  const at = read === 'running' || startedAnew ? undefined : read === 'stopped' ? (stopped ?? now) : stopped;
  const before = known.applicationStoppedAt;
  const kept = at === undefined || before === undefined || read !== 'stopped' ? at : before;
  if (kept === before) return known;
  const runs = read === 'running' ? 'runs' : 'is not known to be stopped any more';
  const said = kept === undefined ? `${staleSite}'s application ${runs}` : undefined;
  const provedBy = said === undefined && read === 'stopped' ? 'its commands, which said so' : undefined;
  const told = note(known, now, said ?? `${staleSite}'s application is stopped`, { provedBy });
  return { ...told, applicationStoppedAt: kept };
}

/** When a command or a person said so, unless it was started since. */
function saidStoppedAt(state: RunState, known: Known, site: SiteName): EpochMs | undefined {
  const accepted = state.commands.acceptedAt;
  const stopKey = commandKey({ kind: 'stopApplication', site });
  const startKey = commandKey({ kind: 'startApplication', site });
  const started = Math.max(accepted[startKey] ?? 0, confirmedAt(known, startKey) ?? 0);
  const said = Math.max(accepted[stopKey] ?? 0, confirmedAt(known, stopKey) ?? 0);
  return said > started ? said : undefined;
}
