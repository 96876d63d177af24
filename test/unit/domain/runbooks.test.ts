/**
 * Each runbook, played by the run's own loop against a simulated pair: it succeeds; each step may be repeated; after a failure
 * at any step, and after an abort at any wait, what is left is safe, and the next run goes on from what is really there.
 */
import { canonicalJson } from '../../../domain/canonical-json';
import type { Outcome } from '../../../domain/next';
import { SimulatedIncident, type SimulatedOptions } from '../../support/simulated-incident';
import { answer, isWhole, playUntil, wakeUp, whatIsWrong } from '../../support/simulated-operators';
import type { CommandFate } from '../../support/simulated-world';

const options: SimulatedOptions = { groups: 2, stableSeconds: 2, preferredSite: 'site-a' };
const fates: readonly CommandFate[] = [
  'isRefused',
  'takesEffectAndReportsFailure',
  'takesHalfItsEffect',
  'timesOutAndLandsLater',
  'timesOutAndIsLost',
  'isAcceptedAndLandsLater',
  'findsNoWorker',
];

/** A runbook: what begins it, and how it ends. */
interface Runbook {
  name: string;
  begin(incident: SimulatedIncident): void;
  outcome: Outcome;
  steps: readonly string[];
}

const detachAndSynchronize = [
  'removeEndpoint',
  'removeEndpoint',
  'takeBackupOffline',
  'stopApplication',
  'takeBackupOffline',
  'compareSites',
  'emptySite',
  'startPush',
  'compareSites',
  'bringBackupOnline',
  'startApplication',
  'compareSites',
  'addEndpoint',
  'addEndpoint',
];

const runbooks: readonly Runbook[] = [
  {
    name: 'fence, synchronize and site online',
    begin(incident) {
      incident.happens({ kind: 'link', siteASees: false, siteBSees: false });
      incident.happens({ kind: 'alert', reporter: 'site-a' });
      playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
      incident.happens({ kind: 'link', siteASees: true, siteBSees: true });
      incident.happens({ kind: 'resolved', reporter: 'site-a' });
    },
    outcome: 'siteOnline',
    steps: detachAndSynchronize,
  },
  {
    name: 'site offline',
    begin(incident) {
      incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
    },
    outcome: 'siteOffline',
    steps: ['removeEndpoint', 'removeEndpoint'],
  },
  {
    name: 'site online after a planned site offline',
    begin(incident) {
      incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
      playUntil(incident, () => !incident.run);
      incident.happens({ kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 0 });
    },
    outcome: 'siteOnline',
    steps: ['removeEndpoint', 'removeEndpoint', 'compareSites', 'addEndpoint', 'addEndpoint'],
  },
];

/** More rounds than any of them needs with one failure in it. */
const rounds = 400;

/** What is wrong, with the story of how it came about; empty when nothing is. */
function tell(incident: SimulatedIncident, wrong: readonly string[]): string {
  const all = [...incident.violations, ...wrong];
  return all.length === 0 ? '' : [...all, ...incident.story].join('\n');
}

function play({ begin, outcome }: Runbook, prepared: (incident: SimulatedIncident) => void = () => undefined) {
  const incident = new SimulatedIncident(options);
  prepared(incident);
  begin(incident);
  const ended = playUntil(incident, () => !incident.run, { rounds });
  const wrong = ended && incident.lastOutcome === outcome ? [] : [`ended ${incident.lastOutcome}, not ${outcome}`];
  return { incident, wrong: [...wrong, ...(outcome === 'siteOnline' ? whatIsWrong(incident) : [])] };
}

/** The pair is made whole by whoever is left with it. */
function mend(incident: SimulatedIncident): string[] {
  const whole = (): boolean => {
    wakeUp(incident);
    return !incident.run && isWhole(incident);
  };
  playUntil(incident, whole, { rounds: 2 * rounds });
  return whatIsWrong(incident);
}

describe.each(runbooks)('the runbook $name', (runbook) => {
  it('succeeds', () => {
    const { incident, wrong } = play(runbook);

    expect(tell(incident, wrong)).toBe('');
    expect(incident.commands.map(({ kind }) => kind)).toEqual(runbook.steps);
  });

  it('is not harmed by a step that is carried out twice, whichever it is', () => {
    for (const step of runbook.steps.keys()) {
      const { incident, wrong } = play(runbook, (one) => {
        one.beforeCommand = (index) => {
          one.repeats = index === step;
        };
      });

      expect(tell(incident, wrong)).toBe('');
    }
  });

  it.each(fates)('ends all the same when a command %s, whichever it is', (fate) => {
    for (const step of runbook.steps.keys()) {
      const { incident, wrong } = play(runbook, (one) => {
        one.beforeCommand = (index) => {
          if (index === step) one.happens({ kind: 'fate', fate, commands: 1 });
        };
      });

      expect(tell(incident, wrong)).toBe('');
    }
  });

  it('can be aborted at every wait, and a new run starts from what is really there', () => {
    const { waits } = watched(runbook);
    expect(waits).toBeGreaterThan(2);
    for (let wait = 0; wait < waits; wait += 1) {
      const { incident } = watched(runbook, wait);
      playUntil(incident, () => !incident.run, { rounds: 60, answering: false });
      const left = incident.run ? ['the aborted run is still open'] : [];
      const wrong = left.length > 0 ? left : mend(incident);

      expect(tell(incident, wrong)).toBe('');
    }
  });
});

/** Plays until the run has begun to wait for the `abortAt`th other thing, and aborts it there. */
function watched({ begin }: Runbook, abortAt = Infinity): { incident: SimulatedIncident; waits: number } {
  const incident = new SimulatedIncident(options);
  begin(incident);
  let waits = 0;
  let before = '';
  for (let round = 0; round < rounds && incident.run; round += 1) {
    incident.round();
    const waiting = incident.lastNext && incident.lastNext.kind !== 'do' ? canonicalJson(incident.lastNext) : before;
    if (waiting !== before) {
      before = waiting;
      if (waits === abortAt) {
        incident.happens({ kind: 'abort', person: 0 });
        return { incident, waits };
      }
      waits += 1;
    }
    answer(incident);
  }
  return { incident, waits };
}
