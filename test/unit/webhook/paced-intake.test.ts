import { paced } from '../../../client/webhook/paced-intake';
import type { AlertMessage } from '../../../domain/alert';

const alert: AlertMessage = {
  fingerprint: 'f',
  status: 'firing',
  alertname: 'SiteOffline',
  site: 'site-b',
  reporter: 'site-a',
  startsAt: '2026-11-22T03:12:01Z',
};

describe('a storm of alerts', () => {
  const heard: string[] = [];
  const taken = { workflowId: 'w', runId: 'r' };
  const intake = paced({
    firing: async (pair) => {
      heard.push(pair);
      return { ...taken, outcome: 'joined' };
    },
    resolved: async (pair) => {
      heard.push(pair);
      return taken;
    },
  });
  const of = (pair: string) => heard.filter((each) => each === pair).length;
  beforeEach(() => {
    jest.useFakeTimers();
    heard.length = 0;
  });
  afterEach(() => jest.useRealTimers());

  it('reaches a run fifty at once and fifty a second, and all of it in the end', async () => {
    const storm = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0 ? intake.firing('one', alert) : intake.resolved('one', alert),
    );
    await jest.advanceTimersByTimeAsync(0);
    expect(of('one')).toBe(50);

    await jest.advanceTimersByTimeAsync(1_000);
    expect(of('one')).toBe(100);

    await jest.advanceTimersByTimeAsync(2_000);
    await Promise.all(storm);
    expect(of('one')).toBe(200);
  });

  it('holds up no other pair, and nobody once it is over', async () => {
    const storm = Array.from({ length: 100 }, () => intake.firing('two', alert));
    await jest.advanceTimersByTimeAsync(0);
    const other = intake.firing('three', alert);
    await jest.advanceTimersByTimeAsync(0);
    expect(of('three')).toBe(1);

    await jest.advanceTimersByTimeAsync(60_000);
    await Promise.all([...storm, other]);
    const after = Array.from({ length: 50 }, () => intake.firing('two', alert));
    await jest.advanceTimersByTimeAsync(0);
    await Promise.all(after);
    expect(of('two')).toBe(150);
  });
});
