import { z } from 'zod';

/** What is wrong with a value, and what to write instead; `explain.ts` takes the two apart again. */
export const say = (what: string, instead: string): string => `${what}\n${instead}`;

/** A mapping whose unknown keys are errors. The names it knows travel in the message, for the "did you mean". */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, write: string) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? say(Object.keys(shape).join(' '), write)
        : say('this must be a mapping', write),
  });
}

export function text(pattern: RegExp, what: string, write: string) {
  const error = say(what, write);
  return z.string({ error }).regex(pattern, { error });
}

export function wholeNumber(bounds: { min: number; max: number }, write: string) {
  const error = say(`this must be a whole number from ${bounds.min} to ${bounds.max}`, write);
  return z.int({ error }).min(bounds.min, { error }).max(bounds.max, { error });
}

export function flag(write: string) {
  return z.boolean({ error: say('this must be true or false', write) });
}

/** A URL without user, password or fragment: what stands in a URL ends up in logs. */
export function httpUrl(write: string) {
  return z.string({ error: say('this must be a text', write) }).superRefine((value, context) => {
    const what = urlFault(value);
    if (what) context.addIssue({ code: 'custom', message: say(what, write) });
  });
}

function urlFault(value: string): string | undefined {
  if (!URL.canParse(value)) return 'this is no URL';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'this is no http or https URL';
  if (url.username || url.password) return 'a URL must not hold a user or password';
  return url.hash ? 'a fragment ("#") has no meaning here' : undefined;
}

/** `file:<path>`, for what is public: certificates. */
export function fileReference(write: string) {
  return text(/^file:[^\0]+$/, 'this is no reference to a file', write);
}

const secretPattern = /^(aws:[\w/+=.@:-]{1,2048}|env:[A-Za-z_][A-Za-z0-9_]*|file:[^\0]+)$/;
const secretForms = 'aws:<secret id>, file:<path> or env:<NAME>';

/** Where a secret is to be found; never the secret. The messages must not quote what was written. */
export function secretReference(write: string) {
  return mapping({ secret: secretText() }, `${write}, where the reference is ${secretForms}.`);
}

/** The reference itself. It belongs under a key `secret`, which no message quotes. */
export function secretText() {
  const what = `this is no reference to a secret (what stands there is not shown)`;
  const instead = `Write ${secretForms}; a password itself does not belong into this file.`;
  return text(secretPattern, what, instead);
}

/** Host and port. @param from The least port: to listen at 0 is to be given any. */
export function hostAndPort(write: string, { from }: { from: 0 | 1 } = { from: 1 }) {
  const pattern = /^(\[[0-9a-fA-F:]+\]|[^\s:/[\]]+):\d{1,5}$/;
  return text(pattern, 'this is no host:port', write).refine((value) => isPort(value, from), {
    error: say(`the port must be from ${from} to 65535`, write),
  });
}

/** Whether what stands behind the last colon is a port. */
function isPort(value: string, from: number): boolean {
  const port = Number(value.slice(value.lastIndexOf(':') + 1));
  return port >= from && port <= 65_535;
}

export const listen = (example: string) => hostAndPort(`Write host:port, as in ${example}.`, { from: 0 });

/** Whether a `listen` value, or the host and port of a URL, is reached from this machine alone. */
export function isLoopback(listen: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(listen);
}

export const pemFile = (key: string, of: string) =>
  fileReference(`Write ${key}: file:/etc/sitewarden/${key}.pem (PEM), ${of}.`);

const program = text(
  /^[^\s\0][^\0]*$/,
  'this is no program',
  'Write the program first, then its arguments: [kc-scale, site-a, "0"].',
);
const argument = text(/^[^\0]*$/, 'an argument must be a text', 'Put numbers, true and false in quotes: "0".');

/** Program and arguments; no shell reads them. */
export function command(example: string) {
  const error = say('this must be a list of program and arguments', `Write ${example}; no shell reads it.`);
  return z.tuple([program], argument, { error });
}
