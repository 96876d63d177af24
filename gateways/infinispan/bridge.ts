import type { BridgeSettings } from '../../domain/readiness/surroundings';
import * as answers from './answers';
import { unreadable } from './failures';
import { readContainer, type Site } from './site';

const jgroupsOwnMs = 240_000;
/** Of the stacks that Infinispan brings along (its default-jgroups-*.xml): those that name it, and those that leave JGroups' own. */
const builtInMs: Readonly<Record<string, number>> = {
  ...{ tcp: 5_000, kubernetes: 5_000, ec2: 5_000, google: 5_000, azure: 5_000 },
  ...{ tunnel: jgroupsOwnMs, udp: jgroupsOwnMs },
};

/** By the stacks that the server has in force; fails where one of them is in a file, whose content it does not tell. */
export async function readBridge(at: Site, signal: AbortSignal): Promise<BridgeSettings> {
  await readContainer(at, signal);
  const { infinispan } = await at.rest.get('/container/config', answers.configurationOfContainer, signal);
  const { stacks } = infinispan.jgroups;
  const found = Object.values(stacks).flatMap(({ stack }) => stack?.['remote-sites']?.['default-stack'] ?? []);
  const [stack] = found;
  if (stack === undefined) throw unreadable(`${at.site}: no JGroups stack of its configuration has remote-sites.`);
  return { stack, keepsUndeliveredMs: closeTimeoutOf(at, stacks, stack) };
}

type Stacks = Readonly<Record<string, { stack?: answers.JGroupsStack }>>;

function closeTimeoutOf(at: Site, stacks: Stacks, bridge: string): number {
  const seen = new Set<string>();
  for (let name: string | undefined = bridge; name !== undefined && !seen.has(name);) {
    seen.add(name);
    const own: answers.JGroupsStack | undefined = stacks[name]?.stack;
    const said = own && (own.UNICAST3 ?? own.UNICAST4)?.conn_close_timeout;
    if (said !== undefined) return said;
    const builtIn = own ? undefined : builtInMs[name];
    if (builtIn !== undefined) return builtIn;
    name = own?.extends;
  }
  throw unreadable(`${at.site}: its configuration does not say what UNICAST3 of the stack ${bridge} is.`);
}
