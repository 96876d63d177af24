import { z } from 'zod';
import { listen, mapping, say, text } from './fields';
import { sentinelLock } from './lock-schema';
import { network } from './network-schema';

const onIsolation = z.enum(['stop', 'lbCheck'], {
  error: say(
    'this is neither stop nor lbCheck',
    "Write stop to run the workload's stop command, or lbCheck to answer 503 at the sentinel's own /lb-check.",
  ),
});

/** Inside a site: what watches its network, and what it does about it. */
export const sentinel = mapping(
  {
    listen: listen('127.0.0.1:9095').default('127.0.0.1:9095'),
    network: network.prefault({}),
    onIsolation: onIsolation.default('stop'),
    lock: sentinelLock.optional(),
    /** Relative to the folder of the configuration; what was stopped is remembered there. */
    stateFolder: text(
      /^(?!file:)[^\0]+$/,
      'this is no folder',
      'Write the folder, as in /var/lib/sitewarden/sentinel.',
    ).default('sitewarden-sentinel'),
  },
  'Write sentinel: { network: { addresses: [10.0.0.1] } }, or leave it out.',
);

export type SentinelConfig = z.output<typeof sentinel>;
