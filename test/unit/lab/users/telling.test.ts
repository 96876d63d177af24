import { tellLive } from '../../../../lab/users/telling';

describe('what users feel', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is told every five seconds, and no more when nobody is at work any more: nothing then keeps the process', async () => {
    let end!: () => void;
    const users = { liveLine: () => 'all is well', ended: new Promise<void>((resolve) => (end = resolve)) };
    const told: string[] = [];
    tellLive(users, (line) => told.push(line));

    jest.advanceTimersByTime(10_000);
    expect(told).toEqual(['all is well', 'all is well']);
    end();
    await users.ended;

    expect(jest.getTimerCount()).toBe(0);
  });
});
