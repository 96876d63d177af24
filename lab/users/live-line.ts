import { countsInWords, countsOf } from './counts';
import { operationLabels, operations, type UserRecord } from './outcome';

/** What users feel, in one line: what ended within the last seconds, and which kinds of operations were not well. */
export function liveLine(
  records: readonly UserRecord[],
  { now, lastSeconds }: { now: number; lastSeconds: number },
): string {
  const latest = records.filter(({ at, tookMs }) => at + tookMs > now - lastSeconds * 1_000);
  const unwell = operations.filter((operation) =>
    latest.some((record) => record.operation === operation && record.outcome !== 'ok'),
  );
  const which = unwell.length > 0 ? ` (${unwell.map((operation) => operationLabels[operation]).join(', ')})` : '';
  return `users, last ${lastSeconds} s: ${countsInWords(countsOf(latest)) || 'nothing ended'}${which}`;
}
