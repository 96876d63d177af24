/** Running other programs, and saying what we do. No npm package: this runs before `npm ci`. */
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

export const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A sentence for the person at the keyboard. On stderr: stdout belongs to what is run. */
export function say(sentence) {
  process.stderr.write(`sitewarden: ${sentence}\n`);
}

/** Ends the run with a sentence and no stack trace: the person has to do something, not we. */
export class Stop extends Error {
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** Runs a script's main function and turns its outcome into an exit code. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof Stop) for (const line of error.message.split('\n')) say(line);
    else console.error(error);
    process.exitCode = error.exitCode ?? 1;
  }
}

/** @returns the full path of a program on PATH, or undefined. */
export function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @returns the program's output (stdout, then stderr), or undefined when it could not be run or failed. */
export function outputOf(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
  return result.status === 0 ? `${result.stdout}${result.stderr}`.trim() : undefined;
}

/** Runs an installing program quietly; its output is shown only when it fails. */
export async function runQuietly(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await ended(child);
  if (code === 0) return Buffer.concat(output).toString('utf8');
  const lastLines = Buffer.concat(output).toString('utf8').trimEnd().split('\n').slice(-60).join('\n');
  throw new Stop(`"${program} ${args.join(' ')}" failed (exit code ${code}):\n${lastLines}`);
}

const lookForParentEveryMs = 500;

/**
 * Runs a program in our place: same terminal, our exit code is its exit code.
 * Ctrl-C reaches it by itself (same process group) and it needs time to stop its parts, so we only wait; a signal
 * sent to us alone is passed on.
 */
export async function runInOurPlace(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  const passOn = (signal) => child.kill(signal);
  const handlers = { SIGINT: () => {}, SIGTERM: passOn, SIGHUP: passOn };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  const watching = watchNpm(() => child.kill('SIGTERM'));
  try {
    return await ended(child);
  } finally {
    clearInterval(watching);
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
}

/** npm starts us through a shell, and a SIGTERM for npm ends that shell without reaching us: our parent changes. */
function watchNpm(gone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parent = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watching);
    gone();
  }, lookForParentEveryMs);
  return watching;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (osConstants.signals[signal] ?? 0)));
  });
}
