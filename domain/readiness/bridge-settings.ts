import { known } from '../observation';
import type { SiteName, SitePair } from '../site-pair';
import { duration, seconds } from '../time';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';

/** Longer than a view takes to change, so that nothing is lost on a short interruption; measured: 1 s is enough for that. */
const keptAtMostMs = seconds(10);

const consequence =
  'a write that was refused in a split arrives at the other site after the heal, and there alone; a fence does not stop it';

/** What a write that was refused becomes, measured (server 16.0): the bridge sends it on after the heal. */
export function bridgeFindings(
  pair: SitePair,
  { observation, surroundings }: Pick<ReadinessFacts, 'observation' | 'surroundings'>,
): Finding[] {
  return pair.sites.flatMap((site) => findingsOf(site, surroundings.bridges[site], observation));
}

function findingsOf(
  site: SiteName,
  bridge: ReadinessFacts['surroundings']['bridges'][SiteName] | undefined,
  { sites }: ReadinessFacts['observation'],
): Finding[] {
  if (bridge && known(bridge)) {
    const { stack, keepsUndeliveredMs } = bridge.value;
    if (keepsUndeliveredMs <= keptAtMostMs) return [];
    return [
      {
        what: `${site}: the bridge to the other site (stack ${stack}) keeps what it could not deliver for ${duration(keepsUndeliveredMs)}`,
        consequence,
        fix: `write <UNICAST3 conn_close_timeout="1000"/> into the stack ${stack} at ${site}`,
      },
    ];
  }
  // Of a site that cannot be read at all, that is told by another check.
  const view = sites[site]?.view;
  return view && known(view)
    ? [{ ...unreadFinding(`the bridge of ${site}`, bridge, consequence), fix: lookThere(site) }]
    : [];
}

function lookThere(site: SiteName): string {
  return `look at conn_close_timeout of UNICAST3 in the stack of remote-sites at ${site}: 1000 is right, JGroups' own 240000 is not`;
}
