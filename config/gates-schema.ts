import { z } from 'zod';
import type { Gate } from '../domain/site-pair';
import { flag, mapping, say, text, wholeNumber } from './fields';
import { length } from './length';

const group = text(/^\S(.{0,99}\S)?$/, 'this is no name of a group', 'Write the name of a group, as in sre.');

const groups = z
  .array(group, { error: say('this must be a list of groups', 'Write from: [sre], or leave it out.') })
  .min(1, { error: say('the list is empty', 'Name at least one group, or leave the key out.') });

const unattributed = z.enum(['accept', 'refuse'], {
  error: say(
    'this is neither accept nor refuse',
    'Write refuse to count only decisions whose author is proved, which come through the API.',
  ),
});

function gate(approvals: { least: 0 | 1; usual: 0 | 1 }) {
  const { least, usual } = approvals;
  const advice =
    least === 0
      ? 'Write how many different people must approve; 0 means that the run goes on by itself.'
      : 'Write how many different people must approve; this one is never passed without a person.';
  return mapping(
    {
      approvals: wholeNumber({ min: least, max: 9 }, advice).default(usual),
      /** Without it whoever may decide at all. */
      from: groups.optional(),
      notRequester: flag('Write true where whoever asked may not approve.').default(false),
      reasonRequired: flag('Write false where an approval needs no reason.').default(true),
      /** Of a gate with `from`: refuse, since nobody is known to be in a group whose name nobody has proved. */
      unattributed: unattributed.optional(),
      expires: length({ min: '1s', max: '30d' }, 'Write for how long an approval holds, as in 4h.').optional(),
      remind: length({ min: '1s', max: '30d' }, 'Write how often to say that it still waits, as in 30m.').optional(),
    },
    'Write { approvals: 1, from: [sre], notRequester: true, expires: 4h }, or leave it out.',
  )
    .transform((written) => ({
      ...written,
      unattributed: written.unattributed ?? (written.from ? 'refuse' : 'accept'),
    }))
    .prefault({});
}

const byItself = { least: 0, usual: 0 } as const;
const byOnePerson = { least: 0, usual: 1 } as const;
const neverByItself = { least: 1, usual: 1 } as const;

export const gates = mapping(
  {
    fence: gate(byItself),
    fenceDiverging: gate(byItself),
    keepSite: gate(neverByItself),
    synchronize: gate(byOnePerson),
    siteOnline: gate(byOnePerson),
    siteOffline: gate(byItself),
    admitStaleSite: gate(neverByItself),
  } satisfies Record<Gate, unknown>,
  'Write gates: { siteOnline: { approvals: 2 } }, or leave it out.',
).prefault({});

export type GateConfig = z.output<typeof gates>[Gate];
