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

/** Stands at the end of `sitewarden --help`. */
export const exitCodesHelp = `Exit codes:
  0 done                      4 not finished within --wait
  1 a bug of Sitewarden       5 Temporal unreachable
  2 usage or configuration    6 no worker answers
  3 refused`;
