import { sendAnswer, typedApproval, typedRejection } from '../commands/answer';
import type { PressedKeys } from '../pressed-keys';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { troubleOf } from '../trouble';
import { answerOf, type LiveTable } from './live-table';

export interface Desk {
  session: Session;
  runs: Runs;
  table: LiveTable;
  keys: PressedKeys;
}

const [controlC, controlD] = ['\u0003', '\u0004'];

/** Does what a key asks for. @returns false when the person has seen enough. */
export async function onKey(key: string, desk: Desk): Promise<boolean> {
  switch (key.toLowerCase()) {
    case 'q':
    case controlC:
    case controlD:
      return false;
    case 'p':
      desk.table.togglePlan();
      return true;
    case 'a':
      await answering(desk, 'approve');
      return true;
    case 'r':
      await answering(desk, 'reject');
      return true;
    default:
      return true;
  }
}

/** Below the table: the question, what the person types, and what the run says to it. */
async function answering(desk: Desk, kind: 'approve' | 'reject'): Promise<void> {
  const { session, table, keys } = desk;
  const row = table.inFront;
  const status = row && answerOf(row);
  const question = status?.next;
  if (!row || !status || question?.kind !== 'ask') return;
  const told = (error: unknown) => session.output.trouble(troubleOf(error));
  await keys
    .pausedFor(async (keyboard) => {
      const typing = { keyboard, status, question };
      const part = await (kind === 'approve' ? typedApproval(session, typing) : typedRejection(session, typing));
      if (part) await sendAnswer({ ...desk, pair: row.pair, answer: part });
      else session.output.progress('Nothing was sent.');
    })
    .catch(told);
  table.beginAnew();
}
