import { known, type Reading } from '../observation';

/** What was found, what comes of it in an incident, and what to do about it; each a phrase without a full stop. */
export interface Finding {
  what: string;
  consequence: string;
  fix: string;
}

/** What could not be read is never taken for ready. @param what As in `how the caches of site-a are configured`. */
export function unreadFinding(
  what: string,
  reading: Reading<unknown> | undefined,
  consequence = 'whether something there loses data in a split is not known',
): Finding {
  const why = reading && !known(reading) ? reading.unknown : 'NotObserved';
  return {
    what: `${what} could not be read (${why})`,
    consequence,
    fix: `docs/errors.md says what ${why} means; then look again`,
  };
}
