import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { SitePairClient } from '../../client/site-pair-client';
import type { Fault, FaultSpec, JournalEntry } from '../../lab/aws-stand-in';
import { startLab, type Lab, type LabOptions } from '../../lab/lab';
import { freePort } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { Sitewarden } from '../../lab/sitewarden';
import { labPair } from '../../lab/sitewarden-config';
import { labSites, peerOf, type LabSite } from '../../lab/sites';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import type { RunStatus } from '../../workflows/contract/inputs';
import { stepSeconds } from './chosen';

/** The parts of a lab's sitewarden.yaml that a test may want otherwise. */
export interface LabConfig {
  temporal: { address: string };
  webhook: { listen: string };
  worker: { health: { listen: string } };
  observer?: { health: { listen: string }; network?: object };
  lock?: object;
  sitePairs: [
    {
      observers?: readonly object[];
      fenceDevices?: object[];
      outerLock?: object;
      sites: { name: LabSite; health: string; infinispan: { url: string; credentials: { secret: string } } }[];
    },
  ];
}

/** One lab for many incidents: what is asked about them, and what a person does by hand between them. */
export class IncidentLab {
  static readonly workflowId = sitePairWorkflowId(labPair);
  readonly workflowId = IncidentLab.workflowId;
  readonly temporal: Client;
  readonly client: SitePairClient;
  /** Of every worker that was prepared here. */
  private readonly healthPageByWorker = new Map<string, string>();

  protected constructor(
    readonly lab: Lab,
    private readonly connection: Connection,
  ) {
    this.temporal = new Client({ connection, namespace: lab.temporal.namespace });
    this.client = new SitePairClient(this.temporal, 'sitewarden');
  }

  static async start(options: LabOptions = {}): Promise<IncidentLab> {
    const lab = await startLab({ ...options, policy: { stableSeconds: 2, ...options.policy } });
    return new this(lab, Connection.lazy({ address: lab.temporal.address }));
  }

  get standIn() {
    return this.lab.aws.standIn;
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.lab.close();
  }

  /** The lab's own configuration. */
  config(): LabConfig {
    return parse(readFileSync(this.lab.configFile, 'utf8')) as LabConfig;
  }

  /** A worker, not yet started, with a configuration and a health page of its own. */
  async worker(
    name: string,
    change: (config: LabConfig) => void = () => {},
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Restartable> {
    const healthPort = await freePort();
    const config = this.config();
    config.worker.health.listen = `127.0.0.1:${healthPort}`;
    change(config);
    this.healthPageByWorker.set(name, `http://${config.worker.health.listen}`);
    const configFile = join(this.lab.run.folder, `sitewarden-${name}.yaml`);
    writeFileSync(configFile, stringify(config));
    const sitewarden = new Sitewarden(this.lab.run, { ...this.lab.environment, ...environment });
    return sitewarden.worker({ name, configFile, healthPort });
  }

  /** As somebody who has that worker's configuration. */
  cliOf(worker: string, ...words: string[]) {
    const { run, environment } = this.lab;
    return new Sitewarden(run, environment).cli(join(run.folder, `sitewarden-${worker}.yaml`), ...words);
  }

  /** An observer, not yet started, with a configuration and a health page of its own. */
  async observer(name: string, change: (config: LabConfig) => void): Promise<Restartable> {
    const healthPort = await freePort();
    const config = this.config();
    config.observer = { health: { listen: `127.0.0.1:${healthPort}` } };
    change(config);
    const configFile = join(this.lab.run.folder, `sitewarden-observer-${name}.yaml`);
    writeFileSync(configFile, stringify(config));
    return this.lab.sitewarden.observer({ name, configFile, healthPort });
  }

  healthPage(worker: string): string {
    return this.healthPageByWorker.get(worker) ?? '';
  }

  /** The reporter's alert that the other site is offline, handed over as the webhook does. */
  async alert(reporter: LabSite): Promise<void> {
    await this.client.firing(labPair, {
      ...{ fingerprint: `fingerprint-${reporter}`, status: 'firing', alertname: 'SiteOffline' },
      ...{ site: peerOf(reporter), reporter, startsAt: new Date().toISOString() },
    });
  }

  /** The open run's own word. */
  async status(): Promise<RunStatus | undefined> {
    const status = await this.client.status(labPair);
    return status.run === 'open' ? status.status : undefined;
  }

  untilRun(what: string, condition: (status: RunStatus) => boolean): Promise<RunStatus> {
    const said = async () => {
      const status = await this.status();
      return status && condition(status) ? status : undefined;
    };
    return this.lab.until(said, { what, withinSeconds: stepSeconds, everyMs: 200 });
  }

  untilFenced(): Promise<RunStatus> {
    return this.untilRun('a proved fence', ({ provedSince }) => provedSince !== undefined);
  }

  /** The endpoints as AWS has them, by site. */
  endpointSites(): LabSite[] {
    const endpoints = this.endpoints().map(({ endpointId }) => endpointId);
    return labSites.filter((site) => endpoints.includes(this.lab.aws.loadBalancers[site]));
  }

  /** Calls of an operation that the product made after the journal's entry `seq`. */
  callsSince(seq: number, operation: string): JournalEntry[] {
    return this.standIn.journal.of(operation).filter((entry) => entry.seq > seq && entry.userAgent !== 'a person');
  }

  /** How often the site left an endpoint group after the journal's entry `seq`: a removal of what is absent is none. */
  departuresSince(seq: number, site: LabSite): number {
    const endpointId = this.lab.aws.loadBalancers[site];
    const present = this.standIn.journal.entries
      .filter((entry) => entry.seq > seq && entry.endpoints !== undefined)
      .map(({ endpoints = [] }) => endpoints.some((endpoint) => endpoint.endpointId === endpointId));
    return present.filter((here, index) => !here && (index === 0 || present[index - 1])).length;
  }

  /** Holds the n-th call of an operation from now on; returns when it is held. */
  async holdCall(operation: string, count = 1, kind: 'hold' | 'holdBeforeApplying' = 'hold'): Promise<Fault> {
    const arm = (spec: FaultSpec) => this.standIn.faults.inject(spec, { operation });
    let held = arm({ kind });
    for (let more = count - 1; more > 0; more--) {
      await held.reached;
      const next = arm({ kind });
      held.release();
      held = next;
    }
    await held.reached;
    return held;
  }

  /** What a person does by hand after an incident: heal, unless told not to; end the run, start what is stopped, attach both ways, add the endpoint. */
  async putRight({ heal = true } = {}): Promise<void> {
    const { lab, standIn } = this;
    standIn.faults.clear();
    if (heal) await this.heal();
    await this.endRun();
    await Promise.all(labSites.map((site) => lab.applications[site].start()));
    for (const site of labSites) await lab.infinispan.sites[site].rest.bringOnline(peerOf(site));
    const missing = labSites.filter((site) => !this.endpointSites().includes(site));
    for (const site of missing) this.addByHand(site);
    const healthy = () => this.endpoints().filter(({ health }) => health === 'HEALTHY').length === labSites.length;
    await lab.until(healthy, { what: 'two healthy endpoints', withinSeconds: 60 });
  }

  /** Somebody who is not the product puts a site in front of clients. */
  addByHand(site: LabSite): void {
    this.standIn.callAs('a person', 'AddEndpoints', {
      EndpointGroupArn: this.lab.aws.accelerator.groupArns[0],
      EndpointConfigurations: [{ EndpointId: this.lab.aws.loadBalancers[site], Weight: 128 }],
    });
  }

  /** Until nothing alerts any more: an alert that is sent again would start a run that undoes what a person does. */
  private async heal(): Promise<void> {
    const { lab } = this;
    await lab.link.heal();
    await lab.until(() => lab.infinispan.isWhole(), { what: 'a whole link', withinSeconds: 60 });
    await lab.until(async () => (await lab.alerting.firing()).length === 0, { what: 'no alert', withinSeconds: 60 });
  }

  private async endRun(): Promise<void> {
    const { run } = await this.client.status(labPair);
    if (run !== 'open') return;
    const abort = { kind: 'abort', by: 'a person', how: 'cli', reason: 'the test goes on' } as const;
    await this.client.decide(labPair, abort, randomUUID());
    await this.client.result(labPair);
  }

  private endpoints() {
    const [accelerator] = this.standIn.snapshot().accelerators;
    return accelerator?.listeners.flatMap(({ groups }) => groups.flatMap((group) => group.endpoints)) ?? [];
  }
}
