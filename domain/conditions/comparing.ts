/** Comparing the sites, as several runbooks do. It changes nothing. */
import type { Command } from '../command';
import { wait, type Next } from '../next';
import { readAt } from '../observation';
import type { CacheName } from '../site-pair';
import { maySoonShow, prepare, type Situation } from './condition';

/** Every cache that the kept site replicates. */
export function cachesOf({ observation, roles }: Situation): readonly CacheName[] {
  const backups = readAt(observation, roles.keepSite, 'backups');
  return Object.keys(backups ?? {}).sort();
}

/** Reads every key and value, under a hold too; sent again when what was read no longer counts. */
export function compare(situation: Situation, because: string): Next {
  const { keepSite, staleSite } = situation.roles;
  const { epoch, synchronization } = situation.known;
  const reported = cachesOf(situation);
  // A cache that is not reported for a moment has to be equal too.
  const caches = [...new Set([...reported, ...(synchronization?.caches ?? [])])].sort();
  const afterPush = synchronization !== undefined && synchronization.pushStarts.length > 0;
  const command: Command = {
    kind: 'compareSites',
    keepSite,
    staleSite,
    caches,
    epoch,
    afterPush,
    pushedAt: synchronization?.pushedAt,
  };
  if (reported.length === 0) return wait(`the caches of ${keepSite} to be read`);
  // One that ended a moment ago and does not count: the sites change faster than they are read.
  if (maySoonShow(situation, command)) return wait('the sites to be read again');
  return prepare(situation, command, because);
}
