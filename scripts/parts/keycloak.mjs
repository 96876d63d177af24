import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce, sha256OfFile } from '../support/cache.mjs';
import { onPath, runQuietly, Stop } from '../support/shell.mjs';
import { javaProgram } from './infinispan.mjs';

const version = '26.7.3';
const sha256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f';
const folder = join(cacheFolder(), `keycloak-${version}-multi-site`);
const copyArtifact = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
/** What is fixed at build time; everything else is in the keycloak.conf that lab/keycloak/server.ts writes. */
const buildOptions = [
  ...['--db=postgres', '--cache=ispn', '--features=multi-site'],
  ...['--health-enabled=true', '--metrics-enabled=true'],
];

/** Keycloak, built for two sites that share a database and have an Infinispan each. */
export const keycloak = {
  title: 'Keycloak',
  version,
  sizeMegabytes: 190,
  folder,

  missing() {
    if (existsSync(folder)) return [];
    const needed = { mvn: 'maven', python3: 'python3' };
    return Object.entries(needed)
      .filter(([program]) => !onPath(program))
      .map(
        ([program, packageName]) => `${program} is missing (it fetches or unpacks Keycloak): install ${packageName}.`,
      );
  },

  locate: () => (existsSync(folder) ? { keycloakHome: join(folder, 'keycloak') } : undefined),

  /** With a Maven repository of its own, thrown away afterwards: two Mavens must not write to the user's at once. */
  install: () =>
    fillOnce(folder, async (partial) => {
      const repository = join(partial, 'repository');
      await runQuietly('mvn', [
        ...['-B', '-q', `-Dmaven.repo.local=${repository}`, copyArtifact, '-Dmdep.useBaseVersion=true'],
        ...[`-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`, `-DoutputDirectory=${partial}`],
      ]);
      rmSync(repository, { recursive: true });
      const archive = join(partial, `keycloak-quarkus-dist-${version}.zip`);
      const found = sha256OfFile(archive);
      if (found !== sha256) throw new Stop(`${archive} has sha256 ${found}, expected ${sha256}; it was not used.`);
      await runQuietly('python3', ['-m', 'zipfile', '-e', archive, partial]);
      rmSync(archive);
      const home = join(partial, 'keycloak');
      renameSync(join(partial, `keycloak-${version}`), home);
      await runQuietly('sh', [join(home, 'bin', 'kc.sh'), 'build', ...buildOptions], {
        env: {
          ...withoutTheirSettings(),
          JAVA: javaProgram(),
          JAVA_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m',
        },
      });
    }),
};

/** Keycloak would take variables of whoever starts this into the build that every run has from the cache. */
function withoutTheirSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KC_')));
}
