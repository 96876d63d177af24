import { z } from 'zod';
import { mapping, say, wholeNumber } from './fields';

const majority = z.enum(['decides', 'advises', 'required'], {
  error: say(
    'this is neither decides, advises nor required',
    'Write decides to let the majority of the votes win even against the preferred site, advises to let the preferred site come first, required to fence nothing by itself without a majority.',
  ),
});

/** How the votes of the pair's witnesses count when it is split. */
export const quorum = mapping(
  {
    majority: majority.default('decides'),
    /** Before a split without a majority is left to the tie-break. */
    retries: wholeNumber({ min: 0, max: 100 }, 'Write how often votes are counted again, as in 3.').default(3),
    waitSeconds: wholeNumber({ min: 1, max: 60 }, 'Write the seconds between two counts, as in 2.').default(2),
    staleSeconds: wholeNumber(
      // A look takes longer than two seconds where a site is silent: every witness would be out of date then.
      { min: 3, max: 600 },
      'Write the age in seconds at which a sighting is no vote any more, as in 10.',
    ).default(10),
  },
  'Write quorum: { majority: required }, or leave it out.',
);
