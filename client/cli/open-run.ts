import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from './session';

/** What Temporal says of a pair's run, asked shortly. */
export type OpenRun =
  | { temporal: 'silent'; because: string }
  | { temporal: 'answers'; run: 'none' }
  /**
   * `incident` is unknown where the run never looked, and no worker answers for it; the sites where it has not chosen
   * which one it keeps.
   */
  | { temporal: 'answers'; run: 'open'; incident?: string; keepSite?: string; staleSite?: string };

/** A Temporal that does not answer within this is taken for one that is down. */
const answersWithinMs = 2_000;
/** One that answers may have lost its store: then it takes calls, and never ends them. */
const saysWithinMs = 4_000;

/** Never fails: whatever goes wrong reads as silence, and says why. */
export async function askForOpenRun(session: Session, pair: string): Promise<OpenRun> {
  const done = new AbortController();
  const late = sleep(answersWithinMs + saysWithinMs, undefined, { signal: done.signal }).then((): OpenRun => ({
    temporal: 'silent',
    because: 'it answers, but not what is asked of it.',
  }));
  const asked = session.withRuns(async ({ runs }): Promise<OpenRun> => {
    const status = await runs.status(pair);
    if (status.run !== 'open') return { temporal: 'answers', run: 'none' };
    const { status: answer, memo } = status;
    const { keepSite, staleSite } = (answer ? answer.roles : memo) ?? {};
    return { temporal: 'answers', run: 'open', incident: answer?.incident ?? memo?.incident, keepSite, staleSite };
  }, answersWithinMs);
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    return { temporal: 'silent', because: error instanceof Error ? error.message : String(error) };
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}
