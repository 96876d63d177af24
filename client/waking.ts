import { hostname } from 'node:os';
import { temporalConnect, type Environment, type SitewardenConfig } from '../config';
import { lazyTemporal } from '../runtime/temporal-connection';
import { SitePairClient } from './site-pair-client';
import type { AlertIntake } from './webhook/alert-intake';

/**
 * The way by which a process of its own wakes runs: the one that the webhook's alerts take. Opens no connection before it is used.
 * @param process Shown by Temporal beside what was sent, with host and process id.
 */
export function openWaking(
  config: SitewardenConfig,
  env: Environment,
  process: string,
): AlertIntake & { close(): Promise<void> } {
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `${process}@${hostname()}`;
  const temporal = lazyTemporal({ connectionOptions, namespace, identity });
  const client = new SitePairClient(temporal.client, config.temporal.taskQueue);
  return {
    firing: (pair, alert) => client.firing(pair, alert),
    resolved: (pair, alert) => client.resolved(pair, alert),
    close: () => temporal.close(),
  };
}
