import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ConfiguredPair } from '../../activities/dependencies';
import type { AlertMessage } from '../../domain/alert';
import type { RequestAnswer } from '../../domain/requests';
import type { SitePair, WorkloadKind } from '../../domain/site-pair';
import type { Decision, GoalRequest } from '../../domain/heard';
import type { PairStatus } from '../../client/site-pair-client';
import type { PairGateways } from '../../gateways/ports';
import { until } from '../../lab/until';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import type { RunResult, RunStatus } from '../../workflows/contract/inputs';
import { FakeWorkload } from './fake-workload';
import { gatePolicies, quorumPolicy } from './gate-policies';
import { FakeWorld, type FakeWorldOptions, type JournalEntry } from './fake-world';
import type { RunningTemporal } from './temporal';

export interface TwoSitesOptions extends FakeWorldOptions {
  name: string;
  mode?: SitePair['mode'];
  policy?: Partial<SitePair['policy']>;
  workloads?: SitePair['workloads'];
  fencing?: SitePair['fencing'];
  /** The sites' applications are stopped and started by commands. */
  applications?: boolean;
  observers?: SitePair['observers'];
  outerLock?: ConfiguredPair['outerLock'];
  /** Replaces single gateways of the fake world, e.g. by a real one. */
  gateways?: (fakes: PairGateways) => PairGateways;
}

let requests = 0;

/** A pair of fake sites, known to running workers, with the verbs of an incident. */
export class TwoSites {
  readonly world: FakeWorld;
  readonly pair: SitePair;

  constructor(
    readonly temporal: RunningTemporal,
    options: TwoSitesOptions,
  ) {
    this.world = new FakeWorld(options);
    if (options.applications) this.world.workload = applicationsOf(this.world);
    const { sites, caches } = this.world;
    const endpoint = options.endpoint ?? { weight: 128, clientIpPreservation: false };
    this.pair = {
      name: options.name,
      sites,
      caches,
      endpoints: { [sites[0]]: endpoint, [sites[1]]: endpoint },
      workloads: options.workloads ?? perSite(sites, options.applications ? 'exec' : 'none'),
      mode: options.mode ?? 'act',
      ...(options.fencing && { fencing: options.fencing }),
      ...(options.observers && { observers: options.observers }),
      placement: { worker: 'outside', temporal: 'outside', temporalStore: 'outside' },
      policy: {
        preferredSite: 'site-a',
        stableSeconds: 2,
        gates: gatePolicies(),
        soakSeconds: 2,
        healthyWithinSeconds: 20,
        whenPutBack: 'repair',
        quorum: quorumPolicy(),
        ...options.policy,
      },
    };
    const gateways = options.gateways?.(this.world.gateways()) ?? this.world.gateways();
    const { outerLock } = options;
    temporal.sitePairs.set(options.name, { pair: this.pair, configHash: 'cafe0000', gateways, outerLock });
  }

  get workflowId(): string {
    return sitePairWorkflowId(this.pair.name);
  }

  /** The reporter's alert that the other site is offline, as the webhook hands it over. */
  alert(reporter: string) {
    return this.temporal.client.firing(this.pair.name, this.alertOf(reporter, 'firing'));
  }

  resolve(reporter: string) {
    return this.temporal.client.resolved(this.pair.name, this.alertOf(reporter, 'resolved'));
  }

  private alertOf(reporter: string, status: AlertMessage['status']): AlertMessage {
    return {
      fingerprint: `fingerprint-${reporter}`,
      status,
      alertname: 'SiteOffline',
      site: this.world.other(reporter),
      reporter,
      startsAt: '2026-11-22T03:12:01Z',
    };
  }

  fence(site: string, reason = 'a test asks'): Promise<RequestAnswer> {
    return this.request({ goal: 'fence', site, reason });
  }

  pause(forSeconds: number): Promise<RequestAnswer> {
    return this.request({ goal: 'pause', forSeconds, reason: 'a test pauses' });
  }

  /** Any other goal, asked for by a person. */
  ask(goal: GoalRequest['goal'], site?: string): Promise<RequestAnswer> {
    return this.request({ goal, site, reason: 'a test asks' });
  }

  private request(request: Omit<GoalRequest, 'id' | 'by'>): Promise<RequestAnswer> {
    requests += 1;
    return this.temporal.client.request(this.pair.name, { id: `request-${requests}`, by: 'somebody', ...request });
  }

  decide(kind: Decision['kind'], reason?: string) {
    return this.answer(kind, { reason });
  }

  /** An answer to what is asked, or any other decision, with what it names. */
  answer(kind: Decision['kind'], part: Partial<Decision>) {
    return this.temporal.client.decide(this.pair.name, { kind, by: 'somebody', how: 'cli', ...part }, randomUUID());
  }

  status(): Promise<PairStatus> {
    return this.temporal.client.status(this.pair.name);
  }

  /** The open run's own word, once it says what is looked for. */
  runUntil(what: string, condition: (status: RunStatus) => boolean): Promise<RunStatus> {
    return until(
      async () => {
        const status = await this.status();
        return status.run === 'open' && status.status && condition(status.status) ? status.status : undefined;
      },
      { what: `${this.pair.name}: ${what}`, withinSeconds: 60 },
    );
  }

  untilFenced(): Promise<RunStatus> {
    return this.runUntil('fenced', ({ provedSince }) => provedSince !== undefined);
  }

  result(): Promise<RunResult> {
    return this.temporal.client.result(this.pair.name);
  }

  /** Ends the run, and keeps its history as a golden one when asked to record. */
  async abort(): Promise<RunResult> {
    await this.decide('abort', 'the test is over');
    return this.result();
  }

  calls(call: JournalEntry['call']): readonly JournalEntry[] {
    return this.world.journal.filter((entry) => entry.call === call);
  }

  history(runId?: string) {
    return this.temporal.env.client.workflow.getHandle(this.workflowId, runId).fetchHistory();
  }

  async eventTypes(): Promise<readonly string[]> {
    const { events } = await this.history();
    return (events ?? []).map((event) => String(event.eventType));
  }

  /** Under `npm run golden:record` the run's history becomes the golden one of this outcome. */
  async golden(outcome: string, runId?: string): Promise<void> {
    if (!process.env.SITEWARDEN_RECORD) return;
    const folder = join(__dirname, '..', 'replay', 'histories');
    mkdirSync(folder, { recursive: true });
    const history = JSON.parse(historyToJSON(await this.history(runId))) as unknown;
    // Stack traces name the folder that this was recorded in, which is nobody's business.
    const text = JSON.stringify(history, null, 1).replaceAll(join(__dirname, '..', '..'), '.');
    writeFileSync(join(folder, `site-pair-run.${outcome}.json`), `${text}\n`);
  }
}

function perSite(sites: readonly [string, string], kind: WorkloadKind): SitePair['workloads'] {
  return { [sites[0]]: kind, [sites[1]]: kind };
}

/** Applications whose state their site's health URL and endpoint follow. */
function applicationsOf(world: FakeWorld): PairGateways['workload'] {
  const application = (site: string): FakeWorkload =>
    new FakeWorkload((running) => world.setApplication(site, running));
  return Object.fromEntries(world.sites.map((site) => [site, application(site)]));
}
