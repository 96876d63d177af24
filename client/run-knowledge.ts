import { hostname } from 'node:os';
import { temporalConnect, type Environment, type SitewardenConfig } from '../config';
import type { AlertMessage } from '../domain/alert';
import type { SentinelNote } from '../domain/sentinel';
import type { RunKnowledge } from '../gateways/ports';
import { lazyTemporal } from '../runtime/temporal-connection';
import { readFence } from './fence-knowledge';
import { SitePairClient } from './site-pair-client';

/** A sentinel's way to the pair's run. Opens no connection before it is used. */
export function openRunKnowledge({
  config,
  env,
  pair,
}: {
  config: SitewardenConfig;
  env: Environment;
  pair: string;
}): RunKnowledge & { close(): Promise<void> } {
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `sitewarden-sentinel@${hostname()}:${process.pid}`;
  const temporal = lazyTemporal({ connectionOptions, namespace, identity });
  const runs = new SitePairClient(temporal.client, config.temporal.taskQueue);
  return {
    readFence: (site) => readFence(runs, pair, site),
    tell: async (note) => ((await runs.resolved(pair, alertOf(pair, note))) === 'NoOpenRun' ? 'noRun' : 'told'),
    close: () => temporal.close(),
  };
}

/**
 * As the run hears of anything from outside: an alert, which is over already, so that it keeps no run open, and whose reporter is no site,
 * so that it decides nothing. `explain` shows it. A repeat is counted, and changes nothing.
 */
function alertOf(pair: string, { did, site, at }: SentinelNote): AlertMessage {
  return {
    fingerprint: `sentinel/${pair}/${site}/${did}/${at}`,
    status: 'resolved',
    alertname: did,
    site,
    reporter: `the sentinel of ${site}`,
    startsAt: new Date(at).toISOString(),
  };
}
