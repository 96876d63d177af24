import type { PartCrashed } from './processes';

/** Why the lab stops, for the person before it: the log first, so that the reason and the next step are what is read last. */
export function whyTheLabStops({ reason, logFile, lastLines }: PartCrashed): string {
  return [
    '',
    lastLines,
    '',
    `The lab stops: ${reason}, and nothing here starts it again. Above are the last lines of its log:`,
    `  ${logFile}`,
    'Start the lab again with: npm run lab',
  ].join('\n');
}
