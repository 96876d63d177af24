/** All that is known of one pair's run, for people. */
import { toSitePair, type PairConfig } from '../../../config';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { RunMemo, RunStatus } from '../../../workflows/contract/inputs';
import type { PairStatus } from '../../site-pair-client';
import type { Colours } from '../output';
import { line } from './line';
import {
  sayAlert,
  sayDecision,
  sayNext,
  sayNotKept,
  sayProof,
  sayRequest,
  sayRoles,
  sayWaysOn,
  timelineOf,
} from './lines';
import { comparisonLines } from './comparison';
import { renderObservation } from './observation';
import { phaseWord } from './phase';
import { wayBackLines } from './way-back';

export function renderStatusPage(pair: PairConfig, status: PairStatus, now: EpochMs, colours: Colours): string {
  const look = `Look at the pair: sitewarden observe ${pair.name}`;
  switch (status.run) {
    case 'none':
      return `${pair.name} has no run: healthy or never alerted.\n${look}`;
    case 'closed': {
      const when = status.closedAt ? ` ${duration(now - status.closedAt.getTime())} ago` : '';
      return `${pair.name} has no open run: the last one ended${when} (${status.outcome}). Nobody guards.\n${look}`;
    }
    case 'open':
      return status.status ? answered(pair, status.status, now, colours) : unanswered(pair, status, now, colours);
  }
}

function unanswered(
  pair: PairConfig,
  { startedAt, memo }: Extract<PairStatus, { run: 'open' }>,
  now: EpochMs,
  colours: Colours,
): string {
  const said = colours.yellow('No worker answers: nobody is guarding or fencing now.');
  const opened = `The run of ${pair.name} is open since ${clockTime(startedAt.getTime())}.`;
  const next = 'Start one (sitewarden worker), or act without one: docs/runbooks/emergency.md.';
  if (!memo) return [said, `${opened} It has not looked yet.`, next].join('\n');
  return [said, opened, ...recorded(memo, now), next].join('\n');
}

function recorded(memo: RunMemo, now: EpochMs): string[] {
  const { incident, goal, phase, keepSite, staleSite, waitingFor, gate, blockedBy, pausedUntil } = memo;
  const waits = blockedBy ? 'blocked' : gate ? 'asks' : 'waiting for';
  return [
    line('recorded', `${clockTime(memo.at)} (${duration(Math.max(0, now - memo.at))} ago), incident ${incident}`),
    ...(goal ? [line('goal', goal)] : []),
    line(
      'phase',
      [phaseWord(phase), ...(pausedUntil === undefined ? [] : [`paused until ${clockTime(pausedUntil)}`])].join(', '),
    ),
    ...(staleSite ? [line('roles', `${keepSite} is kept, ${staleSite} is stale`)] : []),
    ...(waitingFor ? [line(waits, gate ? `${gate}: ${waitingFor}` : waitingFor)] : []),
  ];
}

function answered(pair: PairConfig, status: RunStatus, now: EpochMs, colours: Colours): string {
  const { roles, verdict, observation, timeline } = status;
  const parts = [
    line(
      'incident',
      `${status.incident}, open for ${duration(Math.max(0, now - status.startedAt))}, goal ${status.goal}`,
    ),
    line('phase', [colours.bold(phaseWord(status.phase)), ...marks(status)].join(', ')),
    ...sayRoles(status),
    ...(roles ? [line('proof', sayProof(status, colours))] : []),
    ...wayBackLines(status),
    ...sayNext(status, now, colours),
    ...comparisonLines(status, now, colours),
    ...sayWaysOn(status),
    ...heard(status),
    ...timelineOf(timeline),
    line('read', observation ? `${duration(Math.max(0, now - observation.at))} ago` : 'nothing yet'),
  ];
  const seen =
    observation && verdict ? [renderObservation({ pair: toSitePair(pair), observation, verdict, colours })] : [];
  return [line('pair', colours.bold(status.pair)), ...parts, ...seen].join('\n');
}

function marks({ held, mode, pausedUntil }: RunStatus): string[] {
  return [
    ...(mode === 'shadow' ? ['shadow: it decides and records, and touches nothing'] : []),
    ...(pausedUntil === undefined ? [] : [`paused until ${clockTime(pausedUntil)}`]),
    ...(held ? [`held by ${held.by}: ${held.reason ?? 'no reason given'}`] : []),
  ];
}

function heard({ alerts, alertsNotKept, requests, decisions, findings, oddities }: RunStatus): string[] {
  return [
    ...alerts.map((alert) => line('alert', sayAlert(alert))),
    ...sayNotKept(alertsNotKept),
    ...requests.map((request) => line('request', sayRequest(request))),
    ...decisions.map((decision) => line('decision', sayDecision(decision))),
    ...findings.map((finding) => line('finding', finding)),
    ...oddities.map(({ at, what }) => line('odd', `${clockTime(at)}  ${what}`)),
  ];
}
