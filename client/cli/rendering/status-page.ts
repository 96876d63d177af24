/** All that is known of one pair's run, for people. */
import { toSitePair, type PairConfig } from '../../../config';
import { describeCommand } from '../../../domain/command';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import type { PairStatus } from '../../site-pair-client';
import type { Colours } from '../output';
import { renderObservation } from './observation';

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
  const next = 'Start one (sitewarden worker), or act by hand: docs/runbooks.';
  if (!memo) return [said, `${opened} It has not looked yet.`, next].join('\n');
  const lines = [
    line('recorded', `${clockTime(memo.at)} (${duration(Math.max(0, now - memo.at))} ago), incident ${memo.incident}`),
    line('phase', memo.phase),
    ...(memo.staleSite ? [line('roles', `${memo.keepSite} is kept, ${memo.staleSite} is stale`)] : []),
    ...(memo.waitingFor ? [line('waiting for', memo.waitingFor)] : []),
  ];
  return [said, opened, ...lines, next].join('\n');
}

function answered(pair: PairConfig, status: RunStatus, now: EpochMs, colours: Colours): string {
  const { roles, verdict, observation, timeline } = status;
  const lines = [
    line(
      'incident',
      `${status.incident}, open for ${duration(Math.max(0, now - status.startedAt))}, goal ${status.goal}`,
    ),
    line(
      'phase',
      `${colours.bold(status.phase)}${status.held ? `, held by ${status.held.by}: ${status.held.reason ?? ''}` : ''}`,
    ),
    ...(roles ? [line('roles', `${roles.keepSite} is kept, ${roles.staleSite} is stale: ${roles.because}`)] : []),
    ...(roles ? [line('proof', sayProof(status, colours))] : []),
    ...sayNext(status),
    ...heard(status),
    ...timeline.map(({ at, what }, index) => line(index === 0 ? 'timeline' : '', `${clockTime(at)}  ${what}`)),
    line('read', observation ? `${duration(Math.max(0, now - observation.at))} ago` : 'nothing yet'),
  ];
  const seen =
    observation && verdict ? [renderObservation({ pair: toSitePair(pair), observation, verdict, colours })] : [];
  return [line('pair', colours.bold(status.pair)), ...lines, ...seen].join('\n');
}

function sayProof({ fencedAt, provedSince, roles }: RunStatus, colours: Colours): string {
  if (provedSince === undefined) {
    const before = fencedAt === undefined ? '' : `; it was, first at ${clockTime(fencedAt)}`;
    return colours.red(`not proved now that ${roles?.staleSite} is fenced${before}`);
  }
  return colours.green(
    `${roles?.staleSite} is fenced, proved at ${clockTime(provedSince)}; no read has spoken against it since`,
  );
}

function sayNext({ next, waitingFor }: RunStatus): string[] {
  if (!next) return [line('next', 'the first look')];
  switch (next.kind) {
    case 'do':
      return [line('next', `${describeCommand(next.command)}: ${next.because}`)];
    case 'ask':
      return [line('asks', next.question)];
    case 'refuse':
      return [line('refuses', `${next.refusal.code}: ${next.refusal.message}`)];
    case 'blocked':
      return [line('blocked', `${describeCommand(next.command)}: ${next.type}: ${next.message}`)];
    case 'wait':
      return [line('waiting for', next.for)];
    case 'finish':
      return [line('ends', waitingFor ?? next.outcome)];
  }
}

function heard({ alerts, requests, decisions, findings, oddities }: RunStatus): string[] {
  return [
    ...alerts.map((alert) => {
      const times = alert.timesHeard === 1 ? 'once' : `${alert.timesHeard} times`;
      const what = `"${alert.site} is offline" from ${alert.reporter}, ${alert.status}`;
      return line('alert', `${what}, heard ${times}, first ${clockTime(alert.firstHeardAt)}`);
    }),
    ...requests.map(({ goal, site, by, at, reason, refused }) =>
      line('request', `${clockTime(at)}  ${goal} ${site ?? ''} by ${by}: ${reason}${sayRefusal(refused)}`),
    ),
    ...decisions.map(({ kind, by, how, at, reason, refused }) =>
      line(
        'decision',
        `${clockTime(at)}  ${kind} by ${by} (${how}): ${reason ?? 'no reason given'}${sayRefusal(refused)}`,
      ),
    ),
    ...findings.map((finding) => line('finding', finding)),
    ...oddities.map(({ at, what }) => line('odd', `${clockTime(at)}  ${what}`)),
  ];
}

function sayRefusal(refused: { code: string; message: string } | undefined): string {
  return refused ? ` [refused: ${refused.code}: ${refused.message}]` : '';
}

function line(name: string, text: string): string {
  return `${name.padEnd(13)}${text}`;
}
