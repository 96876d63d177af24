import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '../../../runtime/logging';
import { closeOnSignal, type Closer } from '../../../runtime/shutdown';

function aProcess(closers: readonly Closer[], withinMs = 1_000) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const exits: number[] = [];
  const source = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
  const logger = createLogger({ process: 'test', destination: { write } });
  return { source, exits, lines, ...closeOnSignal({ closers, logger, withinMs, source }) };
}

describe('a shutdown', () => {
  it.each(['SIGTERM', 'SIGINT'])('closes in order at %s, each after the one before', async (signal) => {
    const closed: string[] = [];
    const closer = (name: string, ms: number) => ({ name, close: () => wait(ms).then(() => closed.push(name)) });
    const { source, finished, exits } = aProcess([closer('server', 20), closer('temporal', 1)]);

    source.emit(signal);
    await finished;

    expect(closed).toEqual(['server', 'temporal']);
    expect(exits).toEqual([]);
    expect(source.listenerCount(signal)).toBe(0);
  });

  it('goes on when one of them fails', async () => {
    const close = jest.fn(() => Promise.resolve());
    const failing = { name: 'server', close: () => Promise.reject(new Error('stuck')) };
    const { stop, finished, lines } = aProcess([failing, { name: 'temporal', close }]);

    stop();
    await finished;

    expect(close).toHaveBeenCalledTimes(1);
    expect(lines.join('')).toContain('Could not be closed: server.');
  });

  it('exits when its time is up', async () => {
    const { source, exits } = aProcess([{ name: 'server', close: () => wait(100) }], 10);

    source.emit('SIGTERM');
    await wait(40);

    expect(exits).toEqual([1]);
  });

  it('exits at once at a second signal', () => {
    const { source, exits } = aProcess([{ name: 'server', close: () => wait(50) }]);

    source.emit('SIGTERM');
    source.emit('SIGINT');

    expect(exits).toEqual([1]);
  });
});
