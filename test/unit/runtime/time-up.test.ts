import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../../lab/until';
import { timeUp } from '../../../runtime/time-up';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('a signal that ends in time', () => {
  it.each<[string, (ms: number) => AbortSignal]>([
    ['alone', timeUp],
    ['with another one', (ms) => AbortSignal.any([new AbortController().signal, timeUp(ms)])],
    ['with another one, and again', (ms) => AbortSignal.any([AbortSignal.any([timeUp(ms)])])],
  ])('ends for whoever listens, %s, though nobody holds it and memory was collected meanwhile', async (_how, make) => {
    let ended: unknown;
    const listen = () => {
      const signal = make(200);
      signal.addEventListener('abort', () => (ended = (signal.reason as Error).name), { once: true });
    };
    listen();

    await until(
      async () => {
        collect();
        return ended;
      },
      { what: 'the signal to end', withinSeconds: 20 },
    );

    expect(ended).toBe('TimeoutError');
  });
});
