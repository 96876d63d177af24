import { z } from 'zod';

/** As many characters as a run takes. */
const longestText = 1_000;

const reason = z.string().trim().min(1).max(longestText);
const site = z.string().min(1).max(40).describe('A site of the pair.');

export const goalRequest = z
  .strictObject({
    goal: z.enum(['fence', 'synchronize', 'siteOnline', 'siteOffline', 'pause']),
    site: site.optional(),
    reason: reason.describe('Stands in the run, in its report and in its archive.'),
    forSeconds: z.int().min(60).max(604_800).optional().describe('Of a pause: how long it is to last.'),
  })
  .describe('What the pair is asked to become.');

export const decision = z
  .strictObject({
    kind: z.enum(['approve', 'reject', 'hold', 'release', 'retry', 'confirm', 'abort']),
    gate: z.string().min(1).max(40).optional().describe('Of approve and reject: the gate that is answered.'),
    plan: z
      .string()
      .regex(/^[0-9a-f]{8}$/)
      .optional()
      .describe('Of approve and reject: the plan that is answered, as the status shows it.'),
    site: site
      .optional()
      .describe(
        'At the gate keepSite: the site that is to be kept. Of confirm: the site that the word is about; needed where it was cut off by hand.',
      ),
    reason: reason.optional(),
    discardAtMost: z
      .int()
      .nonnegative()
      .optional()
      .describe('At the gate synchronize: the approval is void if more than so many entries would be discarded.'),
  })
  .describe('An answer (approve, reject), a brake (hold, release), or a way out of a block (retry, confirm, abort).');

export const look = z
  .strictObject({
    fence: z.strictObject({ site }).optional().describe('Also tell what a fence of that site would do.'),
    drill: z
      .strictObject({ cut: z.array(z.string().min(1).max(100)).min(1).max(20) })
      .optional()
      .describe(
        'Also tell what would be done if this were cut: `site-a/site-b` both ways, `site-a:site-b` one way, `site-a` from all.',
      ),
  })
  .describe('Nothing is changed.');

export const nothing = z.strictObject({}).describe('There is nothing to choose.');

export const runsQuery = z.strictObject({
  pair: z.string().max(40).optional(),
  open: z.enum(['true', 'false']).optional().describe('Only open runs, or only closed ones; both when left out.'),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});

export const reportQuery = z.strictObject({
  incident: z.string().min(1).max(100).optional().describe('As reports and lists name it.'),
});

/**
 * What somebody has sent, or a clause that says where it is not as described. Values are not repeated in it.
 */
export function readAs<T extends z.ZodType>(schema: T, sent: unknown): { read: z.output<T> } | { refused: string } {
  const parsed = schema.safeParse(sent);
  if (parsed.success) return { read: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') return { refused: 'it has a key that is not known here' };
  const path = (issue?.path ?? []).map(String).join('.');
  return { refused: path === '' ? 'it is no object' : `"${path}" is missing or not as expected` };
}
