/** What a command needs to find programs, and to print in the right language and time; none of it holds a secret. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** The whole environment of a command. The worker's own holds credentials, so of it only these names are passed on. */
export function commandEnvironment(
  own: NodeJS.ProcessEnv,
  about: { pair: string; site: string; commandId?: string },
): Record<string, string> {
  const { pair, site, commandId } = about;
  const inherited = passedOn.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return {
    ...Object.fromEntries(inherited),
    SITEWARDEN_PAIR: pair,
    SITEWARDEN_SITE: site,
    ...(commandId !== undefined && { SITEWARDEN_COMMAND_ID: commandId }),
  };
}
