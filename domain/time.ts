/** Milliseconds since 1970-01-01T00:00:00Z, by the clock of the process that observed. */
export type EpochMs = number;

export const seconds = (count: number): number => count * 1_000;

/**
 * True while less than `spanMs` has passed since `since`.
 * A `since` that lies ahead of `now` (two workers, two clocks) is not recent: a wait must end, whatever the clocks say.
 */
export function recently(since: EpochMs | undefined, spanMs: number, now: EpochMs): boolean {
  return since !== undefined && now >= since && now - since < spanMs;
}

/** So far a worker's clock may be behind Temporal's, by which messages are dated. */
const clocksApartMs = seconds(60);

/** As `recently`, of a message: one that seems to lie a little ahead was heard a moment ago. */
export function heardRecently(at: EpochMs | undefined, spanMs: number, now: EpochMs): boolean {
  return at !== undefined && now - at < spanMs && at - now < clocksApartMs;
}

/** `03:12:09 UTC`; the day is left to the incident id. */
export function clockTime(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}

/** `8.4 s`, `4 min`, `2 h 04 m`, `41 d`: as much as a person needs. */
export function duration(ms: number): string {
  const secondsPassed = ms / 1_000;
  if (secondsPassed < 60) return `${secondsPassed.toFixed(secondsPassed < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(secondsPassed / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} m`;
  return `${Math.floor(hours / 24)} d`;
}

const lengthUnits = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Seconds of a length as people write it: `90s`, `30m`, `4h`, `1h30m`, `7d`; `undefined` when it is none. */
export function lengthInSeconds(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * lengthUnits[unit as keyof typeof lengthUnits], 0);
}

/** The one way to write so many seconds: `1h30m` for 5400. */
export function lengthText(wholeSeconds: number): string {
  const parts = Object.entries(lengthUnits).reduce<{ text: string; rest: number }>(
    ({ text, rest }, [unit, size]) => {
      const count = Math.floor(rest / size);
      return { text: count > 0 ? `${text}${count}${unit}` : text, rest: rest % size };
    },
    { text: '', rest: wholeSeconds },
  );
  return parts.text === '' ? '0s' : parts.text;
}
