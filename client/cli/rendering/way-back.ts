/** How far a run is on the way back: what was decided, emptied, pushed, compared and admitted. */
import { isDiscardBounded } from '../../../domain/comparison';
import { count, progressOf, sayProgress } from '../../../domain/progress';
import type { Return, Synchronization } from '../../../domain/way-back';
import { clockTime, type EpochMs } from '../../../domain/time';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { line } from './line';

/** Lines for a status page; none of what has not begun. */
export function wayBackLines(status: RunStatus): string[] {
  const { synchronization, return: back, refenced, applicationStoppedAt, roles, pair } = status;
  const progress = progressOf(status);
  const held = `fenced again at ${clockTime(refenced?.at ?? 0)}, after it had come back`;
  return [
    ...(applicationStoppedAt === undefined
      ? []
      : [line('application', `of ${roles?.staleSite} proved stopped at ${clockTime(applicationStoppedAt)}`)]),
    ...(synchronization ? [line('synchronize', saySynchronization(synchronization))] : []),
    ...(progress ? [line('progress', sayProgress(progress))] : []),
    ...(back ? [line('site online', sayReturn(back))] : []),
    ...(refenced
      ? [line('fenced again', refenced.released ? held : `${held}: it goes on only after sitewarden release ${pair}`)]
      : []),
  ];
}

function saySynchronization(synchronization: Synchronization): string {
  const { plan, by, since, discarded, emptiedAt, pushStarts, pushed, spoiled, caches, preview } = synchronization;
  const { equalAt, reattachedAt, applicationReadyAt, refreshedAt } = synchronization;
  const reached: readonly (readonly [string, EpochMs | undefined])[] = [
    ['emptied', emptiedAt],
    ['compared equal', equalAt],
    ['replicating both ways', reattachedAt],
    ['application ready', applicationReadyAt],
    // Where nobody has it do so the time is that of the other application: nothing was read anew.
    ['kept site read anew', refreshedAt === applicationReadyAt ? undefined : refreshedAt],
  ];
  return [
    `plan ${plan}, ${sayApprovers(by)}, since ${clockTime(since)}`,
    `discards ${isDiscardBounded(preview) ? 'at most ' : ''}${count(discarded)} ${discarded === 1 ? 'entry' : 'entries'}`,
    ...(pushStarts.length > 0
      ? [
          `pushed ${pushed.length} of ${caches.length} caches${pushStarts.length > 1 ? ` (try ${pushStarts.length})` : ''}`,
        ]
      : []),
    ...(spoiled.length > 0 ? [`to be pushed again: ${spoiled.join(', ')}`] : []),
    ...reached.flatMap(([what, at]) => (at === undefined ? [] : [`${what} ${clockTime(at)}`])),
  ].join(' · ');
}

function sayReturn({ plan, by, since, servingAt, soakUntil }: Return): string {
  return [
    `plan ${plan}, ${sayApprovers(by)}, since ${clockTime(since)}`,
    ...(servingAt === undefined ? [] : [`serving, proved at ${clockTime(servingAt)}`]),
    ...(soakUntil === undefined ? [] : [`watched until ${clockTime(soakUntil)}`]),
  ].join(' · ');
}

function sayApprovers(by: readonly string[]): string {
  return by.length === 0 ? 'without an approval, by policy' : `approved by ${by.join(', ')}`;
}
