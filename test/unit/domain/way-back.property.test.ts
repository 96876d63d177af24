/**
 * Random ways back: a fenced pair whose link has healed, people who answer rightly and wrongly, and everything that can happen
 * in between. Safety is asked of the world at every effect; what becomes of it is asked once the world has calmed down. A
 * failure prints fast-check's seed and path, and the story of the shortest incident it found.
 */
import fc from 'fast-check';
import type { Goal } from '../../../domain/heard';
import {
  SimulatedIncident,
  type IncidentEvent,
  type SimulatedFencing,
  type SimulatedOptions,
} from '../../support/simulated-incident';
import { isWhole, playUntil, wakeUp, whatIsWrong } from '../../support/simulated-operators';
import type { SimulatedSite } from '../../support/simulated-replication';
import type { CommandFate } from '../../support/simulated-world';

/** As many incidents as a build has time for; a longer look is `INCIDENTS=20000`. */
const numRuns = Number(process.env.INCIDENTS ?? 300);
/** From a split that is read: detached within as many seconds, whatever was going on. */
const writesAgainWithinMs = 20_000;

const site = fc.constantFrom<SimulatedSite>('site-a', 'site-b');
const group = fc.nat({ max: 1 });
const person = fc.nat({ max: 2 });
const plan = fc.constantFrom(
  'asked' as const,
  'asked' as const,
  'asked' as const,
  'older' as const,
  'invented' as const,
);
const goal = fc.constantFrom<Exclude<Goal, 'protect' | 'pause'>>('fence', 'synchronize', 'siteOnline', 'siteOffline');
const fate = fc.constantFrom<CommandFate>(
  'isRefused',
  'takesEffectAndReportsFailure',
  'takesHalfItsEffect',
  'timesOutAndLandsLater',
  'timesOutAndIsLost',
  'isAcceptedAndLandsLater',
  'findsNoWorker',
);
const kind = <Kind extends IncidentEvent['kind']>(...kinds: Kind[]) => fc.constantFrom(...kinds);

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('link'), siteASees: fc.boolean(), siteBSees: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kind('link'), siteASees: fc.constant(true), siteBSees: fc.constant(true) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('siteGoesDown', 'siteComesUp', 'siteRestarts'), site }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('somebodyAdds', 'somebodyRemoves'), site, group }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('somebodyDetaches', 'somebodyAttaches'), site }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('strayWrite', 'applicationStops', 'applicationStarts'), site }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('pushEnds', 'pushSticks'), site }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('cluster'),
      site,
      cluster: fc.constantFrom('HEALTHY' as const, 'HEALTHY_REBALANCING' as const, 'DEGRADED' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('health'),
      site,
      health: fc.constantFrom('HEALTHY' as const, 'UNHEALTHY' as const, 'INITIAL' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('neverHealthy'), site }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('trafficRefuses'), forSeconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('somebodySwitchesOff', 'somebodySwitchesOn'), site }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('witness'),
      witness: fc.nat({ max: 2 }),
      says: fc.constantFrom('both', 'site-a', 'site-b', 'neither', 'nothing', 'oldNews'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('weight'), site, group, weight: fc.constantFrom(0, 128) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('unread'),
      what: fc.constantFrom(
        'traffic' as const,
        'devices' as const,
        'starts' as const,
        'site-a' as const,
        'site-b' as const,
      ),
      forSeconds: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 7, arbitrary: fc.record({ kind: kind('fate'), fate, commands: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('alert', 'resolved'), reporter: site }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('asksFor'), goal, site, person }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('hold', 'release', 'retry', 'confirm'), person }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('abort'), person }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: kind('approves', 'rejects'), site, person, plan, sparing: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('timePasses'), seconds: fc.integer({ min: 1, max: 70 }) }) },
) as fc.Arbitrary<IncidentEvent>;

/** Half of the pairs have nothing but Global Accelerator. */
const fencing = fc.option(fc.constantFrom<SimulatedFencing>('agent', 'agents', 'manual', 'beside', 'before'), {
  nil: undefined,
  freq: 2,
});
/** Something happens, and then some rounds pass in which people answer what they are asked, or do not. */
const step = fc.record({
  event,
  whileActing: fc.boolean(),
  rounds: fc.nat({ max: 12 }),
  answering: fc.boolean(),
});
const options = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  stableSeconds: fc.constantFrom(2, 30),
  preferredSite: fc.constantFrom<SimulatedSite>('site-a', 'site-b'),
  approvals: fc.constantFrom(0, 1, 2),
  expiresSeconds: fc.constantFrom(undefined, 20, 600),
  workload: fc.constantFrom('exec' as const, 'exec' as const, 'manual' as const, 'none' as const),
  fencing,
  witnesses: fc.constantFrom(0, 1, 2, 3),
  majority: fc.constantFrom('decides' as const, 'decides' as const, 'advises' as const, 'required' as const),
});
const incident = fc.record({ options, aroundHeal: fc.nat({ max: 60 }), steps: fc.array(step, { maxLength: 25 }) });

interface Drawn {
  options: SimulatedOptions;
  /** Rounds after the heal in which people answer and nothing else happens. */
  aroundHeal: number;
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[];
}

/** A split is fenced, the link heals, and the way back goes on for a while; then the steps. */
function play({ options, aroundHeal, steps }: Drawn): SimulatedIncident {
  const simulated = new SimulatedIncident(options);
  simulated.happens({ kind: 'link', siteASees: false, siteBSees: false });
  simulated.happens({ kind: 'alert', reporter: 'site-a' });
  playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });
  simulated.happens({ kind: 'link', siteASees: true, siteBSees: true });
  playUntil(simulated, () => !simulated.run, { rounds: aroundHeal });
  for (const { event, whileActing, rounds, answering } of steps) {
    if (whileActing) simulated.happensWhileActing(event);
    else simulated.happens(event);
    playUntil(simulated, () => false, { rounds, answering });
  }
  return simulated;
}

function tell(simulated: SimulatedIncident, wrong: readonly string[]): string {
  const all = [...simulated.violations, ...wrong];
  return all.length === 0 ? '' : [...all, ...simulated.story].join('\n');
}

/** Nothing more goes wrong, people answer and ask; says what keeps the pair from being whole. */
function peopleMend(simulated: SimulatedIncident): string[] {
  simulated.calmDown({ siteASees: true, siteBSees: true });
  const whole = (): boolean => {
    wakeUp(simulated);
    return !simulated.run && isWhole(simulated);
  };
  // A push that hangs is waited for a quarter of an hour.
  playUntil(simulated, whole, { rounds: 2_000 });
  return whatIsWrong(simulated);
}

/** The kept site may be kept, and clients reach it. */
function keepSiteOf({ run, world }: SimulatedIncident): SimulatedSite | undefined {
  const keepSite = run?.known.roles?.keepSite as SimulatedSite | undefined;
  if (!run || run.heard.abort || run.known.admission || keepSite === undefined) return undefined;
  return world.canBeKept(keepSite) ? keepSite : undefined;
}

function isDeviceTried({ lastNext, run }: SimulatedIncident): boolean {
  const device = run?.commands.running?.command.kind ?? '';
  return device.endsWith('ByDevice') || lastNext?.kind === 'blocked' || /device|power/.test(JSON.stringify(lastNext));
}

/** A split comes and stays, whatever was going on, under a hold if there was one; says for how long the kept site was mute. */
function splitComes(simulated: SimulatedIncident): string[] {
  const { world } = simulated;
  simulated.calmDown({ siteASees: false, siteBSees: false }, { held: true });
  const cutAt = world.now;
  playUntil(simulated, () => world.now - cutAt > writesAgainWithinMs, { rounds: 100, answering: false });
  const keepSite = keepSiteOf(simulated);
  if (keepSite === undefined || world.replication.acceptsWrites(keepSite)) return [];
  if (simulated.lastNext?.kind === 'ask') return [];
  // By policy nothing is fenced by itself without a majority; a person is asked after a minute.
  const code = simulated.run?.known.refusal?.code;
  if (simulated.pair.policy.quorum.majority === 'required' && (code === 'NoQuorum' || code === 'WitnessDisagrees'))
    return [];
  // A device of the first level may take its time: nothing is taken over before it confirms.
  if (simulated.pair.fencing && isDeviceTried(simulated)) return [];
  return [`L1: ${keepSite} is kept and accepts no writes: next ${JSON.stringify(simulated.lastNext)}`];
}

describe('simulated way back', () => {
  it('stays safe whatever happens, and ends with both sites serving and equal once people answer', () => {
    const property = fc.property(incident, (drawn) => {
      const simulated = play(drawn);

      const wrong = simulated.violations.length > 0 ? [] : peopleMend(simulated);

      expect(tell(simulated, wrong)).toBe('');
    });
    fc.assert(property, { numRuns });
  });

  it('lets the kept site write again within seconds of a split, whatever was going on, and under a hold', () => {
    const property = fc.property(incident, (drawn) => {
      const simulated = play(drawn);

      const wrong = splitComes(simulated);

      expect(tell(simulated, wrong)).toBe('');
    });
    fc.assert(property, { numRuns });
  });
});
