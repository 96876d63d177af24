import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFolder } from '../../lab/project-folder';
import { copyOf, instructionsOf, stageOf, type Instruction } from './dockerfile';

/** A stage as it is after its last instruction: its /app, and what it would be started with. */
export interface Stage {
  /** Image that it starts from, whatever stages are between. */
  base: string;
  /** Stands for /app; undefined while nothing was put there. */
  folder: string;
  environment: Record<string, string>;
  user: string;
  entrypoint: string[];
  command: string[];
}

/** What is done already in this clone, and how a step of the Dockerfile that would do it is known. */
const doneHere: readonly { step: RegExp; takes?: string }[] = [
  // Of the system, and not below /app.
  { step: /^apt-get update && apt-get install --yes --no-install-recommends iputils-ping && setcap -r \/bin\/ping / },
  { step: /^npm ci /, takes: 'node_modules' },
  { step: /^node scripts\/build\.mjs$/, takes: 'dist' },
];

/**
 * Carries out the Dockerfile below `folder`, which has to be on the clone's own file system: what this clone has built
 * and installed is linked, everything else is done as written. @returns the stages by name; the last one is also `''`.
 */
export function buildImages(folder: string): Record<string, Stage> {
  const stages: Record<string, Stage> = {};
  let stage: Stage | undefined;
  for (const instruction of instructionsOf(join(projectFolder, 'Dockerfile'))) {
    if (instruction.name === 'FROM') {
      const { from, name = '' } = stageOf(instruction);
      stage = newStage(join(folder, name || 'last'), from, stages[from]);
      stages[name] = stage;
    } else if (stage) carryOut(instruction, stage, stages);
  }
  return stages;
}

function newStage(folder: string, from: string, parent?: Stage): Stage {
  mkdirSync(folder, { recursive: true });
  if (!parent) return { base: from, folder, environment: {}, user: 'root', entrypoint: [], command: [] };
  link(`${parent.folder}/.`, folder);
  return { ...parent, folder, environment: { ...parent.environment } };
}

function carryOut({ name, text }: Instruction, stage: Stage, stages: Record<string, Stage>): void {
  if (name === 'COPY') return copy({ name, text }, stage, stages);
  if (name === 'RUN') return runStep(text, stage);
  if (name === 'USER') stage.user = text;
  if (name === 'ENTRYPOINT') stage.entrypoint = JSON.parse(text) as string[];
  if (name === 'CMD') stage.command = JSON.parse(text) as string[];
  if (name === 'ENV') {
    const [variable = '', ...value] = text.split('=');
    stage.environment[variable] = value.join('=');
  }
}

function copy(instruction: Instruction, stage: Stage, stages: Record<string, Stage>): void {
  const { sources, target, from } = copyOf(instruction);
  for (const source of sources) {
    if (source === '.' && !from) {
      for (const entry of buildContext()) link(join(projectFolder, entry), join(stage.folder, target, entry));
    } else {
      const [file, name] = [sourceOf(source, from, stages), basename(source)];
      link(file, target.endsWith('/') ? join(stage.folder, target, name) : join(stage.folder, target));
    }
  }
}

function sourceOf(source: string, from: string | undefined, stages: Record<string, Stage>): string {
  if (from) return join(stages[from]!.folder, source.replace(/^\/app\//, ''));
  if (!buildContext().includes(source)) throw new Error(`COPY ${source}: .dockerignore keeps it out.`);
  return join(projectFolder, source);
}

function runStep(command: string, stage: Stage): void {
  const done = doneHere.find(({ step }) => step.test(command));
  if (!done) {
    const env = { ...process.env, TARGETARCH: process.arch === 'x64' ? 'amd64' : process.arch };
    execFileSync('sh', ['-ec', command], { cwd: stage.folder, env, stdio: 'pipe' });
    return;
  }
  if (!done.takes) return;
  link(join(projectFolder, done.takes), join(stage.folder, done.takes));
  // npm writes this one file in place: linked, a step in the image would change the clone.
  const list = join('node_modules', '.package-lock.json');
  if (done.takes === 'node_modules') unlink(join(stage.folder, list), join(projectFolder, list));
}

/** The top-level files and folders that .dockerignore lets into a build: it begins with "nothing" and names each. */
export function buildContext(): string[] {
  const [first, ...others] = readFileSync(join(projectFolder, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || others.some((line) => !/^![\w.-]+$/.test(line))) {
    throw new Error('.dockerignore has to begin with * and then to name what is let in, each as !<name>.');
  }
  return others.map((line) => line.slice(1));
}

/** Megabytes of all files below a folder. */
export function megabytesOf(folder: string): number {
  return Number(execFileSync('du', ['-s', '--block-size=1000000', folder], { encoding: 'utf8' }).split('\t')[0]);
}

/** Names of native programs below a folder, relative to it. */
export function nativePrograms(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.node')).sort();
}

/** Hard links: node_modules in a second, and in no space. */
function link(source: string, target: string): void {
  execFileSync('cp', ['--archive', '--link', '--force', '--no-target-directory', source, target], { stdio: 'pipe' });
}

function unlink(file: string, original: string): void {
  rmSync(file);
  execFileSync('cp', [original, file]);
}
