/** The lines that the pages of one pair have in common: what was heard, what is next, and what a person can do. */
import { sayAlertOf } from '../../../domain/alert';
import { describeCommand } from '../../../domain/command';
import type { TimelineEntry } from '../../../domain/state';
import type { HeardAlert, HeardDecision, HeardRequest } from '../../../domain/heard';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import type { Colours } from '../output';
import { questionLines } from './question';
import { line, lines } from './line';

/** What is proved of the stale site. On the way back it is no longer a fence, and is not called one. */
export function sayProof(status: RunStatus, colours: Colours): string {
  const { phase, fencedAt, provedSince, roles } = status;
  const { keepSite, staleSite } = roles ?? {};
  switch (phase) {
    case 'pushing':
    case 'comparing':
    case 'reattaching':
    case 'synchronized':
      return colours.yellow(`${staleSite} is out of traffic, and ${keepSite} replicates to it`);
    case 'admitting':
      return colours.yellow(`${staleSite} is on its way into traffic`);
    case 'soaking':
      return colours.green('both sites serve, and are watched');
    case 'goingOffline':
      return colours.yellow(`${staleSite} is taken out of traffic as planned; ${keepSite} goes on replicating to it`);
    case 'observing':
    case 'fencing':
    case 'fenced':
    case 'clearing':
      break;
    case 'finished':
      if (plannedIn(status)) return colours.green('nothing was fenced or detached: it was planned');
      break;
  }
  if (provedSince === undefined) {
    const before = fencedAt === undefined ? '' : `; it was, first at ${clockTime(fencedAt)}`;
    return colours.red(`not proved now that ${staleSite} is fenced${before}`);
  }
  return colours.green(
    `${staleSite} is fenced, proved at ${clockTime(provedSince)}; no read has spoken against it since`,
  );
}

/** Who is kept and who is stale; of a planned absence, in its own words: nothing of it is a split. */
export function sayRoles(status: RunStatus): string[] {
  const { roles } = status;
  if (!roles) return [];
  const { keepSite, staleSite, because } = roles;
  const planned = plannedIn(status);
  const who = planned
    ? `${staleSite} ${planned === 'offline' ? 'leaves' : 'comes back'} as planned, ${keepSite} goes on serving`
    : `${keepSite} is kept, ${staleSite} is stale`;
  return [line('roles', `${who}: ${because}`)];
}

/** What a person asked for while both sites replicate, as long as nothing was fenced or synchronized in the run. */
function plannedIn({ phase, goal, fencedAt, synchronization }: RunStatus): 'offline' | 'online' | undefined {
  if (phase === 'goingOffline') return 'offline';
  if (fencedAt !== undefined || synchronization || phase === 'fencing') return undefined;
  if (goal === 'siteOffline') return 'offline';
  return goal === 'siteOnline' ? 'online' : undefined;
}

export function timelineOf(timeline: readonly TimelineEntry[]): string[] {
  return lines(
    'timeline',
    timeline.map(({ at, what }) => `${clockTime(at)}  ${what}`),
  );
}

export function sayAlert(alert: HeardAlert): string {
  const times = alert.timesHeard === 1 ? 'once' : `${alert.timesHeard} times`;
  return `${sayAlertOf(alert)}, ${alert.status}, heard ${times}, first ${clockTime(alert.firstHeardAt)}`;
}

/** Alerts that the run counted without keeping their names. */
export function sayNotKept(more: RunStatus['alertsNotKept']): string[] {
  return more ? [line('alert', `${more.count} more, counted only, last ${clockTime(more.lastAt)}`)] : [];
}

export function sayRequest({ goal, site, by, at, reason, refused }: HeardRequest): string {
  return `${clockTime(at)}  ${[goal, site].filter((word) => word).join(' ')} by ${by}: ${reason}${sayRefused(refused)}`;
}

export function sayDecision(decision: HeardDecision): string {
  const { kind, gate, plan, site, by, at, reason, refused, discardAtMost } = decision;
  const what = [kind, gate, site, plan && `plan ${plan}`].filter((word) => word).join(' ');
  const bound = discardAtMost === undefined ? '' : `, discarding at most ${discardAtMost}`;
  return `${clockTime(at)}  ${what}${bound} by ${by} (${sayHow(decision)}): ${reason ?? 'no reason given'}${sayRefused(refused)}`;
}

/** Only the API proves who decided. */
function sayHow({ how, groups = [] }: HeardDecision): string {
  if (how !== 'api') return `${how}, unattributed`;
  return groups.length > 0 ? `${how}, of ${groups.join(', ')}` : how;
}

function sayRefused(refused: { code: string; message: string } | undefined): string {
  return refused ? ` [refused: ${refused.code}: ${refused.message}]` : '';
}

/** What the run does next or waits for; of a question and of a block all that a person needs to answer. */
export function sayNext(status: RunStatus, now: EpochMs, colours: Colours): string[] {
  const { next, waitingFor, truth } = status;
  if (!next) return [line('next', 'the first look')];
  switch (next.kind) {
    case 'do':
      return [line('next', `${describeCommand(next.command)}: ${next.because}`)];
    case 'wait':
      return [line('waiting for', next.for)];
    case 'refuse':
      return [line('refuses', `${next.refusal.code}: ${next.refusal.message}`)];
    case 'finish':
      return [line('ends', waitingFor ?? next.outcome)];
    case 'ask':
      return [line('asks', colours.yellow(`${next.gate}: ${next.question}`)), ...questionLines(next, now)];
    case 'blocked':
      return [
        line('blocked', colours.red(`${describeCommand(next.command)}: ${next.type}: ${next.message}`)),
        line('true now', truth ?? 'nothing was read yet'),
        line('since', `${clockTime(next.since)} (${duration(Math.max(0, now - next.since))})`),
      ];
  }
}

const unblocking = {
  retry: 'try it again',
  confirm: 'vouch that it was done by hand; it is believed when it is read',
  abort: 'end the run: made safe, then nobody guards',
} as const;

/** Of a site that was cut off by hand. */
const byWordAlone = 'vouch that it serves nobody: nobody reads that, so its name is asked for once more';

/** The exact lines by which a person can act on the run as it is now; none where there is nothing to say to it. */
export function sayWaysOn({ pair, next, held, pausedUntil, refenced }: RunStatus): string[] {
  const byWord = next?.kind === 'blocked' && next.type === 'FenceManual';
  const explained = (kind: keyof typeof unblocking) =>
    `sitewarden ${kind} ${pair} --reason "..."   ${kind === 'confirm' && byWord ? byWordAlone : unblocking[kind]}`;
  const holdsItself = refenced !== undefined && !refenced.released;
  const release = `sitewarden release ${pair}   end the ${held || holdsItself ? 'hold' : 'pause'}`;
  return lines('you can', [
    ...(next?.kind === 'ask' ? next.answers.map((answer) => `sitewarden ${answer}`) : []),
    ...(next?.kind === 'ask' && next.signal !== undefined ? [`in the Temporal UI: signal approve ${next.signal}`] : []),
    ...(next?.kind === 'ask' && next.answers.length === 0 ? ['act by hand (docs/runbooks)', explained('abort')] : []),
    ...(next?.kind === 'blocked' ? next.can.map(explained) : []),
    ...(held || holdsItself || pausedUntil !== undefined ? [release] : []),
  ]);
}
