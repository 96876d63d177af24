import { nextAfter } from '../refusal-next';
import type { Aim } from './aims';
import { exitCodes, type ExitCode } from './exit-codes';
import { follow, type Followed, type Following } from './follow';
import type { Session } from './session';
import type { Runs } from './surroundings';

export interface Awaiting {
  session: Session;
  runs: Runs;
  pair: string;
  incident: string;
  aim: Aim;
  withinSeconds: number;
  readerKnows: Following['readerKnows'];
  /** What a person can do without a worker, as an imperative. */
  instead?: string;
}

/** Waits until the aim is reached, the run has ended, or the time is up; tells what happens on the way. */
export async function awaitAim(awaiting: Awaiting): Promise<{ followed: Followed; exitCode: ExitCode; text: string }> {
  const { session, runs, pair, incident, aim, withinSeconds, readerKnows } = awaiting;
  const { output, surroundings } = session;
  output.progress(`Waiting up to ${withinSeconds} s; the run goes on if you stop waiting.`);
  const { reached } = aim;
  const { clock } = surroundings;
  const followed = await follow({ runs, pair, incident, reached, withinSeconds, clock, output, readerKnows });
  return { followed, ...concluded(followed, awaiting) };
}

function concluded(followed: Followed, awaiting: Awaiting): { exitCode: ExitCode; text: string } {
  const { pair, aim, withinSeconds, instead } = awaiting;
  switch (followed.end) {
    case 'reached':
      return { exitCode: exitCodes.done, text: aim.sayReached(followed.status) };
    case 'closed': {
      const { result, outcome } = followed;
      const report = result?.report ?? `Look: sitewarden observe ${pair}`;
      if (aim.endsAs.some((end) => end === outcome)) return { exitCode: exitCodes.done, text: report };
      const next = result?.refusal ? `\n${nextAfter(result.refusal.code, pair)}` : '';
      const text = `${aim.missed}; the run has ended (${outcome}). ${report}${next}`;
      return { exitCode: outcome === 'refused' ? exitCodes.refused : exitCodes.notFinished, text };
    }
    case 'timeUp': {
      const { waitingFor } = followed.status;
      const still = waitingFor === undefined ? '' : ` Last: ${waitingFor.replace(/\.$/, '')}.`;
      const text = `Not proved within ${withinSeconds} s.${still} The run goes on: sitewarden status ${pair}`;
      return { exitCode: exitCodes.notFinished, text };
    }
    case 'noWorker': {
      const or = instead ? `, or ${instead}` : '';
      const text = `Not proved within ${withinSeconds} s: no worker answers. What was asked is recorded; start a worker${or}.`;
      return { exitCode: exitCodes.noWorker, text };
    }
  }
}
