import { readinessEverySeconds } from '../../../config';
import type { ReadinessReport } from '../../../domain/readiness/report';
import { clockTime } from '../../../domain/time';
import type { PairReadiness } from '../../pair-runs';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderReadiness, sayOverdue, saySchedule } from '../rendering/readiness';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble } from '../trouble';

export interface ReadinessOptions {
  /** Shows the last report, whoever asked for it. */
  last?: true;
}

/** Looks a pair through for what would make an incident worse than it has to be. Changes nothing. */
export async function readiness(session: Session, name: string, { last }: ReadinessOptions = {}): Promise<ExitCode> {
  const pair = session.pair(name);
  const everySeconds = readinessEverySeconds(session.config, pair);
  return session.withRuns(async ({ runs }) =>
    last ? showLast(session, name, { runs, everySeconds }) : lookThrough(session, name, runs),
  );
}

async function lookThrough(session: Session, name: string, runs: Runs): Promise<ExitCode> {
  const { output, surroundings } = session;
  const report = await assessed(name, runs, surroundings.clock);
  output.answer(renderReadiness({ report, now: surroundings.clock.now(), colours: output.colours }), { ...report });
  return report.verdict === 'ready' ? exitCodes.done : exitCodes.refused;
}

async function showLast(
  session: Session,
  name: string,
  { runs, everySeconds }: { runs: Runs; everySeconds: number },
): Promise<ExitCode> {
  const { output, surroundings } = session;
  const now = surroundings.clock.now();
  const seen = await runs.readiness(name);
  const { report } = seen;
  if (!report) throw noReport(name, seen);
  const overdue = sayOverdue(report.at, { everySeconds, now });
  const told = [
    renderReadiness({ report, now, colours: output.colours }),
    saySchedule(seen, output.colours),
    ...(overdue === undefined ? [] : [`overdue      ${output.colours.red(overdue)}`]),
  ];
  const ageSeconds = Math.max(0, Math.round((now - report.at) / 1_000));
  const { schedule, failed } = seen;
  output.answer(told.join('\n'), { ...report, ageSeconds, isOverdue: overdue !== undefined, schedule, failed });
  return report.verdict === 'ready' && overdue === undefined ? exitCodes.done : exitCodes.refused;
}

/** Looked for so often, and so long at most: fence devices are waited for as long as they usually take. */
const lookEveryMs = 500;
const assessedWithinMs = 60_000;
/** What no worker has taken by then, none will. */
const takenWithinMs = 10_000;

async function assessed(name: string, runs: Runs, clock: Session['surroundings']['clock']): Promise<ReadinessReport> {
  const { assessment: before } = await runs.readiness(name);
  const { assessment } = await runs.beginReadiness(name);
  const begun = clock.now();
  for (;;) {
    const { report, assessment: newest, running, failed } = await runs.readiness(name);
    if (report && newest === assessment) return report;
    // The schedule's own began after this one, and is told in its place.
    if (report && newest !== before && running?.assessment !== assessment) return report;
    if (failed?.assessment === assessment) throw failedAssessment(name, failed.how);
    const passedMs = clock.now() - begun;
    if (passedMs >= takenWithinMs && running?.assessment === assessment && !running.isTaken) throw nobodyLooks(name);
    if (passedMs >= assessedWithinMs) throw tooLate(name);
    await clock.pause(lookEveryMs);
  }
}

function nobodyLooks(name: string): Trouble {
  const next = `Start one: sitewarden worker. What is known from before: sitewarden readiness ${name} --last.`;
  return new Trouble(exitCodes.noWorker, `No worker answers, so ${name} was not looked through.`, next);
}

function tooLate(name: string): Trouble {
  const next = `It may end yet: sitewarden readiness ${name} --last. Else look at the worker's log.`;
  return new Trouble(exitCodes.noWorker, `No worker has looked ${name} through within a minute.`, next);
}

function failedAssessment(name: string, how: string): Trouble {
  // Begun by somebody before, whom nobody has answered either.
  if (how === 'timed out') return nobodyLooks(name);
  const next = 'Give the worker the configuration that this command used, restart it, and look at its log.';
  return new Trouble(exitCodes.usageOrConfig, `A worker could not look ${name} through: it ended ${how}.`, next);
}

function noReport(name: string, { schedule, failed, running }: PairReadiness): Trouble {
  const next = `Look it through now: sitewarden readiness ${name}`;
  const so = failed ? `the last one ended ${failed.how} at ${clockTime(+failed.at)}` : undefined;
  const goesOn = running ? 'one is being made' : undefined;
  const why = goesOn ?? so ?? (schedule ? 'nobody has looked it through yet' : 'no worker has made its schedule yet');
  return new Trouble(exitCodes.refused, `There is no report on the readiness of ${name}: ${why}.`, next);
}
