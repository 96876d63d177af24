import { configHash, type PairConfig } from '../../../config';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderPairs, type PairSettings } from '../rendering/pairs-table';
import type { Session } from '../session';

/** The configured pairs. Asks nothing over the network. */
export function pairs(session: Session): Promise<ExitCode> {
  const { config, output } = session;
  const rows = config.sitePairs.map((pair): PairSettings => ({
    pair: pair.name,
    sites: pair.sites.map(({ name }) => name),
    accelerator: acceleratorOf(pair),
    mode: pair.mode,
    preferredSite: pair.policy.preferredSite,
    configHash: configHash(config, pair.name),
  }));
  output.answer(renderPairs(rows, output.colours), { pairs: rows });
  return Promise.resolve(exitCodes.done);
}

/** By whatever the configuration names it. */
function acceleratorOf({ traffic: { globalAccelerator } }: PairConfig): string {
  const { dnsName, arn, endpointGroups = [] } = globalAccelerator;
  return dnsName ?? arn ?? endpointGroups.join(', ');
}
