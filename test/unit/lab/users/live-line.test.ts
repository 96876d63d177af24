import { crowdFor, hashesPerSecond, roles } from '../../../../lab/users/crowd';
import { liveLine } from '../../../../lab/users/live-line';
import type { UserRecord } from '../../../../lab/users/outcome';

const midnight = Date.UTC(2030, 0, 1);
const record = (atMs: number, rest: Partial<UserRecord> = {}): UserRecord => ({
  ...{ at: midnight + atMs, tookMs: 50, operation: 'passwordLogin', way: 'accelerator', outcome: 'ok' },
  ...rest,
});

describe('the live line', () => {
  const now = midnight + 10_000;

  it('counts what ended in the last seconds, and names the operations that were not well', () => {
    const records = [
      record(1_000),
      record(6_000),
      record(7_000, { outcome: 'wrongPasswordLie' }),
      record(2_000, { operation: 'browserLogin', outcome: 'refused', tookMs: 6_000 }),
    ];

    expect(liveLine(records, { now, lastSeconds: 5 })).toBe(
      'users, last 5 s: 1 ok, 1 refused, 1 right password called wrong (browser login, password login)',
    );
  });

  it('says so when nothing ended', () => {
    expect(liveLine([record(1_000)], { now, lastSeconds: 5 })).toBe('users, last 5 s: nothing ended');
  });
});

describe('the crowd', () => {
  it('asks for a few password hashes per second at most', () => {
    expect(hashesPerSecond(crowdFor(['accelerator']))).toBeLessThan(3.5);
    expect(hashesPerSecond(crowdFor(['accelerator', 'site-a', 'site-b']))).toBeLessThan(6);
  });

  it('spreads the turns of those who do the same', () => {
    const logins = crowdFor(['accelerator']).filter(({ role }) => role === 'browserLogin');

    expect(new Set(logins.map(({ startsAfterMs }) => startsAfterMs)).size).toBe(logins.length);
    expect(logins.every(({ startsAfterMs, everyMs }) => startsAfterMs < everyMs)).toBe(true);
  });

  it('has somebody for every role on every way', () => {
    const has = (way: 'accelerator' | 'site-b') =>
      new Set(crowdFor(['accelerator', 'site-b']).flatMap((shift) => (shift.way === way ? [shift.role] : [])));

    expect(has('accelerator')).toEqual(new Set(roles));
    expect(has('site-b')).toEqual(new Set(roles));
  });
});
