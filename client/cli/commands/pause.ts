import { randomUUID } from 'node:crypto';
import type { GoalRequest } from '../../../domain/heard';
import { duration, seconds, type EpochMs } from '../../../domain/time';
import { reasonOf } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { sayRefusal } from '../rendering/refusal';
import { sendRequest } from '../request';
import type { Session } from '../session';
import { usage } from '../trouble';
import { beginWrite } from '../write';

export interface PauseOptions {
  for?: number;
  reason?: string;
}

const ifNobodyWorks = {
  recorded: 'alerts are not answered, by a pause neither',
  next: 'it pauses without being asked again',
};

/** Has alerts of a pair recorded and not acted upon, for a bounded time; only while no run is open. */
export async function pause(session: Session, name: string, options: PauseOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const forSeconds = options.for;
  if (forSeconds === undefined) throw usage('For how long? A pause ends by itself.', 'Add --for 2h (s, m, h, d).');
  const { who, clock } = session.surroundings;
  const by = who();
  const request: GoalRequest = { id: randomUUID(), goal: 'pause', by, reason: reasonOf(options.reason), forSeconds };
  return session.withRuns(async ({ runs }) => {
    const write = await beginWrite({ session, runs, pair, look: true });
    const answer = await sendRequest(runs, name, request, ifNobodyWorks);
    write.answered({ pair: name, request: request.id, by, forSeconds }, answer);
    if (answer.outcome === 'refused') {
      const { incident, refusal } = answer;
      await write.end(refusal ? sayRefusal(`Refused by incident ${incident}`, refusal, name) : 'Refused.');
      return exitCodes.refused;
    }
    const until = dateAndTime(clock.now() + seconds(forSeconds));
    const length = duration(seconds(forSeconds));
    await write.end(
      `Paused for ${length}, until about ${until}: alerts of ${name} are recorded, and nothing is done. End it: sitewarden release ${name}`,
    );
    return exitCodes.done;
  });
}

/** With the day, as a pause may last longer than one. */
function dateAndTime(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
