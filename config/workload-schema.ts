import { z } from 'zod';
import { mapping, say, text, wholeNumber } from './fields';

const program = text(
  /^[^\s\0][^\0]*$/,
  'this is no program',
  'Write the program first, then its arguments: [kc-scale, site-a, "0"].',
);
const argument = text(/^[^\0]*$/, 'an argument must be a text', 'Put numbers, true and false in quotes: "0".');

/** Program and arguments; no shell reads them. */
function command(example: string) {
  const error = say('this must be a list of program and arguments', `Write ${example}; no shell reads it.`);
  return z.tuple([program], argument, { error });
}

const exec = mapping(
  {
    stop: command('stop: [kc-scale, site-a, "0"]'),
    start: command('start: [kc-scale, site-a, "3"]'),
    /** Ends with 0 while the application runs, with 3 while it is stopped (LSB, init script actions, `status`). */
    status: command('status: [kc-status, site-a], or leave it out').optional(),
    timeoutSeconds: wholeNumber({ min: 1, max: 600 }, 'Write how long a command may take, as in 120.').default(120),
  },
  'Write exec: { stop: [kc-scale, site-a, "0"], start: [kc-scale, site-a, "3"] }.',
);

/** As it is written in the file; the two words stand for themselves. */
const written = mapping(
  {
    exec: exec.optional(),
    /** A person stops and starts the application, and confirms it. */
    manual: z
      .literal(true, { error: say('this can only be true', 'Write workload: manual, or leave it out.') })
      .optional(),
  },
  'Write workload: { exec: { stop: [...], start: [...] } }, workload: manual or workload: none.',
);

const words: Readonly<Record<string, object>> = { manual: { manual: true }, none: {} };

/** Who stops and starts the application of a site. Both at once is a fault of cross-checks.ts. */
export const workload = z
  .preprocess((value) => (typeof value === 'string' ? (words[value] ?? value) : value), written)
  .transform(({ exec, manual }) => (exec ? { exec } : manual ? ('manual' as const) : ('none' as const)));

export type WorkloadConfig = z.output<typeof workload>;
export type ExecConfig = z.output<typeof exec>;
