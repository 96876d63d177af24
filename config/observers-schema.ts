import { z } from 'zod';
import { fileReference, httpUrl, listen, mapping, say, text, wholeNumber } from './fields';
import { network } from './network-schema';

const name = (of: string) =>
  text(/^[a-z0-9-]{1,40}$/, `this is no name of ${of}`, 'Use 1 to 40 lower-case letters, digits and dashes.');

/** How the observer looks by itself, and when it wakes the run. */
const watch = mapping(
  {
    everySeconds: wholeNumber({ min: 1, max: 60 }, 'Write how often it looks by itself, as in 2.').default(2),
    confirmations: wholeNumber(
      { min: 1, max: 100 },
      'Write how many looks in a row must say the same before it wakes the run, as in 3.',
    ).default(3),
  },
  'Write watch: { everySeconds: 2, confirmations: 3 }, watch: {} for these, or leave it out.',
);

const accelerator = mapping(
  {
    url: httpUrl("Write a URL of the service behind the accelerator's name, as in https://login.example/health."),
    ca: fileReference('Write ca: file:/etc/sitewarden/service-ca.pem (PEM), or leave it out.').optional(),
  },
  'Write accelerator: { url: https://login.example/health }, or leave it out.',
);

const observer = mapping(
  {
    /** As in `sitewarden observer --name <name>`. */
    name: name('an observer'),
    /** The site in which it stands, whose fate it shares. */
    site: name('a site').optional(),
    votes: wholeNumber({ min: 0, max: 9 }, 'Write what it counts, as in 1; 0 looks and does not vote.').default(1),
    accelerator: accelerator.optional(),
    watch: watch.optional(),
  },
  'Write an observer as { name: third, votes: 1 }.',
);

export const observers = z
  .array(observer, {
    error: say('this must be a list of observers', 'Write observers: [{ name: third }], or leave it out.'),
  })
  .min(1, { error: say('the list is empty', 'Name at least one observer, or leave the key out.') });

/** Of the observer's own process. */
export const observerProcess = mapping(
  {
    health: mapping(
      { listen: listen('127.0.0.1:9091').default('127.0.0.1:9091') },
      'Write health: { listen: 127.0.0.1:9091 }.',
    ).prefault({}),
    /** Whether the place where it stands is cut off: then its word does not count. */
    network: network.optional(),
  },
  'Write observer: { health: { listen: 127.0.0.1:9091 } }, or leave it out.',
);

export type ObserverConfig = z.output<typeof observer>;
