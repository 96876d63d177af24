import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce, keyOfFiles } from '../support/cache.mjs';
import { isExecutable, onPath, outputOf, projectFolder, runQuietly } from '../support/shell.mjs';

const pom = join(projectFolder, 'lab', 'infinispan', 'pom.xml');
const version = /<artifactId>infinispan-server-runtime<\/artifactId>\s*<version>([^<]+)</.exec(
  readFileSync(pom, 'utf8'),
)[1];
const folder = join(cacheFolder(), `infinispan-${version}-${keyOfFiles([pom])}`);
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const oldestJava = 17;

/** The Infinispan server's jars, as lab/infinispan/pom.xml names them, and the Java that runs them. */
export const infinispanServer = {
  title: 'Infinispan server',
  version,
  sizeMegabytes: 45,
  folder,

  missing() {
    const missing = [];
    const java = javaProgram();
    const found = java && javaMajorVersion(java);
    if (!found || found < oldestJava) {
      const instead = found ? `Java ${found} was found` : 'none was found (JAVA_HOME, PATH)';
      missing.push(
        `a JDK of version ${oldestJava} or newer is missing, ${instead}: install one, e.g. openjdk-17-jdk-headless.`,
      );
    }
    if (!onPath('openssl')) missing.push('openssl is missing (it makes the lab its own CA): install openssl.');
    if (!existsSync(folder) && !onPath('mvn')) {
      missing.push("Maven is missing (it fetches Infinispan's jars): install maven.");
    }
    return missing;
  },

  locate: () => (existsSync(folder) ? { java: javaProgram(), infinispanJars: join(folder, 'lib') } : undefined),

  /** With a Maven repository of its own, thrown away afterwards: two Mavens must not write to the user's at once. */
  install: () =>
    fillOnce(folder, async (partial) => {
      const repository = join(partial, 'repository');
      const jars = join(partial, 'lib');
      await runQuietly('mvn', [
        ...['-B', '-q', '-f', pom, `-Dmaven.repo.local=${repository}`, copyDependencies],
        ...['-DincludeScope=runtime', `-DoutputDirectory=${jars}`],
      ]);
      rmSync(repository, { recursive: true });
    }),
};

export function javaProgram() {
  const atHome = process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java');
  return atHome && isExecutable(atHome) ? atHome : onPath('java');
}

/** `openjdk version "17.0.15"`, and before Java 9 `java version "1.8.0_402"`. */
function javaMajorVersion(java) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(outputOf(java, ['-version']) ?? '') ?? [];
  return Number(first === '1' ? second : first);
}
