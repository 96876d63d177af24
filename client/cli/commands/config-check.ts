import { effectiveConfig } from '../../../config';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { Session } from '../session';

/** Prints the configuration as it is in force; secrets appear as their references. Asks nothing over the network. */
export async function configCheck(session: Session): Promise<ExitCode> {
  const { config, output } = session;
  const effective = effectiveConfig(config);
  const pairs = config.sitePairs.map(({ name }) => name);
  output.answer(`${effective}# No problems. Pairs: ${pairs.join(', ')}.`, { problems: [], pairs, effective });
  return exitCodes.done;
}
