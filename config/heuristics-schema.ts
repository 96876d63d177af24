import { z } from 'zod';
import { usualMinimum } from '../domain/heuristics';
import { command, fileReference, hostAndPort, httpUrl, mapping, say, text, wholeNumber } from './fields';

const check = mapping(
  {
    name: text(/^[a-z0-9-]{1,40}$/, 'this is no name of a check', 'Use 1 to 40 lower-case letters, digits and dashes.'),
    /** Passed when it ends with 0. */
    command: command('command: [ping, -c1, -W1, 192.0.2.1]').optional(),
    /** Passed when it answers 200 to 299. */
    url: httpUrl('Write the URL of a health page, as in https://site-a.example/health.').optional(),
    ca: fileReference('Write ca: file:/etc/sitewarden/ca.pem (PEM), or leave it out.').optional(),
    /** Passed when a connection is accepted. */
    tcp: hostAndPort('Write host:port, as in database.site-a.example:5432.').optional(),
    score: wholeNumber({ min: 1, max: 100 }, 'Write what the check adds while it is passed, as in 1.').default(1),
    intervalSeconds: wholeNumber({ min: 1, max: 300 }, 'Write the seconds between two attempts, as in 2.').default(2),
    /** Failures in a row. */
    tko: wholeNumber({ min: 1, max: 100 }, 'Write how many failures in a row make it failed, as in 3.').default(3),
  },
  'Write a check as { name: database, tcp: database.site-a.example:5432 }.',
);

/** The scored checks of one site; the minimum is qdisk's where none is written. */
export const siteHeuristics = mapping(
  {
    checks: z
      .array(check, { error: say('this must be a list of checks', 'Write the checks, each beginning with "- name:".') })
      .min(1, { error: say('the list is empty', 'Name at least one check, or leave heuristics out.') }),
    minimum: wholeNumber({ min: 0, max: 10_000 }, 'Write the score below which the site loses a tie.').optional(),
  },
  'Write heuristics: { checks: [{ name: database, tcp: database.site-a.example:5432 }] }, or leave it out.',
).transform(({ checks, minimum }) => ({
  checks,
  minimum: minimum ?? usualMinimum(checks.reduce((total, { score }) => total + score, 0)),
}));

export type HeuristicsConfig = z.output<typeof siteHeuristics>;
export type CheckConfig = z.output<typeof check>;
