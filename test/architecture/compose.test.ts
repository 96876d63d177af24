/** docker-compose.yml against the specification, the repository and itself. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import type { Surroundings } from '../../client/cli/surroundings';
import { sitewardenProgram } from '../../client/cli/program';
import { projectFolder } from '../../lab/project-folder';
import {
  bindMountsOf,
  compose,
  composeData,
  composeText,
  networksOf,
  secretsOf,
  type ComposeService,
} from '../support/compose-file';
import { instructionsOf, isExact, stageOf } from '../support/dockerfile';

const services = Object.entries(compose.services);
const at = (...path: string[]) => join(projectFolder, ...path);
const read = (...path: string[]) => readFileSync(at(...path), 'utf8');

/** Names of the services for which something does not hold. */
const without = (holds: (service: ComposeService, name: string) => boolean): string[] =>
  services.filter(([name, service]) => !holds(service, name)).map(([name]) => name);

/** What ends by itself, once: somebody waits for its end. */
const awaited = new Set(
  services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on)
      .filter(([, { condition }]) => condition === 'service_completed_successfully')
      .map(([name]) => name),
  ),
);
const staysUp = ({ profiles }: ComposeService, name: string) => !awaited.has(name) && profiles === undefined;

describe('docker-compose.yml, by the compose specification', () => {
  const schema = JSON.parse(read('test', 'support', 'compose-spec', 'compose-spec.json')) as object;
  // The schema names formats of its own, which only Compose itself can judge.
  const valid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

  it('is valid', () => {
    valid(composeData());

    expect(valid.errors ?? []).toEqual([]);
  });

  it('would be refused with a key that nobody knows', () => {
    const data = composeData() as { services: Record<string, object> };
    data.services.worker = { ...data.services.worker, healthchek: {} };

    expect(valid(data)).toBe(false);
  });
});

describe('docker-compose.yml, what it names', () => {
  it('every file and folder is in the repository', () => {
    const named = services.flatMap(([, service]) => [
      ...bindMountsOf(service).map(({ source }) => source),
      ...(service.env_file ?? []),
      ...(service.build ? [join(service.build.context, 'Dockerfile')] : []),
    ]);
    const tracked = execFileSync('git', ['ls-files'], { cwd: projectFolder, encoding: 'utf8' }).split('\n');
    const inRepository = (path: string) => tracked.some((file) => file === path || file.startsWith(`${path}/`));

    expect(named.length).toBeGreaterThan(10);
    expect(named.map((path) => join(path)).filter((path) => !inRepository(path))).toEqual([]);
  });

  it('every build target is a stage of the Dockerfile', () => {
    const stages = instructionsOf(at('Dockerfile')).filter(({ name }) => name === 'FROM');
    const targets = services.flatMap(([, { build }]) => (build?.target ? [build.target] : []));

    expect(new Set(targets)).toEqual(new Set(['product', 'lab']));
    expect(stages.map((stage) => stageOf(stage).name)).toEqual(expect.arrayContaining(targets));
  });

  it('every network, volume and secret is declared, and used', () => {
    const used = {
      networks: services.flatMap(([, service]) => networksOf(service)),
      secrets: services.flatMap(([, service]) => secretsOf(service).map(({ source }) => source)),
      volumes: services
        .flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
        .filter((source) => !source.startsWith('.')),
    };

    for (const kind of ['networks', 'secrets', 'volumes'] as const) {
      expect([...new Set(used[kind])].sort()).toEqual(Object.keys(compose[kind]).sort());
    }
  });

  it('every variable has a default, and .env.example says the same of those that are for people', () => {
    const all = [...composeText.matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/g)];
    const bare = [...composeText.matchAll(/(?<!\$)\$(\w+)/g)].map(([, name]) => name);
    const ours = all.filter(([, name = '']) => name.startsWith('SITEWARDEN_'));
    const example = read('.env.example')
      .split('\n')
      .filter((line) => /^\w/.test(line));

    expect(bare).toEqual([]);
    expect(all.filter(([, , value]) => value === undefined)).toEqual([]);
    expect(example.sort()).toEqual(ours.map(([, name, value]) => `${name}=${value}`).sort());
  });

  it('every image has an exact version', () => {
    expect(without(({ image = '' }) => isExact(image))).toEqual([]);
  });

  it("the versions of our own images are the package's and the jars'", () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const jars = /<artifactId>infinispan-server-runtime<\/artifactId><version>([^<]+)</.exec(
      read('lab', 'infinispan', 'pom.xml'),
    )?.[1];
    const own = new Set(services.filter(([, { build }]) => build).map(([, { image }]) => image));

    expect([...own].sort()).toEqual(
      [`sitewarden:${version}`, `sitewarden-lab:${version}`, `sitewarden-lab-infinispan:${jars}`].sort(),
    );
  });

  it("every command of Sitewarden's is one of its commands", () => {
    const stream = { write: () => true };
    const program = sitewardenProgram({ stdout: stream, stderr: stream } as unknown as Surroundings, () => undefined);
    const known = program.commands.map((command) => command.name());
    const asked = services
      .filter(([, { image }]) => image?.startsWith('sitewarden:'))
      .map(([, { command }]) => command);

    expect(asked.length).toBeGreaterThan(3);
    expect(asked.map((command) => command?.[0]).filter((name = '') => !['--help', ...known].includes(name))).toEqual(
      [],
    );
  });

  it("every program of the lab's is in its sources", () => {
    const programs = services.filter(([, { image }]) => image?.startsWith('sitewarden-lab:'));
    const sources = programs.map(([, { command = [] }]) =>
      (command[0] ?? '').replace(/^dist\//, '').replace(/\.js$/, '.ts'),
    );

    expect(sources.length).toBeGreaterThan(2);
    expect(sources.filter((source) => !existsSync(at(source)))).toEqual([]);
  });
});

describe('docker-compose.yml, what each service may', () => {
  it('ports are published on 127.0.0.1 only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);

    expect(ports.length).toBeGreaterThan(4);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/.test(port))).toEqual([]);
  });

  it('none is root, and none keeps a capability', () => {
    expect(without(({ user = '' }) => /^[1-9]\d*:[1-9]\d*$/.test(user))).toEqual([]);
    expect(without(({ cap_drop }) => cap_drop?.join() === 'ALL')).toEqual([]);
    expect(without(({ security_opt }) => security_opt?.join() === 'no-new-privileges:true')).toEqual([]);
  });

  it('each is read-only, or the file says why not', () => {
    const reasons = composeText.match(/# Not read-only: .+\n +read_only: false/g) ?? [];

    expect(without(({ read_only }) => read_only === true)).toHaveLength(reasons.length);
  });

  it('only the Web UI is not read-only', () => {
    expect(without(({ read_only }) => read_only === true)).toEqual(['temporal-ui']);
  });

  it('what stays up has a health check and is started again', () => {
    expect(without((service, name) => !staysUp(service, name) || service.restart === 'unless-stopped')).toEqual([]);
    expect(without((service, name) => !staysUp(service, name) || (service.healthcheck?.test ?? []).length > 1)).toEqual(
      [],
    );
  });

  it('what ends by itself is awaited, and tried again a few times only', () => {
    expect([...awaited].sort()).toEqual(['setup', 'temporal-namespace', 'temporal-schema']);
    expect(without(({ restart = '' }, name) => !awaited.has(name) || /^on-failure:\d$/.test(restart))).toEqual([]);
  });

  it('each waits for what it needs: for its health or for its end', () => {
    const waits = services.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([needed, { condition }]) => ({ name, needed, condition })),
    );
    const wrong = waits.filter(({ needed, condition }) => {
      const service = compose.services[needed];
      if (!service) return true;
      return condition === 'service_healthy' ? !staysUp(service, needed) : !awaited.has(needed);
    });

    expect(waits.length).toBeGreaterThan(15);
    expect(wrong).toEqual([]);
  });

  it('nothing waits for itself', () => {
    const started: string[] = [];
    for (let before = -1; before < started.length;) {
      before = started.length;
      for (const [name, { depends_on = {} }] of services) {
        const ready = Object.keys(depends_on).every((needed) => started.includes(needed));
        if (ready && !started.includes(name)) started.push(name);
      }
    }

    expect(started.sort()).toEqual(services.map(([name]) => name).sort());
  });
});
