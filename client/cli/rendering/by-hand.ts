/** What a person could type instead of one command: AWS' own command line, and curl. No secret stands in it. */
import type { PairConfig, SiteConfig } from '../../../config';
import type { Command } from '../../../domain/command';
import type { Observation } from '../../../domain/observation';
import { endpointOf, groupsOf } from '../../../domain/traffic';
import { sayStep } from './plan';

export interface ByHand {
  says: string;
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
      const typed = globalAccelerator(
        'remove-endpoints',
        groupArn,
        `--endpoint-identifiers ${quoted(`EndpointId=${id}`)}`,
      );
      const shows = `${id} is gone; ${endpointId(pair, seen, groupArn, keepSite)} is there`;
      return { says, typed, proof: { typed: readGroup(groupArn), shows } };
    }
    case 'removeLostEndpoint': {
      const { groupArn, site } = command;
      const id = endpointId(pair, seen, groupArn, site);
      const typed = globalAccelerator(
        'remove-endpoints',
        groupArn,
        `--endpoint-identifiers ${quoted(`EndpointId=${id}`)}`,
      );
      return { says, typed, proof: { typed: readGroup(groupArn), shows: `${id} is gone` } };
    }
    case 'addEndpoint': {
      const { groupArn, site, settings } = command;
      const id = endpointId(pair, seen, groupArn, site);
      const { weight, clientIpPreservation, attachmentArn } = settings;
      const attachment = attachmentArn === undefined ? '' : `,AttachmentArn=${attachmentArn}`;
      const endpoint = `EndpointId=${id},Weight=${weight},ClientIPPreservationEnabled=${clientIpPreservation}${attachment}`;
      const typed = globalAccelerator('add-endpoints', groupArn, `--endpoint-configurations ${quoted(endpoint)}`);
      return { says, typed, proof: { typed: readGroup(groupArn), shows: `${id} is there` } };
    }
    case 'takeBackupOffline': {
      const site = siteOf(pair, command.onSite);
      const path = `/${encodeURIComponent(command.backupSite)}?action=take-offline`;
      const shows = `{"${command.backupSite}":{"status":"offline"}}, not "mixed"`;
      return {
        says: `${says}; every cache must answer "ok"`,
        typed: curl(site, path, '--request POST '),
        proof: { typed: curl(site, ''), shows },
      };
    }
  }
}

/** Global Accelerator's control plane is in this region alone (developer guide). */
function globalAccelerator(operation: string, groupArn: string, more: string): string {
  return `aws globalaccelerator ${operation} --region us-west-2 --endpoint-group-arn ${quoted(groupArn)} ${more}`;
}

function readGroup(groupArn: string): string {
  const query = 'EndpointGroup.EndpointDescriptions[].[EndpointId,HealthState,Weight]';
  return globalAccelerator('describe-endpoint-group', groupArn, `--query ${quoted(query)} --output table`);
}

/** With a user name alone, curl asks for the password: neither a command line nor its history holds one. */
function curl({ infinispan }: SiteConfig, path: string, method = ''): string {
  const ca = infinispan.ca === undefined ? '' : `--cacert ${quoted(infinispan.ca.replace(/^file:/, ''))} `;
  const url = `${infinispan.url.replace(/\/+$/, '')}/rest/v2/container/x-site/backups${path}`;
  return `curl ${ca}--user "$INFINISPAN_USER" ${method}${quoted(url)}`;
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

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
