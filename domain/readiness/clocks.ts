import { known, type Reading } from '../observation';
import type { SitePair } from '../site-pair';
import { duration, seconds } from '../time';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';
import type { ClockReading } from './surroundings';

interface ClockRule {
  atMostMs: number;
  consequence: string;
}

/** By whose clock it is; every other name is that of a site. */
const rules: Readonly<Record<string, ClockRule>> = {
  Temporal: {
    atMostMs: seconds(5),
    consequence:
      'messages are dated by one clock and looks by the other: approvals expire, a pause ends and a drain is over too early or too late by as much',
  },
  AWS: {
    atMostMs: seconds(60),
    consequence: 'from 5 minutes on AWS refuses a signed request at first, and each fence begins with refused calls',
  },
};

const ofASite: ClockRule = {
  atMostMs: seconds(5),
  consequence:
    'what has a lifespan ends too early or too late there, and a token of one site may not be valid yet at the other',
};

/** Held against the clock of the worker that looks. A site that tells no time is not held against anything. */
export function clockFindings(_pair: SitePair, { surroundings }: Pick<ReadinessFacts, 'surroundings'>): Finding[] {
  return Object.entries(surroundings.clocks).flatMap(([of, reading]) => findingsOf(of, reading));
}

function findingsOf(of: string, reading: Reading<ClockReading>): Finding[] {
  const { atMostMs, consequence } = rules[of] ?? ofASite;
  if (!known(reading)) {
    // Temporal and AWS always tell it: there it means that no answer came in time.
    return reading.unknown === 'NotObserved' && !(of in rules)
      ? []
      : [unreadFinding(`the clock of ${of}`, reading, consequence)];
  }
  const aheadMs = workerAheadBy(reading.value);
  if (Math.abs(aheadMs) <= atMostMs) return [];
  const which = aheadMs > 0 ? 'ahead of' : 'behind';
  // Its time is when this look was scheduled.
  const orWaited = of === 'Temporal' && aheadMs > 0 ? ', or this look waited as long for its worker' : '';
  return [
    {
      what: `the worker's clock is ${duration(Math.abs(aheadMs))} ${which} that of ${of}${orWaited}`,
      consequence,
      fix: `synchronize the clocks (NTP, chrony): the worker's host first${of in rules ? '' : `, then ${of}`}`,
    },
  ];
}

/** By as much as is certain; 0 where the time that the answer took, and its precision, explain the difference. */
function workerAheadBy({ theirs, resolutionMs, askedAt, answeredAt }: ClockReading): number {
  const least = askedAt - theirs - resolutionMs;
  const most = answeredAt - theirs;
  if (least > 0) return least;
  return most < 0 ? most : 0;
}
