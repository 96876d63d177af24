import { clockTime, duration, lengthInSeconds, lengthText, recently, seconds } from '../../../domain/time';
import { now } from '../../support/observations';

describe('time', () => {
  it.each([
    ['never', undefined, false],
    ['just now', now, true],
    ['within the span', now - 9_999, true],
    ['the whole span ago', now - 10_000, false],
    ['by a clock that is ahead', now + 1, false],
  ])('recently: %s', (_case, since, expected) => {
    expect(recently(since, seconds(10), now)).toBe(expected);
  });

  it('prints the time of day in UTC', () => {
    expect(clockTime(Date.parse('2026-11-22T03:12:09.700Z'))).toBe('03:12:09 UTC');
  });

  it.each([
    [8_400, '8.4 s'],
    [42_000, '42 s'],
    [4 * 60_000 + 59_000, '4 min'],
    [2 * 3_600_000 + 4 * 60_000, '2 h 04 m'],
    [41 * 86_400_000, '41 d'],
  ])('prints %d ms as %s', (ms, printed) => {
    expect(duration(ms)).toBe(printed);
  });

  it.each([
    ['90s', 90, '1m30s'],
    ['240m', 14_400, '4h'],
    ['1h30m', 5_400, '1h30m'],
    ['14d', 1_209_600, '14d'],
    ['0m', 0, '0s'],
  ])('reads a length of %s as %d s, and writes it as %s', (text, length, written) => {
    expect(lengthInSeconds(text)).toBe(length);
    expect(lengthText(length)).toBe(written);
  });

  it.each(['', '4', 'h', '4 h', '-4h', '4w', '1.5h'])('takes "%s" for no length', (text) => {
    expect(lengthInSeconds(text)).toBeUndefined();
  });
});
