/** What a person could type instead of one command: AWS' own command line, and curl. No secret stands in it. */
import type { PairConfig, SiteConfig } from '../../../../config';
import type { Command } from '../../../../domain/command';
import type { Observation } from '../../../../domain/observation';
import { endpointOf, groupsOf } from '../../../../domain/traffic';
import { sayStep } from '../plan';
import { addEndpoint, readGroup, removeEndpoint } from './accelerator';
import { applicationByHand, refreshByHand } from './application';
import { deviceByHand } from './device';
import { InfinispanByHand } from './infinispan';

export interface ByHand {
  says: string;
  /** Several lines where there are several calls, in their order. */
  typed: string;
  /** The read that proves it, and what it must show. */
  proof: { typed: string; shows: string };
}

export function byHand(pair: PairConfig, command: Command, seen: Observation): ByHand {
  const says = sayStep(command, seen);
  switch (command.kind) {
    case 'removeEndpoint': {
      const { groupArn, site, keepSite } = command;
      const id = endpointId(pair, seen, groupArn, site);
      const shows = `${id} is gone; ${endpointId(pair, seen, groupArn, keepSite)} is there`;
      return { says, typed: removeEndpoint(groupArn, id), proof: { typed: readGroup(groupArn), shows } };
    }
    case 'removeLostEndpoint': {
      const { groupArn, site } = command;
      const id = endpointId(pair, seen, groupArn, site);
      const proof = { typed: readGroup(groupArn), shows: `${id} is gone` };
      return { says, typed: removeEndpoint(groupArn, id), proof };
    }
    case 'addEndpoint': {
      const { groupArn, site, settings } = command;
      const id = endpointId(pair, seen, groupArn, site);
      const { weight, clientIpPreservation, attachmentArn } = settings;
      const attachment = attachmentArn === undefined ? '' : `,AttachmentArn=${attachmentArn}`;
      const endpoint = `EndpointId=${id},Weight=${weight},ClientIPPreservationEnabled=${clientIpPreservation}${attachment}`;
      const proof = { typed: readGroup(groupArn), shows: `${id} is there` };
      return { says, typed: addEndpoint(groupArn, endpoint), proof };
    }
    case 'stopApplication':
    case 'startApplication':
      return { says, ...applicationByHand(siteOf(pair, command.site), command.kind) };
    case 'fenceByDevice':
    case 'unfenceByDevice':
      return { says, ...deviceByHand(pair, command) };
    case 'refreshApplication':
      return { says, ...refreshByHand(command.site) };
    case 'takeBackupOffline':
    case 'bringBackupOnline':
    case 'compareSites':
    case 'emptySite':
    case 'cancelPush':
    case 'startPush':
      return replicationByHand(pair, command, says);
  }
}

type ReplicationCommand = Extract<
  Command,
  {
    kind: 'takeBackupOffline' | 'bringBackupOnline' | 'compareSites' | 'emptySite' | 'cancelPush' | 'startPush';
  }
>;

function replicationByHand(pair: PairConfig, command: ReplicationCommand, says: string): ByHand {
  const at = (site: string) => new InfinispanByHand(siteOf(pair, site));
  switch (command.kind) {
    case 'takeBackupOffline':
    case 'bringBackupOnline': {
      const { onSite, backupSite } = command;
      const [action, status] =
        command.kind === 'takeBackupOffline'
          ? (['take-offline', 'offline'] as const)
          : (['bring-online', 'online'] as const);
      const shows = `{"${backupSite}":{"status":"${status}"}}, not "mixed"`;
      const typed = at(onSite).changeBackup(backupSite, action);
      return {
        says: `${says}; every cache must answer "ok"`,
        typed,
        proof: { typed: at(onSite).readBackups(), shows },
      };
    }
    case 'compareSites': {
      const { keepSite, staleSite, caches } = command;
      const typed = [keepSite, staleSite].map((site) => at(site).readEntries(caches)).join('\n');
      const shows =
        'the same keys with the same values, in any order; the times to live differ, and do not count; where a list breaks off: docs/runbooks/fence.md, step 8';
      return { says, typed, proof: { typed, shows } };
    }
    case 'emptySite': {
      const { site, keepSite, caches } = command;
      const server = at(site);
      const before = `${server.readBackups()} # go on only if it shows {"${keepSite}":{"status":"offline"}}`;
      const typed = [before, server.cancelReceive(keepSite, caches), server.clear(caches)].join('\n');
      return { says, typed, proof: { typed: server.readSizes(caches), shows: '0 for every cache' } };
    }
    case 'cancelPush': {
      const { fromSite, toSite, caches } = command;
      const typed = at(fromSite).changePush(toSite, caches, 'cancel-push-state');
      const proof = { typed: at(fromSite).readPushes(caches), shows: `no "${toSite}":"SENDING"` };
      return { says, typed, proof };
    }
    case 'startPush': {
      const { fromSite, toSite, caches } = command;
      const server = at(fromSite);
      const typed = [server.clearPushStatus(caches), server.changePush(toSite, caches, 'start-push-state')].join('\n');
      const shows = `"${toSite}":"OK" for every cache, and each time that "${server.readBackups()}" shows ${toSite} online`;
      return { says, typed, proof: { typed: server.readPushes(caches), shows } };
    }
  }
}

function siteOf({ sites }: PairConfig, name: string): SiteConfig {
  const found = sites.find((site) => site.name === name);
  if (!found) throw new Error(`the pair has no ${name}`);
  return found;
}

function endpointId(pair: PairConfig, seen: Observation, groupArn: string, site: string): string {
  const group = groupsOf(seen)?.find(({ arn }) => arn === groupArn);
  return (group && endpointOf(group, site)?.endpointId) ?? siteOf(pair, site).loadBalancer;
}
