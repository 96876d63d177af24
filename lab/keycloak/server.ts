import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { LabApplication } from '../application';
import { quickJava } from '../infinispan-site';
import type { Part } from '../processes';
import type { LabRun } from '../run';
import type { LabUser } from '../secrets';
import type { LabSite } from '../sites';
import { tiers } from '../tiers';
import { readTools } from '../tools';
import type { LabDatabase } from './postgres';
import { keycloakConf } from './keycloak-conf';

const readyWithinSeconds = 120;
/** It lets requests end, and has a bound of its own for that. */
const stopWithinSeconds = 8;
const checkWithinMs = 2_000;

/** Of kc.sh, with the lab's small memory. We start the JVM ourselves: kc.sh would stay as a shell around it. */
const serverJava = [
  ...[
    ...quickJava,
    '-Xms64m',
    '-Xmx320m',
    '-XX:MaxMetaspaceSize=256m',
    '-XX:+ExitOnOutOfMemoryError',
    '-Dfile.encoding=UTF-8',
  ],
  '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
  ...['java.util', 'java.util.concurrent', 'java.security', 'java.lang'].map(
    (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
  ),
  ...['-Djava.util.logging.manager=org.jboss.logmanager.LogManager', '-Dpicocli.disable.closures=true'],
];

export interface KeycloakServerOptions {
  site: LabSite;
  ports: { http: number; management: number };
  /** Under which users know Keycloak, at either site: what its tokens name as their issuer. */
  publicUrl: string;
  database: LabDatabase;
  /** The site's own Infinispan. */
  infinispan: { url: string; user: LabUser };
  caFile: string;
  /** Is made when the database is still empty. */
  admin: LabUser;
}

/** One site's real Keycloak. Stopped and started again it keeps its ports; what it knows is in the database and in Infinispan. */
export class KeycloakServer implements LabApplication {
  readonly site: LabSite;
  readonly port: number;
  readonly url: string;
  readonly #run: LabRun;
  readonly #home: string;
  #launched: { part: Part; ready: Promise<void> } | undefined;
  #stopping: Promise<void> | undefined;

  constructor(run: LabRun, options: KeycloakServerOptions) {
    this.site = options.site;
    this.port = options.ports.http;
    this.url = `http://127.0.0.1:${options.ports.http}`;
    this.#run = run;
    this.#home = makeHome(join(run.folder, 'keycloak', options.site), keycloakConf(options));
  }

  get isRunning(): boolean {
    return this.#launched !== undefined;
  }

  async launch(): Promise<void> {
    await this.#stopping;
    void this.#launch();
  }

  async start(): Promise<void> {
    await this.#stopping;
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#launched?.part.stop().finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  /** Ends it like a crash. Returns when it is gone. */
  async kill(): Promise<void> {
    await this.#launched?.part.kill();
  }

  /** What its load balancer sees: the HTTP status of `/lb-check`. @throws when nothing answers. */
  async check(): Promise<number> {
    const answer = await request(`${this.url}/lb-check`, { signal: AbortSignal.timeout(checkWithinMs) });
    await answer.body.dump();
    return answer.statusCode;
  }

  #launch(): Promise<void> {
    if (this.#launched) return this.#launched.ready;
    const { java } = readTools('java');
    const launched = this.#run.processes.launch({
      ...{ name: `keycloak-${this.site}`, tier: tiers.applications, program: java, env: withoutOurSettings() },
      args: [
        ...[...serverJava, `-Dkc.home.dir=${this.#home}`, `-Djboss.server.config.dir=${join(this.#home, 'conf')}`],
        ...['-cp', join(this.#home, 'lib', 'quarkus-run.jar'), 'io.quarkus.bootstrap.runner.QuarkusEntryPoint'],
        ...['start', '--optimized'],
      ],
      ready: async () => (await this.check()) === 200,
      ...{ readyWithinSeconds, stopWithinSeconds },
    });
    this.#launched = launched;
    launched.ready.catch(() => {}); // whoever only launched it asks for its health
    void launched.part.ended.then(() => {
      if (this.#launched === launched) this.#launched = undefined;
    });
    return launched.ready;
  }
}

/** Keycloak would read variables of whoever starts the lab before its own settings. */
function withoutOurSettings(): NodeJS.ProcessEnv {
  const ours = Object.keys(process.env).filter((name) => name.startsWith('KC_'));
  return Object.fromEntries(ours.map((name) => [name, undefined]));
}

/** The built Keycloak as it is in the cache, with settings and data of this server's own. */
function makeHome(home: string, settings: string): string {
  const { keycloakHome } = readTools('keycloakHome');
  for (const own of ['conf', 'data']) mkdirSync(join(home, own), { recursive: true, mode: 0o700 });
  for (const shared of ['lib', 'providers', 'themes']) symlinkSync(join(keycloakHome, shared), join(home, shared));
  writeFileSync(join(home, 'conf', 'keycloak.conf'), settings, { mode: 0o600 });
  return home;
}
