/**
 * Two sites and one witness, in every combination of what reaches what and who is healthy; and samples of more witnesses. Each
 * combination is given to the whole of the rules, and what they do is held against the promises of the quorum and against a second,
 * plain reckoning of who is to be kept.
 */
import fc from 'fast-check';
import { assess } from '../../../domain/assess';
import { keepSiteObstacle } from '../../../domain/eligibility';
import type { Observation } from '../../../domain/observation';
import { otherSite, type MajorityPolicy, type SitePair } from '../../../domain/site-pair';
import type { RunState } from '../../../domain/state';
import { witnesses } from '../../../domain/ballots';
import { votingOf } from '../../../domain/voting';
import { digest, fine, now, observed, pair as usualPair, type SeenSite } from '../../support/observations';
import { protecting } from '../../support/run-states';
import { said as saidBy, withSightings, witnessed, type Reaching, type Witnessing } from '../../support/witnesses';

interface Site {
  /** Its view shows the other site. */
  sees: boolean;
  /** The worker reads it. */
  read: boolean;
  healthy: boolean;
}

interface Combination {
  a: Site;
  b: Site;
  witness: Witnessing;
}

const either = [true, false];
const sites: readonly Site[] = either.flatMap((sees) =>
  either.flatMap((read) => either.map((healthy) => ({ sees, read, healthy }))),
);
const reachings: readonly Reaching[] = ['both', 'site-a', 'site-b', 'neither'];
const witnessings: readonly Witnessing[] = [
  ...reachings.map((reaches) => ({ reaches })),
  ...reachings.map((reaches) => ({ reaches, ageMs: 60_000 })),
  { silent: true },
  { isolated: true, reaches: 'site-b' },
];
const combinations: readonly Combination[] = sites.flatMap((a) =>
  sites.flatMap((b) => witnessings.map((witness) => ({ a, b, witness }))),
);
const majorities: readonly MajorityPolicy[] = ['decides', 'advises', 'required'];
const preferences = ['site-a', 'site-b', null];
const policies = majorities.flatMap((majority) => preferences.map((preferredSite) => ({ majority, preferredSite })));

function seenSite({ sees, read, healthy }: Site): SeenSite {
  const endpoint = { weight: 128, health: healthy ? 'HEALTHY' : 'UNHEALTHY' } as const;
  return read ? { ...fine, endpoint, sees } : { endpoint };
}

function observationOf({ a, b, witness }: Combination): Observation {
  return withSightings({ a: seenSite(a), b: seenSite(b) }, { third: witness });
}

/** A run that counted the votes as often as it does. */
function counted(pair: SitePair): RunState {
  const state = protecting('site-a');
  return { ...state, known: { ...state.known, vote: { retries: pair.policy.quorum.retries, at: now - 60_000 } } };
}

/** The site that the rules begin to fence, and the one they keep. */
function fenceOf(pair: SitePair, observation: Observation): { keepSite: string; staleSite: string } | undefined {
  const { next, remember } = assess({ pair, state: counted(pair), observation, now, digest });
  if (!remember?.roles) return undefined;
  const { keepSite, staleSite } = remember.roles;
  if (next.kind === 'do') expect(next.command).toMatchObject({ kind: 'removeEndpoint', site: staleSite, keepSite });
  return { keepSite, staleSite };
}

/** Who is to be kept, reckoned without any of the rules: by hand, as docs/quorum.md says it. */
function expected({ a, b, witness }: Combination, { majority, preferredSite }: (typeof policies)[number]) {
  const split = (a.read && !a.sees) || (b.read && !b.sees);
  if (!split) return undefined;
  const eligible = [...(a.read && a.healthy ? ['site-a'] : []), ...(b.read && b.healthy ? ['site-b'] : [])];
  if (eligible.length === 0) return undefined;
  const speaks = !witness.silent && !witness.isolated && !witness.ageMs;
  const reaches = speaks ? witness.reaches : 'neither';
  const usual = eligible.length === 2 ? (preferredSite ?? 'site-a') : eligible[0];
  const hasThirdVote = reaches === 'both' ? usual : reaches;
  const isReached = (site: string) => (site === 'site-a' ? a : b).read || reaches === 'both' || reaches === site;
  // The witness reaches both: it counts for the side that is ahead, and a site that answers nobody is not.
  const winner = hasThirdVote !== 'neither' && hasThirdVote && isReached(hasThirdVote) ? hasThirdVote : undefined;
  if (majority === 'required') return winner !== undefined && eligible.includes(winner) ? winner : undefined;
  if (eligible.length < 2) return usual;
  if (majority === 'advises' && preferredSite) return preferredSite;
  return winner ?? usual;
}

describe('two sites and one witness, in all combinations', () => {
  it('are as many as there are', () => {
    expect(combinations).toHaveLength(2 ** 6 * 10);
  });

  it.each(policies)('keep the site that is reckoned by hand, and no other: $majority, $preferredSite', (policy) => {
    const pair = witnessed(['third'], policy);
    for (const combination of combinations) {
      const kept = fenceOf(pair, observationOf(combination))?.keepSite;

      expect({ combination, kept }).toEqual({ combination, kept: expected(combination, policy) });
    }
  });

  it.each(policies)('keep no site that could not serve, and never fence both: $majority, $preferredSite', (policy) => {
    const pair = witnessed(['third'], policy);
    let fences = 0;
    for (const combination of combinations) {
      const observation = observationOf(combination);
      const fence = fenceOf(pair, observation);
      if (!fence) continue;
      fences += 1;

      expect(keepSiteObstacle(observation, fence)).toBeUndefined();
      expect(fence.staleSite).toBe(otherSite(pair, fence.keepSite));
    }
    expect(fences).toBeGreaterThan(30);
  });

  it.each(preferences)('need strictly more than half where a majority is required: %s', (preferredSite) => {
    const pair = witnessed(['third'], { majority: 'required', preferredSite });
    for (const combination of combinations) {
      const observation = observationOf(combination);
      const fence = fenceOf(pair, observation);
      if (!fence) continue;

      expect(votingOf(pair, observation, fence.keepSite).votes[fence.keepSite]).toBe(2);
    }
  });

  it('a witness that says nothing that counts changes nothing, unless a majority is required', () => {
    const without = combinations.filter(({ witness }) => witness.silent || witness.isolated || witness.ageMs);
    for (const combination of without) {
      const observation = observationOf(combination);
      for (const { majority, preferredSite } of policies.filter((policy) => policy.majority !== 'required')) {
        const alone = { ...witnessed([], { majority, preferredSite }), observers: undefined };

        const kept = fenceOf(witnessed(['third'], { majority, preferredSite }), observation);
        expect(kept).toEqual(fenceOf(alone, observation));
      }
    }
    expect(without.length).toBeGreaterThan(300);
  });
});

const witnessing = fc.record({
  reaches: fc.constantFrom(...reachings),
  silent: fc.boolean(),
  isolated: fc.constantFrom(undefined, true, false),
  ageMs: fc.constantFrom(0, 0, 0, 9_000, 11_000, -11_000),
});
const site = fc.record({ sees: fc.boolean(), read: fc.boolean(), healthy: fc.constantFrom(true, true, false) });
const sample = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc.record({
    a: site,
    b: site,
    said: fc.array(witnessing, { minLength: count, maxLength: count }),
    votes: fc.array(fc.constantFrom(1, 1, 1, 0, 2), { minLength: count, maxLength: count }),
    policy: fc.constantFrom(...policies),
  }),
);

describe('samples with three to seven voters', () => {
  const name = (index: number) => `witness-${index}`;

  it('hold every promise of the quorum', () => {
    let fences = 0;
    fc.assert(
      fc.property(sample, ({ a, b, said, votes, policy }) => {
        const pair = witnessed(
          said.map((_, index) => ({ name: name(index), votes: votes[index] ?? 1 })),
          policy,
        );
        const sightings = Object.fromEntries(said.map((one, index) => [name(index), saidBy(one)]));
        const observation = { ...observed({ a: seenSite(a), b: seenSite(b) }), sightings };
        const voting = votingOf(pair, observation, 'site-a');

        // Nobody counts twice, and half is not enough.
        const cast = Object.values(voting.votes).reduce((sum, count) => sum + count, 0);
        expect(cast).toBeLessThanOrEqual(voting.configured);
        expect(voting.needed * 2).toBeGreaterThan(voting.configured);
        if (voting.winner) expect(voting.votes[voting.winner]! * 2).toBeGreaterThan(voting.configured);
        // Silence and old news are no votes.
        for (const [index, { silent, isolated, ageMs }] of said.entries()) {
          if (!silent && !isolated && Math.abs(ageMs) < 10_000) continue;
          expect(voting.cast.find(({ voter }) => voter === name(index))?.countsFor).toBeUndefined();
        }

        const fence = fenceOf(pair, observation);
        if (!fence) return;
        fences += 1;
        expect(keepSiteObstacle(observation, fence)).toBeUndefined();
        expect(fence.staleSite).toBe(otherSite(pair, fence.keepSite));
        const ofKept = votingOf(pair, observation, fence.keepSite);
        if (policy.majority === 'required') expect(ofKept.winner).toBe(fence.keepSite);
        // Without a majority the votes decide nothing: it is as if there were no witness.
        if (policy.majority === 'decides' && voting.winner === undefined && ofKept.winner === undefined) {
          expect(fence).toEqual(fenceOf({ ...pair, observers: undefined }, observation));
        }
      }),
      { numRuns: 3_000 },
    );
    expect(fences).toBeGreaterThan(200);
  });

  it('know no order of the witnesses', () => {
    fc.assert(
      fc.property(sample, ({ a, b, said, votes, policy }) => {
        const observers = said.map((_, index) => ({ name: name(index), votes: votes[index] ?? 1 }));
        const sightings = Object.fromEntries(said.map((one, index) => [name(index), saidBy(one)]));
        const observation = { ...observed({ a: seenSite(a), b: seenSite(b) }), sightings };

        const forwards = fenceOf(witnessed(observers, policy), observation);
        expect(fenceOf(witnessed([...observers].reverse(), policy), observation)).toEqual(forwards);
      }),
    );
  });
});

it('observers without a vote are no witnesses: the pair is as it was without them', () => {
  const looking = witnessed([{ name: 'looker', votes: 0 }]);
  const observation = withSightings(
    { a: { ...fine, sees: false }, b: { ...fine, sees: false } },
    { looker: { reaches: 'site-b' } },
  );

  expect(witnesses(looking)).toEqual([]);
  expect(fenceOf(looking, observation)).toEqual(fenceOf(usualPair, observation));
});
