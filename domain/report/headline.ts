import { clockTime, duration } from '../time';
import type { ReportedRun } from './reported-run';

/** What happened, and how it stands: two sentences. */
export function headlineOf(run: ReportedRun): string {
  return `${whatHappened(run)} ${howItStands(run)}`;
}

function whatHappened({ pair, roles, fencedAt, startedAt, mode, goal, ended }: ReportedRun): string {
  if (mode === 'shadow') return `${pair} is in shadow mode: this run decided and recorded, and touched nothing.`;
  if (fencedAt !== undefined) {
    const took = duration(Math.max(0, fencedAt - startedAt));
    const [stale, kept] = roles ? [roles.staleSite, roles.keepSite] : ['one site', 'the other'];
    return `${stale} of ${pair} was fenced at ${clockTime(fencedAt)}, ${took} after this run began, and ${kept} was kept.`;
  }
  if (roles && goal === 'siteOffline')
    return `${roles.staleSite} of ${pair} was to leave traffic as planned, and ${roles.keepSite} to serve everyone.`;
  if (roles && goal === 'siteOnline')
    return `${roles.staleSite} of ${pair} was to come back into traffic, beside ${roles.keepSite}.`;
  if (roles)
    return `${roles.staleSite} of ${pair} was to be fenced and ${roles.keepSite} kept; the fence was not proved.`;
  if (goal === 'pause') return `${pair} was paused; no fence was proved.`;
  return `${ended ? 'This' : 'So far this'} run of ${pair} fenced no site.`;
}

function howItStands({ ended, waitingFor, phase, return: back }: ReportedRun): string {
  if (!ended) {
    const waits = waitingFor === undefined ? 'it is at work' : `it waits for ${waitingFor}`;
    return `So far it has reached the phase ${phase}: ${waits}.`;
  }
  const at = clockTime(ended.at);
  switch (ended.outcome) {
    case 'siteOnline': {
      const since = back?.servingAt === undefined ? '' : ` since ${clockTime(back.servingAt)}`;
      return `Both sites serve again${since}, and it ended at ${at}.`;
    }
    case 'siteOffline':
      return `The site was taken out as planned, and it ended at ${at}.`;
    case 'restored':
      return `The link healed before anything was detached and the site was put back; it ended at ${at}.`;
    case 'refused':
      return `It ended at ${at} as refused${ended.refusal ? ` (${ended.refusal.code})` : ''}; nothing is done about it.`;
    case 'aborted':
      return `A person ended it at ${at}, and nobody guards the pair any more.`;
    case 'nothingToDo':
      return `There was nothing to do, and it ended at ${at}.`;
    case 'pauseOver':
      return `The pause was over at ${at}.`;
    case 'shadowed':
      return `It ended at ${at}.`;
  }
}
