import type { Command } from '../domain/command';
import type { Attempt } from './attempt';
import { compareSites } from './compare/compare-sites';
import type { ConfiguredPair } from './dependencies';
import type { Said } from './effect';
import * as fence from './effects-fence';
import * as restore from './effects-restore';
import * as synchronize from './effects-synchronize';

/** The effect of any command, and what the other side said. */
export async function effectOf(configured: ConfiguredPair, command: Command, attempt: Attempt): Promise<string> {
  const said = await begin(configured, command, attempt);
  return typeof said === 'string' ? said : said.said;
}

function begin(configured: ConfiguredPair, command: Command, attempt: Attempt): Promise<Said> {
  switch (command.kind) {
    case 'removeEndpoint':
      return fence.removeEndpoint(configured, command, attempt);
    case 'removeLostEndpoint':
      return fence.removeLostEndpoint(configured, command, attempt);
    case 'takeBackupOffline':
      return fence.takeBackupOffline(configured, command, attempt);
    case 'fenceByDevice':
      return fence.fenceByDevice(configured, command, attempt);
    case 'unfenceByDevice':
      return restore.unfenceByDevice(configured, command, attempt);
    case 'stopApplication':
      return fence.stopApplication(configured, command, attempt);
    case 'cancelPush':
      return fence.cancelPush(configured, command, attempt);
    case 'addEndpoint':
      return restore.addEndpoint(configured, command, attempt);
    case 'bringBackupOnline':
      return restore.bringBackupOnline(configured, command, attempt);
    case 'startApplication':
      return restore.startApplication(configured, command, attempt);
    case 'refreshApplication':
      return restore.refreshApplication(configured, command, attempt);
    case 'emptySite':
      return synchronize.emptySite(configured, command, attempt);
    case 'startPush':
      return synchronize.startPush(configured, command, attempt);
    case 'compareSites':
      return compareSites(configured, command, attempt);
  }
}
