/** What can be said behind `npm run measure:users --`, known before anything is installed. */
import { Stop } from './support/shell.mjs';

const usage = `usage: npm run measure:users

The same cut twice on real Keycloaks with users at work, once with Sitewarden and once without; about five minutes.
Writes what users felt into docs/keycloak.md, and draws it beside it.`;

/** @throws Stop when there is an argument. @returns the arguments for the measurement, or the help that was asked for. */
export function usersPlan(args) {
  const given = args.filter((argument) => argument !== '--');
  if (given.some((argument) => ['--help', '-h'].includes(argument))) return { help: usage };
  if (given.length > 0) throw new Stop(`measure:users takes no "${given[0]}".\n${usage}`, 2);
  return { args: given, withKeycloak: true };
}
