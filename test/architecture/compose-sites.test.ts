/** The two sites of docker-compose.yml: one link between them, and run as the lab runs its own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quickJava, serverJava } from '../../lab/infinispan-site';
import { projectFolder } from '../../lab/project-folder';
import { compose, networksOf } from '../support/compose-file';
import { copyOf, instructionsOf, isExact, stageOf } from '../support/dockerfile';

const services = Object.entries(compose.services);
const at = (...path: string[]) => join(projectFolder, ...path);
const read = (...path: string[]) => readFileSync(at(...path), 'utf8');

describe('docker-compose.yml, the two sites', () => {
  it('have one way to each other: the router', () => {
    const inBoth = services.filter(([, service]) =>
      ['site-a', 'site-b'].every((network) => networksOf(service).includes(network)),
    );
    const inner = services.filter(([name]) => /^(infinispan|application)-site-/.test(name));

    expect(inBoth.map(([name]) => name).sort()).toEqual(['aws', 'gossip-router', 'observer', 'prometheus', 'worker']);
    expect(inner.map(([name, service]) => [name, networksOf(service)])).toEqual(
      inner.map(([name]) => [name, [name.replace(/^\w+-/, '')]]),
    );
  });

  it('are the same but for their names', () => {
    const mirrored = (text: string) =>
      text.replace(/site-([ab])/g, (_, letter) => `site-${letter === 'a' ? 'b' : 'a'}`);
    for (const name of ['infinispan', 'application']) {
      const [a, b] = ['a', 'b'].map((letter) => JSON.stringify(compose.services[`${name}-site-${letter}`]));

      expect(mirrored(a ?? '')).toBe(b);
    }
  });

  it('have every property that the configuration of the lab needs', () => {
    const needed = [...read('lab', 'infinispan', 'infinispan.xml').matchAll(/\$\{([\w.]+)\}/g)].map(([, name]) => name);
    const command = compose.services['infinispan-site-a']?.command ?? [];
    // Flags of the server that set a property.
    const byFlag: Record<string, string> = {
      '--bind-address': 'infinispan.bind.address',
      '--cluster-name': 'infinispan.cluster.name',
      '--node-name': 'infinispan.node.name',
    };
    const given = command.map((argument) => {
      const [name = ''] = argument.split('=');
      return byFlag[name] ?? name.replace(/^-D/, '');
    });

    expect(needed.length).toBeGreaterThan(5);
    expect(needed.filter((name = '') => !given.includes(name))).toEqual([]);
  });
});

describe('lab/infinispan/Dockerfile', () => {
  const instructions = instructionsOf(at('lab', 'infinispan', 'Dockerfile'));

  it('starts from exact versions, and copies what is there', () => {
    const images = instructions.filter(({ name }) => name === 'FROM').map((stage) => stageOf(stage).from);
    const copied = instructions.filter(({ name }) => name === 'COPY').map(copyOf);
    const ours = copied.filter(({ from }) => !from).flatMap(({ sources }) => sources);

    expect(images.filter((image) => !isExact(image))).toEqual([]);
    expect(ours.sort()).toEqual(['infinispan.xml', 'log4j2.xml', 'pom.xml']);
    expect(ours.filter((source) => !existsSync(at('lab', 'infinispan', source)))).toEqual([]);
  });

  it('fetches the jars and starts Java as the lab does', () => {
    const [entrypoint] = instructions.filter(({ name }) => name === 'ENTRYPOINT');
    const [mvn] = instructions.filter(({ text }) => text.startsWith('mvn'));
    const plugin = /'(org\.apache\.maven\.plugins:[^']+)'/.exec(read('scripts', 'parts', 'infinispan.mjs'))?.[1] ?? '';

    expect(JSON.parse(entrypoint?.text ?? '')).toEqual([
      'java',
      ...quickJava,
      ...serverJava,
      '-cp',
      '/opt/infinispan/lib/*',
    ]);
    expect(mvn?.text).toContain(` ${plugin} `);
  });
});
