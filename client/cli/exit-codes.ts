/** What a script may rely on. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usageOrConfig: 2,
  refused: 3,
  notFinished: 4,
  temporalUnreachable: 5,
  noWorker: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const meanings: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'a bug of Sitewarden',
  2: 'usage or configuration',
  3: 'refused, or readiness, devices or --verify found something',
  4: 'not finished within --wait, or the run ended without it',
  5: 'Temporal, or the configured API, unreachable',
  6: 'no worker answers',
};

/** Stands at the end of `sitewarden --help`, and, with the codes that a command may end with, of its own help. */
export function exitCodesHelp(codes: readonly ExitCode[] = Object.values(exitCodes)): string {
  return ['Exit codes:', ...[...codes].sort().map((code) => `  ${code} ${meanings[code]}`)].join('\n');
}
