/**
 * Random incidents, played by the run's own loop. Safety is asked of the world after every single effect; liveness once the
 * world has calmed down. A failure prints fast-check's seed and path, and the story of the shortest incident it found.
 */
import fc from 'fast-check';
import { describeCommand } from '../../../domain/command';
import type { Next } from '../../../domain/next';
import {
  SimulatedIncident,
  type IncidentEvent,
  type SimulatedFencing,
  type SimulatedOptions,
} from '../../support/simulated-incident';
import { sites, type SimulatedSite } from '../../support/simulated-replication';
import type { CommandFate } from '../../support/simulated-world';

/** As many incidents as a build has time for; a longer look is `INCIDENTS=20000`. */
const numRuns = Number(process.env.INCIDENTS ?? 500);
/** More rounds than a fence, a heal of 30 s and a re-fence need together. */
const calmRounds = 120;
const commandsInCalmAtMost = 20;
/** Removed again at most once per 15 s, and a round or two until it is read. */
const exposedAtMostMs = 20_000;

const site = fc.constantFrom<SimulatedSite>('site-a', 'site-b');
const group = fc.nat({ max: 1 });
const person = fc.nat({ max: 2 });
const plan = fc.constantFrom('asked' as const, 'asked' as const, 'older' as const, 'invented' as const);
const fate = fc.constantFrom<CommandFate>(
  'isRefused',
  'takesEffectAndReportsFailure',
  'timesOutAndLandsLater',
  'timesOutAndIsLost',
  'isAcceptedAndLandsLater',
  'findsNoWorker',
);
const kind = <Kind extends IncidentEvent['kind']>(...kinds: Kind[]) => fc.constantFrom(...kinds);

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('link'), siteASees: fc.boolean(), siteBSees: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('siteGoesDown', 'siteComesUp', 'siteRestarts'), site }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('somebodyAdds', 'somebodyRemoves'), site, group }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('somebodyDetaches', 'somebodyAttaches'), site }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('health'),
      site,
      health: fc.constantFrom('HEALTHY' as const, 'UNHEALTHY' as const, 'INITIAL' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('trafficRefuses'), forSeconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('somebodySwitchesOff', 'somebodySwitchesOn'), site }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('weight'), site, group, weight: fc.constantFrom(0, 128) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('dial'), group, dial: fc.constantFrom(0, 100) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('unread'),
      what: fc.constantFrom('traffic' as const, 'devices' as const, 'site-a' as const, 'site-b' as const),
      forSeconds: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: kind('fate'), fate, commands: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('alert', 'resolved'), reporter: site }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('asksFor'), goal: fc.constant('fence' as const), site, person }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('devicesSay'),
      site,
      says: fc.constantFrom('off' as const, 'on' as const, 'oldNews' as const, 'truth' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('hold', 'release', 'retry', 'confirm', 'confirmsTooEarly', 'abort'),
      person,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('approves', 'rejects'), site, person, plan }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('witness'),
      witness: fc.nat({ max: 2 }),
      says: fc.constantFrom('both', 'site-a', 'site-b', 'neither', 'nothing', 'oldNews'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('timePasses'), seconds: fc.integer({ min: 1, max: 70 }) }) },
) as fc.Arbitrary<IncidentEvent>;

/** Half of the pairs have nothing but Global Accelerator. */
const fencing = fc.option(fc.constantFrom<SimulatedFencing>('agent', 'agents', 'manual', 'beside', 'before'), {
  nil: undefined,
  freq: 2,
});
const step = fc.record({ event, whileActing: fc.boolean(), rounds: fc.nat({ max: 5 }) });
const options = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  stableSeconds: fc.constantFrom(2, 30),
  preferredSite: fc.option(site, { nil: undefined }),
  whenPutBack: fc.constantFrom('repair' as const, 'ask' as const),
  fencing,
  witnesses: fc.constantFrom(0, 0, 1, 2, 3),
  majority: fc.constantFrom('decides' as const, 'decides' as const, 'advises' as const, 'required' as const),
});
const incident = fc.record({ options, steps: fc.array(step, { maxLength: 25 }) });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Plays the steps, after an alert that came in a split. */
function play({ options, steps }: { options: SimulatedOptions; steps: readonly Step[] }): SimulatedIncident {
  const simulated = new SimulatedIncident(options);
  simulated.happens({ kind: 'link', siteASees: false, siteBSees: false });
  simulated.happens({ kind: 'alert', reporter: 'site-a' });
  for (const { event, whileActing, rounds } of steps) {
    if (whileActing) simulated.happensWhileActing(event);
    else simulated.happens(event);
    for (let round = 0; round < rounds; round += 1) simulated.round();
  }
  return simulated;
}

function tell(simulated: SimulatedIncident, wrong: readonly string[]): string {
  return wrong.length === 0 ? '' : [...wrong, ...simulated.story].join('\n');
}

/** Sites whose writes do not reach the other one by their own setting. */
function detached({ world }: SimulatedIncident): readonly SimulatedSite[] {
  return sites.filter((name) => world.replication.isDetached(name));
}

/** What keeps the calm world from being a fence; nothing when it is one, or when the run rightly asks or refuses. */
function notFenced(simulated: SimulatedIncident): string[] {
  const { run, lastNext } = simulated;
  if (!run) return ['no run is open though the sites are split'];
  const admitted = simulated.world.traffic.admitted();
  const roles = run.known.roles;
  const keepable = sites.filter((name) => simulated.world.canBeKept(name));
  const fenced = admitted.length === 1 && detached(simulated).includes(admitted[0] as SimulatedSite);
  if (fenced && run.known.provedSince !== undefined) return [];
  const rightly = roles ? !keepable.includes(roles.keepSite as SimulatedSite) : keepable.length === 0;
  if (asksAPerson(lastNext) && (rightly || asksWhetherToFence(simulated) || lacksQuorum(simulated))) return [];
  return [`admitted ${admitted.join()}, detached ${detached(simulated).join()}, next ${JSON.stringify(lastNext)}`];
}

/** By policy a person decides whether a site that somebody put back is removed again, and whether accepted writes are given up. */
function asksWhetherToFence({ lastNext, pair }: SimulatedIncident): boolean {
  if (lastNext?.kind !== 'ask') return false;
  return lastNext.gate === 'fenceDiverging' || (lastNext.gate === 'fence' && pair.policy.whenPutBack === 'ask');
}

/** By policy nothing is fenced by itself without a majority. */
function lacksQuorum({ pair, run }: SimulatedIncident): boolean {
  const code = run?.known.refusal?.code;
  return pair.policy.quorum.majority === 'required' && (code === 'NoQuorum' || code === 'WitnessDisagrees');
}

function asksAPerson(next: Next | undefined): boolean {
  return next?.kind === 'ask' || next?.kind === 'refuse' || next?.kind === 'blocked';
}

/**
 * Runs on in a split that stands still, until it is fenced or a person is asked, and while somebody puts the fenced site
 * back into every group; says what went wrong.
 */
function splitStandsStill(simulated: SimulatedIncident): string[] {
  simulated.calmDown({ siteASees: false, siteBSees: false });
  const before = simulated.commands.length;
  for (let round = 0; round < calmRounds; round += 1) {
    if (!simulated.run) simulated.happens({ kind: 'alert', reporter: 'site-b' });
    const stale = simulated.run?.known.roles?.staleSite as SimulatedSite | undefined;
    if (round === calmRounds / 2 && stale) {
      for (const group of [0, 1]) simulated.happens({ kind: 'somebodyAdds', site: stale, group });
    }
    simulated.round();
    const keepSite = simulated.run?.known.roles?.keepSite;
    if (simulated.pair.policy.whenPutBack === 'ask') continue;
    if (
      simulated.exposedMs() > exposedAtMostMs &&
      keepSite !== undefined &&
      simulated.world.canBeKept(keepSite as SimulatedSite)
    ) {
      return [`S1: both sites are admitted and one is detached for ${simulated.exposedMs()} ms`];
    }
  }
  return [...busy(simulated, before), ...notFenced(simulated)].map((what) => `L1: ${what}`);
}

/** Runs on with a whole link, until the run ended, guards a fence, or asks; says what went wrong. */
function linkHasHealed(simulated: SimulatedIncident): string[] {
  simulated.calmDown({ siteASees: true, siteBSees: true });
  const before = simulated.commands.length;
  for (let round = 0; round < calmRounds; round += 1) simulated.round();
  const { run, lastNext } = simulated;
  const settled = !run || asksAPerson(lastNext) || run.known.provedSince !== undefined;
  const stuck = settled ? [] : [`neither ended, nor fenced, nor asked: ${JSON.stringify(lastNext)}`];
  return [...busy(simulated, before), ...stuck].map((what) => `L2: ${what}`);
}

function busy(simulated: SimulatedIncident, before: number): string[] {
  const commands = simulated.commands.length - before;
  return commands > commandsInCalmAtMost ? [`${commands} commands in a calm world`] : [];
}

describe('simulated incident', () => {
  it('stays safe whatever happens, and ends in one site admitted and detached, or asks, once a split stands still', () => {
    const property = fc.property(incident, (drawn) => {
      const simulated = play(drawn);

      const wrong = splitStandsStill(simulated);

      expect(tell(simulated, [...simulated.violations, ...wrong])).toBe('');
    });
    fc.assert(property, { numRuns });
  });

  it('stays safe whatever happens, and ends, guards a fence, or asks, once the link has healed for good', () => {
    const property = fc.property(incident, (drawn) => {
      const simulated = play(drawn);

      const wrong = linkHasHealed(simulated);

      expect(tell(simulated, [...simulated.violations, ...wrong])).toBe('');
    });
    fc.assert(property, { numRuns });
  });

  it('touches nothing in shadow mode, whatever happens', () => {
    const property = fc.property(incident, ({ options, steps }) => {
      const simulated = play({ options: { ...options, mode: 'shadow' }, steps });

      expect(tell(simulated, simulated.commands.map(describeCommand))).toBe('');
    });
    fc.assert(property, { numRuns });
  });
});
