import { known } from '../observation';
import type { SitePair } from '../site-pair';
import { lengthText } from '../time';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';

const day = 86_400;
/** With a report in the archive, what is left to look up is the newest. Without one, a week has a weekend in it. */
const leastSeconds = { archived: day, notArchived: 7 * day };

/**
 * Temporal keeps what is over for the retention of its namespace. A long incident is in several histories, whose earlier ones are
 * over while it lasts: so no wait that the configuration allows may be longer.
 */
export function retentionFindings(pair: SitePair, { surroundings }: Pick<ReadinessFacts, 'surroundings'>): Finding[] {
  const { archive, retentionSeconds } = surroundings;
  return [...archiveFindings(archive), ...shortRetention(pair, retentionSeconds, known(archive))];
}

function archiveFindings(archive: ReadinessFacts['surroundings']['archive']): Finding[] {
  if (known(archive)) return [];
  return [
    {
      what: `reports cannot be archived (${archive.unknown})`,
      consequence: 'what an incident did, and who decided, is gone once Temporal drops its history',
      fix: 'correct archive in the configuration, or the rights to it',
    },
  ];
}

function shortRetention(
  pair: SitePair,
  retention: ReadinessFacts['surroundings']['retentionSeconds'],
  archived: boolean,
): Finding[] {
  const consequence = archived
    ? 'of an incident that lasts longer the beginning is gone before its end'
    : 'and no report is archived: who comes to look after it finds nothing';
  if (!known(retention)) return [unreadFinding('for how long Temporal keeps what is over', retention, consequence)];
  const longestWait = Object.values(pair.policy.gates).map(({ expiresSeconds = 0 }) => expiresSeconds);
  const needed = Math.max(archived ? leastSeconds.archived : leastSeconds.notArchived, ...longestWait);
  if (retention.value >= needed) return [];
  return [
    {
      what: `Temporal keeps what is over for ${lengthText(retention.value)}, and ${lengthText(needed)} is needed`,
      consequence,
      fix: `temporal operator namespace update --retention ${lengthText(needed)} -n <namespace>`,
    },
  ];
}
