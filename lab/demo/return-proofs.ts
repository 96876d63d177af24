import { labSites, peerOf, type LabSite } from '../sites';
import type { ClientPopulation } from '../clients';
import { differences, entriesOn } from '../entries';
import type { Lab } from '../lab';
import type { Proof } from './incident';
import type { UsersScene } from './users-scene';
import { afterTheWayBack, keys, readBack } from './split-writes';
import type { WayBack } from './way-back';

const withinSeconds = 60;
const loginsAsked = 20;

/** Looks at the world itself, past Sitewarden. Sends everybody home: contents can only be compared while nobody writes. */
export async function proveTheReturn(
  lab: Lab,
  { clients, users }: { clients: ClientPopulation; users: UsersScene | undefined },
  { keepSite, wayBack }: { keepSite: LabSite; wayBack: WayBack },
): Promise<readonly Proof[]> {
  const staleSite = peerOf(keepSite);
  const logins = await twentyLogins(lab, clients);
  const sinceTheHeal = clients.summary({ since: new Date(wayBack.healedAt), connections: 'new' });
  await Promise.all([clients.stop(), users?.goHome()]);
  const [differing, entries, words] = await Promise.all([
    differences(lab.infinispan),
    entriesOn(lab.infinispan),
    readBack(lab, staleSite),
  ]);
  const [accelerator] = lab.aws.standIn.snapshot().accelerators;
  const endpoints = accelerator?.listeners.flatMap(({ groups }) => groups.flatMap((group) => group.endpoints)) ?? [];
  const backups = await Promise.all(labSites.map((site) => lab.infinispan.sites[site].rest.backupTo(peerOf(site))));
  return [
    {
      what: 'both sites hold the same, every key and value read',
      holds: differing.length === 0 && entries[keepSite] > 0,
      found:
        differing.length > 0 ? differing.join('; ') : labSites.map((site) => `${entries[site]} on ${site}`).join(', '),
    },
    {
      what: `what ${keepSite} wrote during the split is on ${staleSite}`,
      holds: words.survivor === afterTheWayBack.survivor && words.both === afterTheWayBack.both,
      found: `${keys.survivor}: ${words.survivor}; ${keys.both}: ${words.both}`,
    },
    {
      what: `what only ${staleSite} wrote is gone`,
      holds: words.stale === afterTheWayBack.stale,
      found: `${keys.stale}: ${words.stale ?? 'absent'}`,
    },
    {
      what: 'both endpoints are back as they were, and healthy',
      holds: endpoints.length === 2 && endpoints.every(({ weight, health }) => weight === 128 && health === 'HEALTHY'),
      found: endpoints.map(({ weight, health }) => `weight ${weight} ${health}`).join(', '),
    },
    {
      what: 'each site replicates to the other',
      holds: backups.every((status) => status === 'online'),
      found: labSites.map((site, index) => `${site}: ${backups[index]}`).join(', '),
    },
    {
      what: `${loginsAsked} of ${loginsAsked} new logins are served, by both sites`,
      holds: logins.refused === 0 && labSites.every((site) => (logins.servedBy[site] ?? 0) > 0),
      found: `${logins.ok + logins.slow} of ${logins.logins}: ${labSites.map((site) => `${logins.servedBy[site] ?? 0} by ${site}`).join(', ')}`,
    },
    {
      what: 'from the heal on no new login was refused',
      holds: sinceTheHeal.refused === 0,
      found: `${sinceTheHeal.refused} refused, ${sinceTheHeal.slow} slow of ${sinceTheHeal.logins}`,
    },
  ];
}

/** What became of the first twenty new logins from now on. */
async function twentyLogins(lab: Lab, clients: ClientPopulation) {
  const since = new Date();
  const seen = () => clients.firstLogins({ since, count: loginsAsked, connections: 'new' });
  return lab.until(seen, { what: `${loginsAsked} logins after the return`, withinSeconds });
}
