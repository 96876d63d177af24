import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Socket } from 'node:net';

/** Reads "guard PID" and "release PID" until the pipe closes, which is when our process is gone; then kills what it guards. */
const script = `
guarded=
while read -r verb pid; do
  case $verb in
    guard) guarded="$guarded $pid" ;;
    release) kept=; for p in $guarded; do [ "$p" = "$pid" ] || kept="$kept $p"; done; guarded=$kept ;;
  esac
done
for p in $guarded; do kill -KILL "-$p"; done
`;

/**
 * Kills the guarded process groups when this process ends in whatever way, kill -9 included.
 * It is a small shell that waits on a pipe whose other end only we hold: works on every POSIX system, wherever the
 * children come from, and costs 1 MB. (Linux' parent-death signal is bound to the thread that started the child, and
 * not every `setpriv` knows it.)
 */
export class Reaper {
  readonly #shell: ChildProcessWithoutNullStreams;

  constructor() {
    // A session of its own: Ctrl-C at our terminal must not end it before us.
    this.#shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#shell.unref();
    for (const stream of [this.#shell.stdin, this.#shell.stdout, this.#shell.stderr])
      (stream as unknown as Socket).unref();
    this.#shell.stdin.on('error', () => {});
  }

  guard(pid: number): void {
    this.#shell.stdin.write(`guard ${pid}\n`);
  }

  release(pid: number): void {
    this.#shell.stdin.write(`release ${pid}\n`);
  }

  /** Lets the reaper end; what it still guards is killed. */
  close(): void {
    this.#shell.stdin.end();
  }
}
