import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { makeCertificates, type Certificates } from './certificates';
import { prepareInfinispanSite, quickJava, type InfinispanSite, type InfinispanTuning } from './infinispan-site';
import { Link } from './link';
import { freePorts } from './ports';
import { projectFolder } from './project-folder';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import { makeUser, type LabUser } from './secrets';
import { labSites, peerOf, perSite, perSiteAsync, type LabSite } from './sites';
import { tiers } from './tiers';
import { readTools } from './tools';

/** The caches that are kept in both sites. */
export const labCaches = ['actionTokens', 'authenticationSessions', 'loginFailures', 'work'] as const;

const readyWithinSeconds = 60;

/** Users that both sites know. */
export interface InfinispanUsers {
  /** Has the ADMIN permission, which every cross-site operation needs. */
  admin: LabUser;
  /** May read, but lacks ADMIN: what a misconfigured Sitewarden would have. */
  observer: LabUser;
  /** May read and write entries: what the site's application uses. */
  application: LabUser;
  /** May also register the schema of the entries: what a Keycloak uses. */
  deployer: LabUser;
}

/** Two Infinispan sites that back up to each other, and the link between them. */
export class InfinispanPair {
  readonly sites: Record<LabSite, InfinispanSite>;
  readonly link: Link;
  readonly certificates: Certificates;
  readonly users: InfinispanUsers;
  readonly #run: LabRun;
  readonly #router: Restartable;

  constructor(
    parts: Pick<InfinispanPair, 'sites' | 'link' | 'certificates' | 'users'> & { run: LabRun; router: Restartable },
  ) {
    this.sites = parts.sites;
    this.link = parts.link;
    this.certificates = parts.certificates;
    this.users = parts.users;
    this.#run = parts.run;
    this.#router = parts.router;
  }

  /** Starts the router and both servers. Returns when both sites see each other. */
  async start(): Promise<void> {
    await Promise.all([this.#router.start(), ...labSites.map((site) => this.sites[site].server.start())]);
    const what = 'both sites see each other';
    await this.#run.until(() => this.isWhole(), { what, withinSeconds: readyWithinSeconds, everyMs: 50 });
  }

  /** Whether each site sees the other. */
  async views(): Promise<Record<LabSite, boolean>> {
    return perSiteAsync(async (site) => (await this.sites[site].rest.sitesView()).includes(peerOf(site)));
  }

  /** Both views show the other site. */
  async isWhole(): Promise<boolean> {
    return Object.values(await this.views()).every((sees) => sees);
  }

  /** Neither view shows the other site. */
  async isSplit(): Promise<boolean> {
    return Object.values(await this.views()).every((sees) => !sees);
  }
}

/** Makes certificates, users, configuration and the link; where everything will be is known afterwards. No server runs yet. */
export async function prepareInfinispan(run: LabRun, tuning: InfinispanTuning = {}): Promise<InfinispanPair> {
  const ports = await freePorts(8);
  const [routerPort, controlPort] = [ports.pop()!, ports.pop()!];
  const sitePorts = perSite(() => ({ rest: ports.pop()!, cluster: ports.pop()!, link: ports.pop()! }));
  const users = makeUsers(join(run.folder, 'secrets'));
  const certificates = await makeCertificates(join(run.folder, 'certificates'), labSites);
  const folder = join(run.folder, 'infinispan');
  writeConfiguration(folder, users);

  const portBySite = perSite((site) => sitePorts[site].link);
  const link = await Link.start({ routerPort, portBySite, controlPort });
  run.onClose(tiers.network, () => link.close());
  const sites = perSite((site) =>
    prepareInfinispanSite(run, {
      ...tuning,
      ...{ site, folder, ports: sitePorts[site], caFile: certificates.caFile, admin: users.admin },
      certificateFile: certificates.serverFile[site]!,
    }),
  );
  return new InfinispanPair({ run, router: prepareRouter(run, routerPort), sites, link, certificates, users });
}

/** Returns when both sites see each other. */
export async function startInfinispan(run: LabRun, tuning: InfinispanTuning = {}): Promise<InfinispanPair> {
  const pair = await prepareInfinispan(run, tuning);
  await pair.start();
  return pair;
}

/** The meeting point of the two sites: all that they say to each other goes through it. */
function prepareRouter(run: LabRun, port: number): Restartable {
  const { java, infinispanJars } = readTools('java', 'infinispanJars');
  return new Restartable(() =>
    run.processes.start({
      name: 'infinispan-router',
      tier: tiers.network,
      program: java,
      args: [
        ...[...quickJava, '-Xmx32m', '-cp', join(infinispanJars, '*')],
        ...['org.jgroups.stack.GossipRouter', '-port', String(port), '-bind_addr', '127.0.0.1'],
      ],
      ready: () => accepts(port),
      readyWithinSeconds,
    }),
  );
}

function makeUsers(folder: string): InfinispanUsers {
  return {
    admin: makeUser(folder, 'infinispan-admin', 'admin'),
    observer: makeUser(folder, 'infinispan-observer', 'observer'),
    application: makeUser(folder, 'infinispan-application', 'application'),
    deployer: makeUser(folder, 'infinispan-deployer', 'deployer'),
  };
}

/** One configuration for both servers. The role of a user has the user's own name. */
function writeConfiguration(folder: string, users: InfinispanUsers): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of ['infinispan.xml', 'log4j2.xml']) {
    copyFileSync(join(projectFolder, 'lab', 'infinispan', file), join(folder, file));
  }
  const write = (file: string, line: (user: LabUser) => string) =>
    writeFileSync(join(folder, file), Object.values(users).map(line).join(''), { mode: 0o600 });
  write('users.properties', ({ username, password }) => `${username}=${password}\n`);
  write('groups.properties', ({ username }) => `${username}=${username}\n`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
