import { until } from '../../../lab/until';
import { repeat } from '../../../worker/observer/repeat';

describe('repeat', () => {
  it('does it again and again, never two at a time, and when stopped lets the one under way end', async () => {
    let [begun, underWay, most] = [0, 0, 0];
    let release: () => void = () => undefined;
    const { stop } = repeat(1, async () => {
      begun += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      if (begun === 3) await new Promise<void>((resolve) => (release = resolve));
      underWay -= 1;
    });
    await until(() => begun === 3, { what: 'the third time', withinSeconds: 10 });

    const stopped = stop();
    release();
    await stopped;

    expect({ begun, underWay, most }).toEqual({ begun: 3, underWay: 0, most: 1 });
  });

  it('stopped between two times waits for nothing', async () => {
    let begun = 0;
    const { stop } = repeat(3_600_000, async () => void (begun += 1));
    await until(() => begun === 1, { what: 'the first time', withinSeconds: 10 });

    await stop();

    expect(begun).toBe(1);
  });
});
