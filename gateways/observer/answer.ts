import { z } from 'zod';
import { failureTypes, type FailureType } from '../../domain/failure-types';
import type { Reading } from '../../domain/observation';
import type { Sighting } from '../../domain/sighting';
import type { SiteName } from '../../domain/site-pair';

/** An observer may be of another version: a reason that is not in our catalogue is one that we do not know. */
const reason = z
  .string()
  .transform((code): FailureType => (code in failureTypes ? (code as FailureType) : 'NotObserved'));

const reading = <T>(value: z.ZodType<T>): z.ZodType<Reading<T>> =>
  z.union([z.object({ value, at: z.number() }), z.object({ unknown: reason, at: z.number() })]);

const texts = z.array(z.string().max(200)).max(1_000);
const status = z.int().min(100).max(599);
const site = z.object({
  health: reading(status),
  view: reading(z.object({ localSite: z.string().max(200), sitesView: texts, members: texts })),
});

/** Of the two sites of the pair, and of no other. @returns `undefined` of anything else than a sighting of both. */
export function readSighting(answer: unknown, sites: readonly [SiteName, SiteName]): Sighting | undefined {
  const [first, second] = sites;
  const sighting = z.object({
    seenAt: z.number(),
    sites: z.object({ [first]: site, [second]: site }),
    accelerator: reading(status),
    network: reading(z.enum(['connected', 'isolated'])),
  });
  const parsed = sighting.safeParse(answer);
  return parsed.success ? parsed.data : undefined;
}
