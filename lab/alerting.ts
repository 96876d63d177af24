import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { watchdogAlertname } from '../domain/alert';
import { freePorts } from './ports';
import { projectFolder } from './project-folder';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import type { LabUser } from './secrets';
import { labSites, type LabSite } from './sites';
import { tiers } from './tiers';
import { readTools } from './tools';

const readyWithinSeconds = 60;
const siteView = '{__name__=~"(vendor_)?jgroups_site_view_status"}';
const shipped = join(projectFolder, 'deploy', 'alerting');

export interface AlertingOptions {
  /** `host:port` of each site's Infinispan. */
  targets: Record<LabSite, string>;
  /** The CA that issued the targets' certificates. */
  caFile: string;
  /** What alerts carry as the label `accelerator`. */
  acceleratorDnsName: string;
  /** Who is told: `host:port`, and as whom. */
  webhook: { address: string; user: LabUser };
}

/** An alert as Alertmanager holds it. */
export interface HeldAlert {
  labels: Record<string, string>;
  startsAt: string;
  fingerprint: string;
}

/** Prometheus and Alertmanager, running the rules, the route and the receiver that users deploy. */
export class Alerting {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly prometheus: Restartable;
  readonly alertmanager: Restartable;

  constructor(parts: Pick<Alerting, 'prometheusUrl' | 'alertmanagerUrl' | 'prometheus' | 'alertmanager'>) {
    this.prometheusUrl = parts.prometheusUrl;
    this.alertmanagerUrl = parts.alertmanagerUrl;
    this.prometheus = parts.prometheus;
    this.alertmanager = parts.alertmanager;
  }

  /** The alerts that Alertmanager holds as firing, without the watchdogs, which always do. */
  async firing(): Promise<readonly HeldAlert[]> {
    return ((await getJson(`${this.alertmanagerUrl}/api/v2/alerts?active=true`)) as HeldAlert[]).filter(isNoWatchdog);
  }

  /** The alerts that Prometheus holds, without the watchdogs: Alertmanager may not have been told of them yet. */
  async pendingOrFiring(): Promise<readonly Pick<HeldAlert, 'labels'>[]> {
    const answer = (await getJson(`${this.prometheusUrl}/api/v1/alerts`)) as {
      data: { alerts: Pick<HeldAlert, 'labels'>[] };
    };
    return answer.data.alerts.filter(isNoWatchdog);
  }

  /** Whether Prometheus has the cross-site view of both sites. */
  async seesBothSites(): Promise<boolean> {
    return (await this.#count(`count by (reporter) (${siteView})`)) === labSites.length;
  }

  /** Whether what Prometheus scraped last shows both sites seeing each other: its rules have nothing left to find. */
  async seesBothSitesWhole(): Promise<boolean> {
    return (await this.#count(`min by (reporter) (${siteView}) == 1`)) === labSites.length;
  }

  /** How many series a query finds. */
  async #count(query: string): Promise<number> {
    const answer = (await getJson(`${this.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`)) as {
      data: { result: unknown[] };
    };
    return answer.data.result.length;
  }
}

const isNoWatchdog = ({ labels }: Pick<HeldAlert, 'labels'>): boolean => labels.alertname !== watchdogAlertname;

/** Returns when Prometheus has scraped both sites and Alertmanager is ready. */
export async function startAlerting(run: LabRun, options: AlertingOptions): Promise<Alerting> {
  const tools = readTools('prometheus');
  const [prometheusPort] = (await freePorts(1)) as [number];
  const prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
  const folder = join(run.folder, 'alerting');
  const { url: alertmanagerUrl, process: alertmanager } = await prepareAlertmanager(run, options.webhook);
  writePrometheusConfiguration(folder, options, new URL(alertmanagerUrl).host);

  const webAssets = tools.prometheusWebAssets ? [`--web.local-assets=${tools.prometheusWebAssets}`] : [];
  const prometheus = new Restartable(() =>
    run.processes.start({
      name: 'prometheus',
      tier: tiers.monitoring,
      program: tools.prometheus,
      args: [
        ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'prometheus')}`],
        ...[`--web.listen-address=127.0.0.1:${prometheusPort}`, `--web.external-url=${prometheusUrl}/`, ...webAssets],
        '--rules.alert.resend-delay=5s',
      ],
      ready: () => answersOk(`${prometheusUrl}/-/ready`),
      readyWithinSeconds,
    }),
  );
  await Promise.all([prometheus.start(), alertmanager.start()]);
  const alerting = new Alerting({ prometheusUrl, alertmanagerUrl, prometheus, alertmanager });
  await run.until(() => alerting.seesBothSites(), {
    what: 'Prometheus has scraped both sites',
    withinSeconds: readyWithinSeconds,
  });
  return alerting;
}

/** An Alertmanager by itself, not yet started, with the route and the receiver that users deploy. */
export interface PreparedAlertmanager {
  url: string;
  process: Restartable;
  /** Of the configuration; its files may be changed before the start. */
  folder: string;
}

export async function prepareAlertmanager(
  run: LabRun,
  webhook: AlertingOptions['webhook'],
): Promise<PreparedAlertmanager> {
  const tools = readTools('alertmanager');
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const folder = join(run.folder, 'alerting');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  fillIn('alertmanager.example.yml', join(folder, 'alertmanager.yml'), {
    'sitewarden.example:8080': webhook.address,
    'username: sitewarden': `username: ${webhook.user.username}`,
  });
  writeFileSync(join(folder, 'webhook-password'), webhook.user.password, { mode: 0o600 });
  const process = new Restartable(() =>
    run.processes.start({
      name: 'alertmanager',
      tier: tiers.monitoring,
      program: tools.alertmanager,
      cwd: tools.alertmanagerFolder,
      args: [
        ...[`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'alertmanager')}`],
        ...[`--web.listen-address=127.0.0.1:${port}`, `--web.external-url=${url}/`],
        // Alone: without this it would open its gossip port to the network.
        '--cluster.listen-address=',
      ],
      ready: () => answersOk(`${url}/-/ready`),
      readyWithinSeconds,
    }),
  );
  return { url, process, folder };
}

/** The shipped files, with this lab's addresses in place of the examples in them. */
function writePrometheusConfiguration(folder: string, options: AlertingOptions, alertmanagerAddress: string): void {
  copyFileSync(join(shipped, 'rules.yml'), join(folder, 'rules.yml'));
  copyFileSync(options.caFile, join(folder, 'infinispan-ca.pem'));
  fillIn('prometheus.example.yml', join(folder, 'prometheus.yml'), {
    'alertmanager.example:9093': alertmanagerAddress,
    'infinispan.site-a.example:11222': options.targets['site-a'],
    'infinispan.site-b.example:11222': options.targets['site-b'],
    'a1234567890abcdef.awsglobalaccelerator.com': options.acceleratorDnsName,
  });
}

/** @throws when the shipped file does not contain one of the examples: it would then not be the one that runs. */
function fillIn(name: string, target: string, replacements: Record<string, string>): void {
  let text = readFileSync(join(shipped, name), 'utf8');
  for (const [example, ours] of Object.entries(replacements)) {
    if (!text.includes(example)) throw new Error(`deploy/alerting/${name} does not contain "${example}" any more`);
    text = text.replaceAll(example, ours);
  }
  writeFileSync(target, text);
}

async function answersOk(url: string): Promise<boolean> {
  const answer = await request(url, { signal: AbortSignal.timeout(1_000) });
  await answer.body.dump();
  return answer.statusCode === 200;
}

async function getJson(url: string): Promise<unknown> {
  const answer = await request(url, { signal: AbortSignal.timeout(2_000) });
  return answer.body.json();
}
