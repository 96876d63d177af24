/** A question as a person reads it before answering: the whole of it, and what is known of both sites. */
import type { Question } from '../../../domain/next';
import type { EpochMs } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import type { Colours } from '../output';
import { comparisonLines } from './comparison';
import { line } from './line';
import { sayNext, sayProof, sayRoles, sayWaysOn } from './lines';
import { phaseWord } from './phase';
import { wayBackLines } from './way-back';

export function renderQuestion(status: RunStatus, now: EpochMs, colours: Colours): string {
  const { pair, incident, phase, roles, truth } = status;
  return [
    line('pair', `${colours.bold(pair)}, ${phaseWord(phase)}, incident ${incident}`),
    ...sayRoles(status),
    ...(roles ? [line('proof', sayProof(status, colours))] : []),
    ...(truth === undefined ? [] : [line('true now', truth)]),
    ...wayBackLines(status),
    ...comparisonLines(status, now, colours),
    ...sayNext(status, now, colours),
    ...sayWaysOn(status),
  ].join('\n');
}

/** The site that a plan is about: whoever approves types its name. The pair's, where it is about no site. */
export function subjectOf({ pair, roles, requests }: RunStatus, { gate }: Question): string {
  const asked = requests.findLast(({ goal, site, refused }) => goal === gate && site !== undefined && !refused);
  return asked?.site ?? roles?.staleSite ?? pair;
}
