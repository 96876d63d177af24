import { defaultWaitSeconds, reasonOf, waitSeconds } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { follow, type Followed } from '../follow';
import type { Session } from '../session';
import { beginWrite } from '../write';
import { sayRefused, sendDecision } from './decide';

export interface AbortOptions {
  reason?: string;
  wait?: number | boolean;
}

/** Ends the pair's run: what was begun is made safe, what is true is reported, and after it nobody guards. */
export async function abort(session: Session, name: string, options: AbortOptions): Promise<ExitCode> {
  const { output, surroundings } = session;
  const pair = session.pair(name);
  const part = { kind: 'abort', reason: reasonOf(options.reason) } as const;
  return session.withRuns(async ({ runs }) => {
    const write = await beginWrite({ session, runs, pair, look: true });
    const { answer, exitCode: answered } = await sendDecision({ session, write, runs, pair, part });
    const { incident } = answer;
    if (answer.outcome === 'refused' || incident === undefined) {
      await write.end(sayRefused(answer, name));
      return answered;
    }
    const withinSeconds = options.wait === undefined ? defaultWaitSeconds : waitSeconds(options.wait);
    const taken = `Taken: incident ${incident} makes safe what was begun, and ends.`;
    if (withinSeconds === undefined) {
      await write.end(`${taken} Look: sitewarden status ${name}`);
      return exitCodes.done;
    }
    output.progress(taken);
    const { clock } = surroundings;
    const following = { runs, pair: name, incident, reached: () => false, withinSeconds, clock, output };
    const followed = await follow({ ...following, readerKnows: 'present' });
    const { exitCode, text } = concluded(followed, name, withinSeconds);
    await write.end(text, { waited: followed });
    return exitCode;
  });
}

function concluded(followed: Followed, pair: string, withinSeconds: number): { exitCode: ExitCode; text: string } {
  switch (followed.end) {
    case 'closed': {
      const { outcome, result } = followed;
      const unseen = `It left no report, and nobody guards ${pair} any more. Look: sitewarden observe ${pair}`;
      return { exitCode: exitCodes.done, text: `The run has ended (${outcome}). ${result?.report ?? unseen}` };
    }
    case 'noWorker': {
      const text = `Not ended within ${withinSeconds} s: no worker answers. The abort is recorded; start a worker.`;
      return { exitCode: exitCodes.noWorker, text };
    }
    case 'reached':
    case 'timeUp':
      return {
        exitCode: exitCodes.notFinished,
        text: `Not ended within ${withinSeconds} s. The run goes on making things safe: sitewarden status ${pair}`,
      };
  }
}
