import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { makeCertificates, type Certificates } from './certificates';
import { InfinispanRest } from './infinispan-rest';
import { Link } from './link';
import { freePorts } from './ports';
import type { Part } from './processes';
import { projectFolder } from './project-folder';
import type { LabRun } from './run';
import { makeUser, type LabUser } from './secrets';
import { labSites, peerOf, perSite, perSiteAsync, type LabSite } from './sites';
import { tiers } from './tiers';
import { readTools } from './tools';

/** The caches that are kept in both sites. */
export const labCaches = ['actionTokens', 'authenticationSessions', 'loginFailures', 'work'] as const;

/** Serial collector and first compiler only: half the start-up time and memory of the defaults. */
const quickJava = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xss512k', '-Djava.net.preferIPv4Stack=true'];
const serverJava = [
  '-Djava.util.logging.manager=org.infinispan.server.loader.LogManager',
  ...['--add-exports', 'java.naming/com.sun.jndi.ldap=ALL-UNNAMED'],
  ...['--add-opens', 'java.base/java.util=ALL-UNNAMED', '--add-opens', 'java.base/java.util.concurrent=ALL-UNNAMED'],
];
const readyWithinSeconds = 60;
const joinTimeoutMs = 500;

export interface InfinispanUsers {
  /** Has the ADMIN permission, which every cross-site operation needs. */
  admin: LabUser;
  /** May read, but lacks ADMIN: what a misconfigured Sitewarden would have. */
  observer: LabUser;
  /** May read and write entries: what the site's application uses. */
  application: LabUser;
}

export interface InfinispanOptions {
  /** Entries per message of a push. The small default lets a test interrupt a push; 512 is for speed. */
  pushChunkSize?: number;
  heapMegabytes?: number;
}

/** One site's Infinispan: one real server with TLS. */
export class InfinispanSite {
  readonly name: LabSite;
  readonly url: string;
  /** As admin. */
  readonly rest: InfinispanRest;
  readonly #start: () => Promise<Part>;
  #part: Part | undefined;

  constructor(options: { name: LabSite; url: string; rest: InfinispanRest; start: () => Promise<Part> }) {
    this.name = options.name;
    this.url = options.url;
    this.rest = options.rest;
    this.#start = options.start;
  }

  /** Returns when it answers; it then sees at least itself. Started anew it is empty, and forgot what it had taken offline. */
  async start(): Promise<void> {
    this.#part = await this.#start();
  }

  async stop(): Promise<void> {
    await this.#part?.stop();
  }

  async kill(): Promise<void> {
    await this.#part?.kill();
  }

  /** Freezes the server: connections stay open, nothing answers. `thaw` ends it. */
  freeze(): void {
    this.#part?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#part?.signal('SIGCONT');
  }

  async sees(site: LabSite): Promise<boolean> {
    return (await this.rest.sitesView()).includes(site);
  }
}

/** Two Infinispan sites that back up to each other, and the link between them. */
export class InfinispanPair {
  readonly sites: Record<LabSite, InfinispanSite>;
  readonly link: Link;
  readonly certificates: Certificates;
  readonly users: InfinispanUsers;

  constructor(options: Pick<InfinispanPair, 'sites' | 'link' | 'certificates' | 'users'>) {
    this.sites = options.sites;
    this.link = options.link;
    this.certificates = options.certificates;
    this.users = options.users;
  }

  /** Both views show both sites. */
  async isWhole(): Promise<boolean> {
    const views = await Promise.all(labSites.map((site) => this.sites[site].sees(peerOf(site))));
    return views.every((sees) => sees);
  }

  /** Neither view shows the other site. */
  async isSplit(): Promise<boolean> {
    const views = await Promise.all(labSites.map((site) => this.sites[site].sees(peerOf(site))));
    return views.every((sees) => !sees);
  }
}

/** Starts router, link and both servers. Returns when both sites see each other. */
export async function startInfinispan(run: LabRun, options: InfinispanOptions = {}): Promise<InfinispanPair> {
  const { java, infinispanJars } = readTools('java', 'infinispanJars');
  const classPath = ['-cp', join(infinispanJars, '*')];
  const folder = join(run.folder, 'infinispan');
  const [routerPort, controlPort, ...sitePorts] = (await freePorts(8)) as [number, number, ...number[]];
  const ports = {
    link: { 'site-a': sitePorts[0]!, 'site-b': sitePorts[1]! },
    rest: { 'site-a': sitePorts[2]!, 'site-b': sitePorts[3]! },
    cluster: { 'site-a': sitePorts[4]!, 'site-b': sitePorts[5]! },
  };
  const users = makeUsers(join(run.folder, 'secrets'));
  const certificates = await makeCertificates(join(run.folder, 'certificates'), labSites);
  writeConfiguration(folder, users);

  const router = run.processes.start({
    name: 'infinispan-router',
    tier: tiers.network,
    program: java,
    args: [...quickJava, '-Xmx32m', ...classPath, 'org.jgroups.stack.GossipRouter', ...['-port', String(routerPort), '-bind_addr', '127.0.0.1']],
    ready: () => accepts(routerPort),
    readyWithinSeconds,
  });
  const link = await Link.start({ routerPort, portBySite: ports.link, controlPort });
  run.onClose(tiers.network, () => link.close());

  const sites = perSite((name) => {
    const url = `https://localhost:${ports.rest[name]}`;
    const rest = new InfinispanRest({ url, caFile: certificates.caFile, user: users.admin });
    run.onClose(tiers.servers, () => rest.close());
    const home = join(folder, name);
    for (const part of ['data', 'log', 'lib']) mkdirSync(join(home, part), { recursive: true });
    const properties = {
      'infinispan.server.home.path': home,
      'infinispan.server.config.path': folder,
      'infinispan.bind.port': ports.rest[name],
      'jgroups.bind.port': ports.cluster[name],
      'jgroups.join_timeout': joinTimeoutMs,
      'jgroups.tunnel.hosts': `127.0.0.1[${ports.link[name]}]`,
      'site.local': name,
      'site.remote': peerOf(name),
      'site.hosts': `127.0.0.1[${ports.cluster[name]}]`,
      'site.certificate': certificates.serverFile[name],
      'push.chunk.size': options.pushChunkSize ?? 16,
    };
    const start = () =>
      run.processes.start({
        name: `infinispan-${name}`,
        tier: tiers.servers,
        program: java,
        args: [
          ...quickJava,
          `-Xmx${options.heapMegabytes ?? 192}m`,
          ...serverJava,
          ...Object.entries(properties).map(([property, value]) => `-D${property}=${value}`),
          ...classPath,
          'org.infinispan.server.Bootstrap',
          ...['-s', home, '-c', 'infinispan.xml', '-l', 'log4j2.xml', '-b', '127.0.0.1', '-k', '127.0.0.1'],
          ...['-n', `${name}-1`, '-g', name],
        ],
        ready: async () => (await rest.sitesView()).includes(name),
        readyWithinSeconds,
      });
    return new InfinispanSite({ name, url, rest, start });
  });
  await router;
  await perSiteAsync((site) => sites[site].start());
  const pair = new InfinispanPair({ sites, link, certificates, users });
  await run.until(() => pair.isWhole(), { what: 'both sites see each other', withinSeconds: readyWithinSeconds, everyMs: 50 });
  return pair;
}

function makeUsers(folder: string): InfinispanUsers {
  return {
    admin: makeUser(folder, 'infinispan-admin', 'admin'),
    observer: makeUser(folder, 'infinispan-observer', 'observer'),
    application: makeUser(folder, 'infinispan-application', 'application'),
  };
}

/** One configuration for both servers; the passwords are in it, and on no command line. */
function writeConfiguration(folder: string, users: InfinispanUsers): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of ['infinispan.xml', 'log4j2.xml']) {
    copyFileSync(join(projectFolder, 'lab', 'infinispan', file), join(folder, file));
  }
  const all = Object.entries(users) as [role: string, user: LabUser][];
  const lines = (line: (role: string, user: LabUser) => string) => `${all.map(([role, user]) => line(role, user)).join('\n')}\n`;
  writeFileSync(join(folder, 'users.properties'), lines((_role, user) => `${user.username}=${user.password}`), { mode: 0o600 });
  writeFileSync(join(folder, 'groups.properties'), lines((role, user) => `${user.username}=${role}`), { mode: 0o600 });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
