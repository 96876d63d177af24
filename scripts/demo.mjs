/** What can be said behind `npm run demo --`, known before anything is installed. */
import { parseArgs } from 'node:util';
import { Stop } from './support/shell.mjs';

const usage = `usage: npm run demo [-- --interactive] [-- --keep] [-- --keycloak]

One incident on real parts, from the cut of the link to two serving sites again; about a minute.

  --interactive  leaves the two decisions on the way back to you: it prints the lines to type, and waits
  --keep         leaves everything up at the end, until Ctrl-C
  --keycloak     with a real Keycloak in each site and a database for both, in the place of the small application
  --help         this`;

/** @throws Stop when an argument is none of these. @returns the arguments for the demo, or the help that was asked for. */
export function demoPlan(args) {
  const given = args.filter((argument) => argument !== '--');
  const flag = { type: 'boolean', default: false };
  try {
    const options = { interactive: flag, keep: flag, keycloak: flag, help: { ...flag, short: 'h' } };
    const { values } = parseArgs({ args: given, options });
    return values.help ? { help: usage } : { args: given, withKeycloak: values.keycloak };
  } catch (error) {
    throw new Stop(`${error.message}\n${usage}`, 2);
  }
}
