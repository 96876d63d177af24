import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { LastLines, type Kept } from './last-lines';
import { endProcessGroup } from './process-group';

export interface ProgramCall {
  program: string;
  arguments: readonly string[];
  /** The whole environment of the program. */
  environment: Readonly<Record<string, string>>;
  /** What it reads from standard input; without it there is nothing to read. */
  input?: string;
  /** Texts that are masked in what it prints. */
  hidden?: readonly string[];
  /** How much of what it prints is wanted; its last lines, unless told otherwise. */
  kept?: Kept;
  /** Ends the program, and all that is in its process group. */
  signal: AbortSignal;
}

/** How a program ended. It is over in each case, but for what it left running on purpose after ending by itself. */
export type ProgramEnd =
  | { ended: 'exited'; code: number; output: string }
  /** By a signal that was not ours. */
  | { ended: 'signalled'; by: string; output: string }
  /** By us, since its time was up. */
  | { ended: 'stopped'; output: string }
  /** It never ran; the code is Node's, as in ENOENT. */
  | { ended: 'notStarted'; code: string };

/** What was printed just before the end may still be on its way. */
const outputAfterEndMs = 250;

/** Runs a program without a shell, in a process group of its own. Never rejects. */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  if (call.signal.aborted) return { ended: 'stopped', output: '' };
  const child = started(call);
  if ('code' in child) return { ended: 'notStarted', code: child.code };
  const output = new LastLines(call.kept, call.hidden);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.add(chunk));
  }
  // A program that ends without having read it all is no error.
  child.stdin?.on('error', () => undefined).end(call.input);
  return new Promise((resolve) => {
    let ending: Promise<void> | undefined;
    const end = () => {
      if (child.pid !== undefined) ending ??= endProcessGroup(child.pid);
    };
    call.signal.addEventListener('abort', end, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => {
      call.signal.removeEventListener('abort', end);
      resolve({ ended: 'notStarted', code: error.code ?? error.name });
    });
    child.once('exit', (code, by) => {
      call.signal.removeEventListener('abort', end);
      void Promise.all([printed(child), ending]).then(() => {
        letGo(child);
        if (ending) resolve({ ended: 'stopped', output: output.toString() });
        else if (code === null) resolve({ ended: 'signalled', by: String(by), output: output.toString() });
        else resolve({ ended: 'exited', code, output: output.toString() });
      });
    });
  });
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** Some errors, E2BIG for one, are thrown and not emitted. */
function started({ program, arguments: rest, environment, input }: ProgramCall): Child | { code: string } {
  try {
    return spawn(program, rest, {
      shell: false,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...environment },
    }) as Child;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return { code: code ?? name };
  }
}

/** Ends when nobody can print any more, or soon: what the program left running may keep its output open for ever. */
function printed(child: Child): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, outputAfterEndMs);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What was left running may print on, and hits no closed pipe; nobody keeps it, and no process of ours waits for it. */
function letGo(child: Child): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream.removeAllListeners('data').resume();
    (stream as Socket).unref();
  }
}
