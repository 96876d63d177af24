/** Why a pair is as it is: of its open run, or of its last one. */
import { toSitePair, type PairConfig } from '../../../config';
import { healthNote } from '../../../domain/health-note';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { RunResult, RunStatus } from '../../../workflows/contract/inputs';
import type { PairStatus } from '../../site-pair-client';
import type { Colours } from '../output';
import { line, lines } from './line';
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
import { evidenceLines, sayVerdict } from './observation';
import { phaseWord } from './phase';
import { renderStatusPage } from './status-page';
import { wayBackLines } from './way-back';

export function renderExplanation(pair: PairConfig, status: PairStatus, now: EpochMs, colours: Colours): string {
  const { name } = pair;
  const look = line('you can', `sitewarden observe ${name}   look at both sites now`);
  if (status.run === 'open' && status.status) return ofOpenRun(pair, status.status, now, colours);
  if (status.run === 'closed' && status.result) {
    const ended = status.closedAt ? `, ended ${duration(Math.max(0, now - status.closedAt.getTime()))} ago` : '';
    return [...ofLastRun(status.result, { name, ended, now, colours }), look].join('\n');
  }
  const nothing = status.run === 'open' ? [] : [line('why', 'no run has left an explanation')];
  return [renderStatusPage(pair, status, now, colours), ...nothing].join('\n');
}

function ofOpenRun(pair: PairConfig, status: RunStatus, now: EpochMs, colours: Colours): string {
  const { incident, phase, goal, verdict, roles, mode, observation, weighed } = status;
  const note = observation && healthNote(toSitePair(pair), observation);
  const shadow = mode === 'shadow' ? ', in shadow: it touches nothing' : '';
  const parts = [
    line('pair', `${colours.bold(status.pair)}, ${phaseWord(phase)}${shadow}`),
    line('incident', `${incident}, goal ${goal}, open for ${duration(Math.max(0, now - status.startedAt))}`),
    line('reads as', verdict ? sayVerdict(verdict, colours) : 'nothing was read yet'),
    ...(note ? [line('', note)] : []),
    ...evidenceLines(weighed, now),
    ...sayRoles(status),
    ...(roles ? [line('proof', sayProof(status, colours))] : []),
    ...wayBackLines(status),
    ...comparisonLines(status, now, colours),
    ...whatWasHeard(status),
    ...lines('finding', status.findings),
    ...lines(
      'odd',
      status.oddities.map(({ at, what }) => `${clockTime(at)}  ${what}`),
    ),
    ...timelineOf(status.timeline),
    ...sayNext(status, now, colours),
  ];
  const waysOn = sayWaysOn(status);
  const always = [
    `sitewarden hold ${pair.name} --reason "..."   stop steps that bring a site back; protection goes on`,
    `sitewarden abort ${pair.name} --reason "..."   end the run: made safe, then nobody guards`,
  ];
  return [...parts, ...(waysOn.length > 0 ? waysOn : lines('you can', always))].join('\n');
}

function ofLastRun(
  result: RunResult,
  { name, ended, now, colours }: { name: string; ended: string; now: EpochMs; colours: Colours },
): string[] {
  const { incident, outcome, refusal, report, status } = result;
  return [
    line('pair', `${colours.bold(name)} has no open run: nobody guards`),
    line('incident', `${incident}${ended}`),
    line('outcome', refusal ? `${outcome}: ${refusal.code}: ${refusal.message}` : outcome),
    line('report', report),
    ...evidenceLines(status?.weighed, now),
    ...whatWasHeard(result),
    ...lines('finding', result.findings ?? []),
    ...timelineOf(result.timeline),
  ];
}

type Heard = Pick<RunResult, 'alerts' | 'alertsNotKept' | 'requests' | 'decisions'>;

/** Each with the answer it was given. A run of version 0.1.0 left none. */
function whatWasHeard({ alerts = [], alertsNotKept, requests = [], decisions = [] }: Heard): string[] {
  return [
    ...alerts.flatMap((alert) => [line('alert', sayAlert(alert)), line('', `  ${alert.answer}`)]),
    ...sayNotKept(alertsNotKept),
    ...requests.map((request) => line('request', sayRequest(request))),
    ...decisions.map((decision) => line('decision', sayDecision(decision))),
  ];
}
