import { randomUUID } from 'node:crypto';
import { clockTime } from '../../../domain/time';
import type { RequestAnswer } from '../../../domain/requests';
import type { GoalRequest } from '../../../domain/state';
import { reasonOf, siteOf, waitSeconds } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { follow, type Followed } from '../follow';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble } from '../trouble';
import { rehearse } from './rehearse';

export interface FenceOptions {
  site?: string;
  dryRun?: boolean;
  wait?: number | boolean;
  reason?: string;
}

/**
 * Asks the pair's run to fence a site, starting the run if there is none. What is printed as fenced was read back.
 * A dry run asks nobody and changes nothing.
 */
export async function fence(session: Session, name: string, options: FenceOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  const by = session.surroundings.who();
  if (options.dryRun) return rehearse(session, pair, { site, by });
  const request: GoalRequest = { id: randomUUID(), goal: 'fence', site, by, reason: reasonOf(options.reason) };
  return session.withTemporal(async ({ runs }) => {
    const answer = await askFor(runs, name, request);
    const asked = { pair: name, site, request: request.id, by, ...answer };
    const withinSeconds = waitSeconds(options.wait);
    if (answer.outcome === 'refused' || withinSeconds === undefined) {
      session.output.answer(sayAnswer(name, site, answer), asked);
      return answer.outcome === 'refused' ? exitCodes.refused : exitCodes.done;
    }
    session.output.progress(sayAnswer(name, site, answer));
    session.output.progress(`Waiting up to ${withinSeconds} s; the run goes on if you stop waiting.`);
    const followed = await follow({
      runs,
      pair: name,
      incident: answer.incident,
      reached: ({ provedSince, roles }) => provedSince !== undefined && roles?.staleSite === site,
      withinSeconds,
      clock: session.surroundings.clock,
      output: session.output,
      readerKnows: answer.outcome === 'started' ? 'nothing' : 'past',
    });
    const { exitCode, text } = concluded(followed, { pair: name, site, withinSeconds });
    session.output.answer(text, { ...asked, waited: followed });
    return exitCode;
  });
}

async function askFor(runs: Runs, pair: string, request: GoalRequest): Promise<RequestAnswer> {
  try {
    return await runs.request(pair, request);
  } catch (error) {
    if ((error as Error).name !== 'NoWorkerAnswers') throw error;
    throw nobodyWorks(pair, (error as { recorded?: boolean }).recorded === true);
  }
}

function nobodyWorks(pair: string, recorded: boolean): Trouble {
  const byHand = 'act by hand: docs/runbooks';
  if (!recorded) {
    const what = 'No worker answers for the open run: it is not known whether the request is recorded.';
    const next = `The next worker may still carry it out. Start one (sitewarden worker) and look before you ask again: sitewarden status ${pair}. Or ${byHand}.`;
    return new Trouble(exitCodes.noWorker, what, next);
  }
  const next = `Start one (sitewarden worker): it fences without being asked again. Or ${byHand}, and then: sitewarden status ${pair}`;
  return new Trouble(
    exitCodes.noWorker,
    'The request is recorded, and nobody is working: nothing is fenced yet.',
    next,
  );
}

function sayAnswer(pair: string, site: string, { outcome, incident, refusal, verdict }: RequestAnswer): string {
  const reads = verdict ? ` The pair reads as ${verdict.kind}: ${verdict.because}.` : '';
  const look = `Whether it is proved: sitewarden status ${pair}`;
  switch (outcome) {
    case 'started':
      return `Started: incident ${incident} fences ${site}.${reads} It is not proved yet. ${look}`;
    case 'joined':
      return `Joined incident ${incident}, which was open already; it fences ${site}.${reads} ${look}`;
    case 'refused':
      return `Refused by incident ${incident}: ${refusal?.code}: ${refusal?.message}${reads}`;
  }
}

interface Asked {
  pair: string;
  site: string;
  withinSeconds: number;
}

function concluded(followed: Followed, { pair, site, withinSeconds }: Asked): { exitCode: ExitCode; text: string } {
  switch (followed.end) {
    case 'reached': {
      const { roles, provedSince = 0 } = followed.status;
      const text = `Fenced: ${site} is out, ${roles?.keepSite} serves everyone; proved since ${clockTime(provedSince)}. The run goes on and guards.`;
      return { exitCode: exitCodes.done, text };
    }
    case 'closed': {
      const { result, outcome } = followed;
      const text = `Not fenced; the run has ended (${outcome}). ${result?.report ?? `Look: sitewarden observe ${pair}`}`;
      return { exitCode: outcome === 'refused' ? exitCodes.refused : exitCodes.notFinished, text };
    }
    case 'timeUp': {
      const { waitingFor } = followed.status;
      const still = waitingFor === undefined ? '' : ` Last: ${waitingFor.replace(/\.$/, '')}.`;
      const text = `Not proved within ${withinSeconds} s.${still} The run goes on: sitewarden status ${pair}`;
      return { exitCode: exitCodes.notFinished, text };
    }
    case 'noWorker': {
      const text = `Not proved within ${withinSeconds} s: no worker answers. The request is recorded; start a worker, or act by hand: docs/runbooks.`;
      return { exitCode: exitCodes.noWorker, text };
    }
  }
}
