import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTime } from '../../../runtime/in-time';
import { WatchdogProcess } from '../../../sentinel/watchdog-process';
import { temporaryFolder } from '../../support/temporary-folder';

/** Takes its orders, and stands still from the first start on. */
const frozen = `
  process.on('message', ({ kind, id }) => {
    if (kind === 'arm' || kind === 'disarm') process.send({ kind: 'taken', id });
    if (kind === 'start') process.kill(process.pid, 'SIGSTOP');
  });`;

/** As one that goes on and finds its sentinel gone: it stops the application, and ends. */
const thawed = `${frozen}
  process.on('disconnect', () => process.exit(0));`;

describe('the watchdog of a sentinel, seen from the sentinel', () => {
  it('that was left to itself and goes on may have stopped what was started since: that is told', async () => {
    const file = join(temporaryFolder(), 'thawed.cjs');
    writeFileSync(file, thawed);
    const fired: string[] = [];
    const watchdog = new WatchdogProcess({
      setUp: { pair: 'demo', site: 'site-a', stop: ['true'], start: ['true'], stopSeconds: 1, startSeconds: 60 },
      onFired: (why) => void fired.push(why),
      program: { file, execArgv: [] },
    });
    await watchdog.arm(() => 60_000);
    const { child } = watchdog as unknown as { child: ChildProcess };
    const mayRun = new AbortController();
    const started = watchdog.start(mayRun.signal).catch(() => undefined);
    mayRun.abort();
    await started;
    expect(fired).toEqual([]);

    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    await ended;

    expect(fired).toEqual(['a watchdog that stood still has ended, and may have stopped the application']);
    watchdog.close();
  });

  it('is not waited for without end when it stands still in a start that has to end', async () => {
    const file = join(temporaryFolder(), 'frozen.cjs');
    writeFileSync(file, frozen);
    const watchdog = new WatchdogProcess({
      setUp: { pair: 'demo', site: 'site-a', stop: ['true'], start: ['true'], stopSeconds: 1, startSeconds: 60 },
      onFired: () => undefined,
      program: { file, execArgv: [] },
    });
    await watchdog.arm(() => 60_000);
    const { child } = watchdog as unknown as { child: ChildProcess };
    const mayRun = new AbortController();
    const started = watchdog.start(mayRun.signal).then(
      () => 'started',
      (error: Error) => error.message,
    );
    mayRun.abort();
    const said = await inTime(started, 8_000, 'waits on');
    const isLeftToItself = !child.connected;
    child.kill('SIGKILL');

    expect(said).toBe('The watchdog does not answer.');
    expect(isLeftToItself).toBe(true);
  });
});
