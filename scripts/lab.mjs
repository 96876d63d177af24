/** What can be said behind `npm run lab --`, known before anything is installed. */
import { Stop } from './support/shell.mjs';

const usage = `usage: npm run lab [-- --keycloak]

Two sites, everything around them and Sitewarden, until Ctrl-C; it prints what to look at and do.

  --keycloak  a real Keycloak in each site and a database for both, in the place of the small application
  --help      this`;

/** @throws Stop when an argument is none of these. @returns the arguments for the lab, or the help that was asked for. */
export function labPlan(args) {
  const given = args.filter((argument) => argument !== '--');
  if (given.some((argument) => ['--help', '-h'].includes(argument))) return { help: usage };
  const unknown = given.find((argument) => argument !== '--keycloak');
  if (unknown) throw new Stop(`lab takes no "${unknown}".\n${usage}`, 2);
  return { args: given, withKeycloak: given.length > 0 };
}
