import { z } from 'zod';
import { lengthInSeconds, lengthText } from '../domain/time';
import { say } from './fields';

/** A length of time as people write it, `4h` or `1h30m`; kept in one spelling, so that equal lengths are equal texts. */
export function length(bounds: { min: string; max: string }, write: string) {
  const error = say(`this must be a length of time from ${bounds.min} to ${bounds.max}`, write);
  const least = lengthInSeconds(bounds.min) ?? 0;
  const most = lengthInSeconds(bounds.max) ?? Infinity;
  return z
    .string({ error })
    .refine((text) => {
      const seconds = lengthInSeconds(text);
      return seconds !== undefined && seconds >= least && seconds <= most;
    }, error)
    .transform((text) => lengthText(lengthInSeconds(text) ?? 0));
}
