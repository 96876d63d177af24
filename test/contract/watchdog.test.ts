/** The watchdog as it is: another process, frozen, killed and left alone. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../lab/until';
import { WatchdogProcess } from '../../sentinel/watchdog-process';
import { temporaryFolder } from '../support/temporary-folder';

const support = join(__dirname, '..', 'support');
const program = {
  file: join(__dirname, '..', '..', 'sentinel', 'watchdog.ts'),
  execArgv: ['--require', join(support, 'run-ts.cjs')],
};
const script = join(support, 'workload-script.cjs');

/** An application, and a watchdog over it. */
class Guarded {
  readonly folder = temporaryFolder();
  readonly fired: string[] = [];
  readonly watchdog: WatchdogProcess;

  constructor(manner: { start?: string; stop?: string } = {}) {
    const command = (action: 'stop' | 'start') =>
      [
        process.execPath,
        script,
        this.folder,
        action,
        ...(manner[action] === undefined ? [] : [manner[action]]),
      ] as const;
    this.watchdog = new WatchdogProcess({
      setUp: {
        pair: 'demo',
        site: 'site-a',
        stop: command('stop'),
        start: command('start'),
        stopSeconds: 5,
        startSeconds: 30,
      },
      onFired: (why) => void this.fired.push(why),
      program,
    });
  }

  get pid(): number {
    return (this.watchdog as unknown as { child: ChildProcess }).child.pid ?? 0;
  }

  isRunning(): boolean {
    return existsSync(join(this.folder, 'running'));
  }

  untilStopped(): Promise<unknown> {
    return until(() => !this.isRunning(), { what: 'a stop', withinSeconds: 20, everyMs: 20 });
  }
}

const long = () => 60_000;
const guarded: Guarded[] = [];
function guard(...manner: ConstructorParameters<typeof Guarded>): Guarded {
  const one = new Guarded(...manner);
  guarded.push(one);
  return one;
}
afterEach(() => guarded.splice(0).forEach(({ watchdog }) => watchdog.close()));

const never = new AbortController().signal;

describe('the watchdog of a sentinel', () => {
  it('starts the application while it may run, and leaves it alone as long as its time is prolonged', async () => {
    const { watchdog, ...site } = guard();
    await watchdog.arm(() => 3_000);
    await watchdog.start(never);
    await watchdog.arm(long);
    await new Promise((resolve) => setTimeout(resolve, 3_500));

    expect(existsSync(join(site.folder, 'running'))).toBe(true);
    expect(site.fired).toEqual([]);
  });

  it('stops it when its time is up and nobody has prolonged it, as when the sentinel is frozen', async () => {
    const site = guard();
    await site.watchdog.arm(() => 1_500);
    await site.watchdog.start(never);
    expect(site.isRunning()).toBe(true);

    await site.untilStopped();
    await until(() => site.fired.length === 1, { what: 'word of it', withinSeconds: 10 });
    expect(site.fired).toEqual(['the watchdog stopped the application, since the lease was not renewed']);
  });

  it('starts nothing that may not run', async () => {
    const site = guard();
    await site.watchdog.arm(() => 0);

    await expect(site.watchdog.start(never)).rejects.toThrow('may not run');
    expect(site.isRunning()).toBe(false);
  });

  it('does nothing any more once it was told that the application is stopped', async () => {
    const site = guard();
    await site.watchdog.arm(() => 1_500);
    await site.watchdog.start(never);
    await site.watchdog.disarm();
    await new Promise((resolve) => setTimeout(resolve, 2_000));

    expect(site.isRunning()).toBe(true);
    expect(site.fired).toEqual([]);
  });

  it('ends a start that is under way when the time is up, so that nothing starts late', async () => {
    const site = guard({ start: 'hangs' });
    await site.watchdog.arm(() => 2_000);
    const started = site.watchdog.start(never);

    await expect(started).rejects.toThrow('was ended');
    await until(() => site.fired.length === 1, { what: 'a stop', withinSeconds: 20 });
    const [, child = ''] = readFileSync(join(site.folder, 'hanging'), 'utf8').split(' ');
    await until(() => !lives(Number(child)), { what: 'the start to be gone', withinSeconds: 10 });
    expect(site.isRunning()).toBe(false);
  });

  it('ends a start when the sentinel says so', async () => {
    const site = guard({ start: 'hangs' });
    const asked = new AbortController();
    await site.watchdog.arm(long);
    const started = site.watchdog.start(asked.signal);
    await until(() => existsSync(join(site.folder, 'hanging')), { what: 'a start under way', withinSeconds: 20 });
    asked.abort();

    await expect(started).rejects.toThrow('was ended');
  });

  it('frozen beyond its time, hears first what it was told meanwhile', async () => {
    const site = guard();
    await site.watchdog.arm(() => 1_500);
    await site.watchdog.start(never);
    process.kill(site.pid, 'SIGSTOP');
    const prolonged = site.watchdog.arm(long).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    process.kill(site.pid, 'SIGCONT');
    await prolonged;
    await site.watchdog.arm(long);

    expect(site.isRunning()).toBe(true);
  });

  it('killed, is told to the sentinel, which may not go on as if it were guarded', async () => {
    const site = guard();
    await site.watchdog.arm(long);
    process.kill(site.pid, 'SIGKILL');

    await until(() => site.fired.length === 1, { what: 'word of it', withinSeconds: 10 });
    expect(site.fired).toEqual(['the watchdog is gone']);
    await expect(site.watchdog.arm(long)).resolves.toBeUndefined();
  });

  it('asked to end by whoever stops the service, goes on as long as the application runs', async () => {
    const site = guard();
    await site.watchdog.arm(() => 2_500);
    await site.watchdog.start(never);
    process.kill(site.pid, 'SIGTERM');

    await site.untilStopped();
    await until(() => site.fired.length === 1, { what: 'word of it', withinSeconds: 10 });
    expect(site.fired).toEqual(['the watchdog stopped the application, since the lease was not renewed']);
  });

  it('stops the application at once when the sentinel is killed, and tries until it succeeds', async () => {
    const folder = temporaryFolder();
    const [running, refusals, parentScript] = ['running', 'refusals', 'parent.cjs'].map((name) => join(folder, name));
    const stop = `
      const { appendFileSync, existsSync, readFileSync, rmSync } = require('node:fs');
      appendFileSync(${JSON.stringify(refusals)}, 'x');
      if (readFileSync(${JSON.stringify(refusals)}, 'utf8').length < 2) process.exit(1);
      rmSync(${JSON.stringify(running)});`;
    writeFileSync(
      parentScript ?? '',
      `require(${JSON.stringify(join(support, 'run-ts.cjs'))});
       const { WatchdogProcess } = require(${JSON.stringify(join(__dirname, '..', '..', 'sentinel', 'watchdog-process.ts'))});
       const node = ${JSON.stringify(process.execPath)};
       const watchdog = new WatchdogProcess({
         setUp: { pair: 'demo', site: 'site-a', stop: [node, '-e', ${JSON.stringify(stop)}], start: [node, '-e', ''], stopSeconds: 5, startSeconds: 5 },
         onFired: () => undefined,
         program: ${JSON.stringify(program)},
       });
       watchdog.arm(() => 60_000).then(() => process.send('armed'));`,
    );
    appendFileSync(running ?? '', '');
    const parent = fork(parentScript ?? '', { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(parent, 'message');
    parent.kill('SIGKILL');

    await until(() => !existsSync(running ?? ''), { what: 'a stop', withinSeconds: 30 });
    expect(readFileSync(refusals ?? '', 'utf8')).toBe('xx');
  });
});

function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
