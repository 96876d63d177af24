/** What a pair was looked through for, check by check, for people. */
import { findingsOf, type Check, type ReadinessReport } from '../../../domain/readiness/report';
import type { Finding } from '../../../domain/readiness/finding';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import type { PairReadiness } from '../../pair-runs';
import type { Colours } from '../output';
import { line } from './line';

export interface ReadinessPage {
  report: ReadinessReport;
  now: EpochMs;
  colours: Colours;
}

export function renderReadiness({ report, now, colours }: ReadinessPage): string {
  return [...report.checks.flatMap((check) => sayCheck(check, colours)), verdictLine(report, now, colours)].join('\n');
}

function sayCheck({ name, findings, notLookedAt }: Check, colours: Colours): string[] {
  if (notLookedAt !== undefined) return [line(name, `not looked at: ${notLookedAt}`)];
  if (findings.length === 0) return [line(name, colours.green('ready'))];
  return [
    line(name, colours.yellow(counted(findings.length))),
    ...findings.flatMap((finding) => sayFinding(finding, colours)),
  ];
}

/** Three lines, as what it leads to and what to do need room of their own. */
export function sayFinding({ what, consequence, fix }: Finding, colours: Colours): string[] {
  return [line('finding', colours.yellow(what)), line('  means', consequence), line('  fix', fix)];
}

function verdictLine(report: ReadinessReport, now: EpochMs, colours: Colours): string {
  const { verdict, at } = report;
  const looked = `looked through at ${clockTime(at)}, ${duration(Math.max(0, now - at))} ago`;
  const said =
    verdict === 'ready' ? colours.green('ready') : colours.red(`not ready: ${counted(findingsOf(report).length)}`);
  return line('verdict', `${said}; ${looked}`);
}

export function saySchedule({ schedule, failed }: PairReadiness, colours: Colours): string {
  const failure = failed ? `; ${colours.red(`the last look ended ${failed.how} at ${clockTime(+failed.at)}`)}` : '';
  if (!schedule) return line('schedule', `${colours.yellow('there is none: no worker has made it')}${failure}`);
  if (schedule.isPaused) return line('schedule', `${colours.yellow('is paused')}${failure}`);
  const next = schedule.next ? `looks again at ${clockTime(+schedule.next)}` : 'is there';
  return line('schedule', `${next}${failure}`);
}

/** After so many intervals without a new report. */
const overdueAfter = 2;

/** Why a report is too old to go by; `undefined` while it is not. */
export function sayOverdue(
  at: EpochMs,
  { everySeconds, now }: { everySeconds: number; now: EpochMs },
): string | undefined {
  if (now - at <= overdueAfter * everySeconds * 1_000) return undefined;
  return `there should be one every ${duration(everySeconds * 1_000)}: what is true now is not known`;
}

function counted(findings: number): string {
  return findings === 1 ? '1 finding' : `${findings} findings`;
}
