import type { Question } from '../../../domain/next';
import { count } from '../../../domain/progress';
import { clockTime, duration, type EpochMs } from '../../../domain/time';
import { line } from './line';

/** `1 of 2 from sre (alice); not by bob, who asked for it`; nothing where the run takes no answer. */
function sayApprovals({ approvals }: Question): string | undefined {
  if (!approvals) return undefined;
  const { needed, by, from = [], requesters = [], unattributed } = approvals;
  const groups = from.length > 0 ? ` from ${from.join(', ')}` : '';
  const so = by.length > 0 ? ` (${by.join(', ')})` : '';
  return [
    `${by.length} of ${needed}${groups}${so}`,
    ...(requesters.length > 0 ? [`not by ${requesters.join(', ')}, who asked for it`] : []),
    ...(unattributed === 'refuse' ? ['only through the API, which proves who decides'] : []),
  ].join('; ');
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
