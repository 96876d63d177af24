/** When a site's caches started, and whether that was since. */
import { readAt, type Observation } from './observation';
import type { SiteName, SitePair } from './site-pair';
import { seconds, type EpochMs } from './time';

/** `time_since_start` is in whole seconds, so two reads of one start differ a little. */
export const startToleranceMs = seconds(3);

/** Whether a site's caches started after `since`; `undefined` when their start could not be read. */
export function restartedSince(observation: Observation, site: SiteName, since: EpochMs): boolean | undefined {
  const startedAt = readAt(observation, site, 'startedAt');
  return startedAt === undefined ? undefined : startedAt - since > startToleranceMs;
}

/** Whether it could be read of both sites when they started. What restarted, and is empty, would go unseen without. */
export function areStartsRead(observation: Observation, { sites }: Pick<SitePair, 'sites'>): boolean {
  return sites.every((site) => readAt(observation, site, 'startedAt') !== undefined);
}
