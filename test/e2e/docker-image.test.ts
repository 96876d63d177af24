/** The Dockerfile's steps, carried out without Docker on what this clone has installed and built. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../../lab/project-folder';
import { instructionsOf, isExact } from '../support/dockerfile';
import { buildContext, buildImages, megabytesOf, nativePrograms, type Stage } from '../support/image-build';

const run = promisify(execFile);
const folder = join(projectFolder, '.lab', `image-${process.pid}`);
const ourPlatform = process.arch === 'x64' ? 'x86_64-unknown-linux-gnu' : 'aarch64-unknown-linux-gnu';
let stages: Record<string, Stage>;
let installed: string;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  installed = readFileSync(join(projectFolder, 'node_modules', '.package-lock.json'), 'utf8');
  stages = buildImages(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (file: string): unknown => JSON.parse(readFileSync(join(projectFolder, file), 'utf8'));

/** Starts the image's program, with a home that has nothing in it. */
const started = (stage: Stage | undefined, ...args: string[]) => {
  const [program = '', ...before] = stage?.entrypoint ?? [];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...stage?.environment };
  return run(program, [...before, ...args], { cwd: stage?.folder, env });
};

describe('.dockerignore', () => {
  it('lets in what is there, all that the build reads, and no secret', () => {
    const context = buildContext();
    const { include } = json('tsconfig.json') as { include: string[] };
    const { exclude } = json('tsconfig.build.json') as { exclude: string[] };

    expect(context.filter((name) => !existsSync(join(projectFolder, name)))).toEqual([]);
    expect(include.filter((name) => !exclude.includes(name) && !context.includes(name))).toEqual([]);
    expect(['deploy', '.git', '.env', '.lab', 'node_modules', 'dist'].filter((name) => context.includes(name))).toEqual(
      [],
    );
  });
});

describe('the image', () => {
  it('starts from exact versions, and is the product unless asked otherwise', () => {
    expect(Object.values(stages).filter(({ base }) => !isExact(base))).toEqual([]);
    expect(stages['']?.entrypoint).toEqual(stages.product?.entrypoint);
    expect(instructionsOf(join(projectFolder, 'Dockerfile')).at(-1)).toEqual({ name: 'FROM', text: 'product' });
  });

  it('runs as nobody in particular, and has a health check', () => {
    const names = instructionsOf(join(projectFolder, 'Dockerfile')).map(({ name }) => name);

    expect(stages.product?.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(names).toContain('HEALTHCHECK');
  });

  it('holds the program, its packages and nothing of the lab, the tests or the tools', () => {
    const product = stages.product?.folder ?? '';

    expect(readdirSync(product).sort()).toEqual(['dist', 'node_modules', 'package.json']);
    expect(readdirSync(join(product, 'dist')).filter((name) => ['lab', 'bench', 'test'].includes(name))).toEqual([]);
    expect(existsSync(join(product, 'node_modules', 'jest'))).toBe(false);
    expect(existsSync(join(product, 'node_modules', 'typescript'))).toBe(false);
  });

  it('holds the native programs of one platform, which is less than half of the packages that were there', () => {
    const modules = join(stages.product?.folder ?? '', 'node_modules');
    const cores = nativePrograms(modules).filter((file) => file.includes('core-bridge'));

    expect(cores).toEqual([`@temporalio/core-bridge/releases/${ourPlatform}/index.node`]);
    expect(nativePrograms(modules)).toHaveLength(2);
    expect(megabytesOf(modules) * 2).toBeLessThan(megabytesOf(join(projectFolder, 'node_modules')));
  });

  it('says how it is used, and its version', async () => {
    const { version } = json('package.json') as { version: string };

    expect((await started(stages[''], ...(stages['']?.command ?? []))).stdout).toContain('sitewarden');
    expect((await started(stages[''], '--version')).stdout.trim()).toBe(version);
  });

  it("loads all that a worker needs, Temporal's core with it", async () => {
    const script = `
      require('./dist/worker/main');
      const { Runtime } = require('@temporalio/worker');
      Runtime.instance();
      console.log('loaded');
      process.exit();`;
    const { folder: cwd, environment } = stages.product!;

    expect((await run('node', ['-e', script], { cwd, env: { PATH: process.env.PATH, ...environment } })).stdout).toBe(
      'loaded\n',
    );
  });

  it('has the parts of the lab in the stage that is for them', () => {
    const { folder: lab, entrypoint } = stages.lab!;

    expect(entrypoint[0]).toBe('node');
    for (const program of ['aws', 'application']) {
      expect(existsSync(join(lab, 'dist', 'lab', 'compose', `${program}.js`))).toBe(true);
    }
  });

  it('leaves this clone as it is', () => {
    expect(readFileSync(join(projectFolder, 'node_modules', '.package-lock.json'), 'utf8')).toBe(installed);
    expect(nativePrograms(join(projectFolder, 'node_modules', '@temporalio', 'core-bridge'))).toHaveLength(5);
  });
});
