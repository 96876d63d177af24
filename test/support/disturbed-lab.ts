import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { startLab, type LabOptions } from '../../lab/lab';
import { freePort, freePorts } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { labSites, perSiteAsync, type LabSite } from '../../lab/sites';
import { tiers } from '../../lab/tiers';
import type { Activities } from '../../activities';
import { IncidentLab, type LabConfig } from './incident-lab';
import { InfinispanFront } from './infinispan-front';
import { SlowRoad } from './slow-road';

const { PENDING_ACTIVITY_STATE_STARTED: begunState } = temporal.api.enums.v1.PendingActivityState;

/**
 * A lab in which a worker can be caught at any boundary of a fence: it reaches each Infinispan through a front, and Temporal
 * by a road of its own. The link is cut; alerts come when a test says so.
 */
export class DisturbedLab extends IncidentLab {
  fronts!: Record<LabSite, InfinispanFront>;
  road!: SlowRoad;
  /** Goes by the fronts and the road. */
  first!: Restartable;
  /** Goes by the fronts, and straight to Temporal. */
  second!: Restartable;

  static override async start(options: LabOptions = {}): Promise<DisturbedLab> {
    const lab = await startLab({ ...options, policy: { stableSeconds: 2, ...options.policy } });
    const disturbed = new DisturbedLab(lab, Connection.lazy({ address: lab.temporal.address }));
    await disturbed.prepare();
    return disturbed;
  }

  private async prepare(): Promise<void> {
    const { run, infinispan, temporal: server } = this.lab;
    const { caFile, serverFile } = infinispan.certificates;
    const [portA, portB] = (await freePorts(2)) as [number, number];
    const ports = { 'site-a': portA, 'site-b': portB };
    this.fronts = await perSiteAsync((site) =>
      InfinispanFront.start({
        ...{ target: infinispan.sites[site].url, port: ports[site] },
        ...{ caFile, certificateFile: serverFile[site] ?? '', admin: infinispan.users.admin },
      }),
    );
    this.road = await SlowRoad.start({ target: server.address, port: await freePort() });
    for (const site of labSites) run.onClose(tiers.monitoring, () => this.fronts[site].close());
    run.onClose(tiers.monitoring, () => this.road.close());
    this.first = await this.behindFronts('first', this.road.address);
    this.second = await this.behindFronts('second', server.address);
  }

  behindFronts(
    name: string,
    temporalAddress: string,
    { environment, change }: { environment?: NodeJS.ProcessEnv; change?: (config: LabConfig) => void } = {},
  ): Promise<Restartable> {
    return this.worker(
      name,
      (config) => {
        config.temporal.address = temporalAddress;
        for (const site of config.sitePairs[0].sites) site.infinispan.url = this.fronts[site.name].url;
        change?.(config);
      },
      environment,
    );
  }

  /** What a worker's log says about commands of this incident that it did not carry out. */
  refusedBy(worker: string, incident: string): string[] {
    const log = readFileSync(join(this.lab.run.folder, 'logs', `${worker}.log`), 'utf8');
    return log.split('\n').filter((line) => line.includes(incident) && line.includes('Not accepted'));
  }

  /** Cuts the link both ways; returns when both sites have noticed. */
  async cut(): Promise<void> {
    const { lab } = this;
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'both views without the other site', withinSeconds: 30 });
  }

  /** Returns when the first worker has begun an activity and what it then said is still on the road. */
  async untilBegun(activity: keyof Activities): Promise<void> {
    this.road.slow(700);
    const begun = async () => {
      const { raw } = await this.temporal.workflow.getHandle(this.workflowId).describe();
      const begunAt = (raw.pendingActivities ?? [])
        .filter(({ state, activityType }) => state === begunState && activityType?.name === activity)
        .map(({ lastStartedTime }) => tsToMs(lastStartedTime));
      return begunAt.some((at) => this.road.isUnderWaySince(at));
    };
    await this.lab.until(begun, { what: `${activity} has begun`, withinSeconds: 60, everyMs: 10 });
  }
}
