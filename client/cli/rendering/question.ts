import type { Question } from '../../../domain/next';
import { count } from '../../../domain/progress';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import { line } from './line';

/** `1 of 2 from sre (alice)`; nothing where one approval by anybody is enough and none came. */
function sayApprovals({ approvals }: Question): string | undefined {
  if (!approvals) return undefined;
  const { needed, by, from = [] } = approvals;
  const groups = from.length > 0 ? ` from ${from.join(', ')}` : '';
  return `${by.length} of ${needed}${groups}${by.length > 0 ? ` (${by.join(', ')})` : ''}`;
}

/** What a question says beside itself: its plan, who has approved, until when, and what an approval gives up. */
export function questionLines(question: Question, now: EpochMs): string[] {
  const { plan, expiresAt, discards } = question;
  const approvals = sayApprovals(question);
  return [
    ...(plan === undefined ? [] : [line('plan', plan)]),
    ...(approvals === undefined ? [] : [line('approvals', approvals)]),
    ...(expiresAt === undefined
      ? []
      : [
          line(
            'expires',
            `${clockTime(expiresAt)} (in ${duration(Math.max(0, expiresAt - now))}); then it is asked anew`,
          ),
        ]),
    ...(discards === undefined
      ? []
      : [line('discards', `${count(discards)}; an approval bounds it by --discard-at-most`)]),
  ];
}

/** The same on one line, to stand behind the question; empty where there is nothing to say. */
export function sayGate(question: Question): string {
  const { expiresAt } = question;
  const approvals = sayApprovals(question);
  const parts = [
    ...(approvals === undefined ? [] : [approvals]),
    ...(expiresAt === undefined ? [] : [`expires ${clockTime(expiresAt)}`]),
  ];
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}
