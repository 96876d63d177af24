import { randomUUID } from 'node:crypto';
import { clockTime } from '../../../domain/time';
import type { RequestAnswer } from '../../../domain/requests';
import type { GoalRequest } from '../../../domain/state';
import { reasonOf, siteOf, waitSeconds } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { follow, type Followed } from '../follow';
import { sendRequest } from '../request';
import type { Session } from '../session';
import { beginWrite } from '../write';
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
    const write = await beginWrite({ session, runs, pair, look: true });
    const answer = await sendRequest(runs, name, request, ifNobodyWorks);
    write.answered({ pair: name, site, request: request.id, by }, answer);
    const withinSeconds = waitSeconds(options.wait);
    if (answer.outcome === 'refused' || withinSeconds === undefined) {
      await write.end(sayAnswer(name, site, answer));
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
    await write.end(text, { waited: followed });
    return exitCode;
  });
}

/** What a person has to know of this request then. */
const ifNobodyWorks = {
  recorded: 'nothing is fenced yet',
  next: 'it fences without being asked again',
  instead: 'act without one: docs/runbooks/emergency.md',
};

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
      const text = `Not proved within ${withinSeconds} s: no worker answers. The request is recorded; start a worker, or act without one: docs/runbooks/emergency.md.`;
      return { exitCode: exitCodes.noWorker, text };
    }
  }
}
