import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InfinispanRest } from './infinispan-rest';
import { Restartable } from './restartable';
import type { LabRun } from './run';
import type { LabUser } from './secrets';
import { peerOf, type LabSite } from './sites';
import { tiers } from './tiers';
import { readTools } from './tools';

/** Serial collector and first compiler only: half the start-up time and memory of the defaults. */
export const quickJava = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xss512k', '-Djava.net.preferIPv4Stack=true'];

export const serverJava = [
  '-Djava.util.logging.manager=org.infinispan.server.loader.LogManager',
  ...['--add-exports', 'java.naming/com.sun.jndi.ldap=ALL-UNNAMED'],
  ...['--add-opens', 'java.base/java.util=ALL-UNNAMED', '--add-opens', 'java.base/java.util.concurrent=ALL-UNNAMED'],
];
const readyWithinSeconds = 60;
const joinTimeoutMs = 500;

export interface InfinispanTuning {
  /** Entries per message of a push. The small default lets a test interrupt a push; 512 is for speed. */
  pushChunkSize?: number;
  heapMegabytes?: number;
  /**
   * For how long after the view has changed a site still delivers what it could not deliver before: also a write that it
   * refused. Default: a second; Infinispan's own default is four minutes.
   */
  lateDeliveryMs?: number;
  /** What the caches hold: texts, as the small application writes them, or what Keycloak writes. Default texts. */
  contents?: 'texts' | 'keycloak';
}

export interface InfinispanSiteOptions extends InfinispanTuning {
  site: LabSite;
  /** Holds the configuration that both sites share; the server's own files go into a folder in it. */
  folder: string;
  ports: { rest: number; cluster: number; link: number };
  caFile: string;
  certificateFile: string;
  admin: LabUser;
}

/** One site's Infinispan: one real server with TLS. Started anew it is empty, and forgot what it had taken offline. */
export interface InfinispanSite {
  url: string;
  /** As admin. */
  rest: InfinispanRest;
  /** Ready means: it answers and sees itself; the other site it may see a second later. */
  server: Restartable;
}

/** Prepares the server; nothing runs before `server.start()`. */
export function prepareInfinispanSite(run: LabRun, options: InfinispanSiteOptions): InfinispanSite {
  const { java, infinispanJars } = readTools('java', 'infinispanJars');
  const { site, folder, ports } = options;
  const url = `https://localhost:${ports.rest}`;
  const rest = new InfinispanRest({ url, caFile: options.caFile, user: options.admin });
  run.onClose(tiers.servers, () => rest.close());
  const home = join(folder, site);
  for (const needed of ['data', 'log', 'lib']) mkdirSync(join(home, needed), { recursive: true });
  const server = new Restartable(() =>
    run.processes.start({
      name: `infinispan-${site}`,
      tier: tiers.servers,
      program: java,
      args: [
        ...[...quickJava, `-Xmx${options.heapMegabytes ?? 192}m`, ...serverJava, ...systemProperties(home, options)],
        ...['-cp', join(infinispanJars, '*'), 'org.infinispan.server.Bootstrap', '-s', home],
        ...['-c', 'infinispan.xml', '-l', 'log4j2.xml', '-b', '127.0.0.1', '-k', '127.0.0.1'],
        ...['-n', `${site}-1`, '-g', site],
      ],
      ready: async () => (await rest.sitesView()).includes(site),
      readyWithinSeconds,
    }),
  );
  return { url, rest, server };
}

/** What differs between the sites, see infinispan.xml. No secret: a command line can be read by anybody. */
function systemProperties(home: string, options: InfinispanSiteOptions): string[] {
  const { site, folder, ports } = options;
  const properties = {
    'infinispan.server.home.path': home,
    'infinispan.server.config.path': folder,
    'infinispan.bind.port': ports.rest,
    'jgroups.bind.port': ports.cluster,
    'jgroups.join_timeout': joinTimeoutMs,
    'jgroups.tunnel.hosts': `127.0.0.1[${ports.link}]`,
    'site.local': site,
    'site.remote': peerOf(site),
    'site.hosts': `127.0.0.1[${ports.cluster}]`,
    'site.certificate': options.certificateFile,
    'push.chunk.size': options.pushChunkSize ?? 16,
    'bridge.close.timeout': options.lateDeliveryMs ?? 1_000,
    'caches.encoding': options.contents === 'keycloak' ? 'application/x-protostream' : 'text/plain',
  };
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
}
