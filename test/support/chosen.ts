/** Whether this is `npm run test:soak`, which leaves nothing out and uses large numbers. */
export const isSoak = process.env.SITEWARDEN_SOAK === '1';

/** How long a test waits for a step of an incident; many entries and busy cores take longer. */
export const stepSeconds = isSoak ? 600 : 90;

const seed = Number(process.env.SITEWARDEN_SEED ?? new Date().getUTCDate());

/**
 * In a soak all of them; otherwise `count`, chosen by SITEWARDEN_SEED and by default by the day of the month, so that every
 * one has its turn and a failure can be repeated.
 */
export function chosen<T>(all: readonly T[], count: number): T[] {
  if (isSoak) return [...all];
  const step = Math.floor(all.length / count);
  return Array.from({ length: count }, (_, index) => all[(seed + index * step) % all.length]!);
}
