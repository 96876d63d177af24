/** Fence levels, played in the simulated world: what the detach waits for, and what is done until it may be. */
import { describeCommand } from '../../../domain/command';
import { rehearseFence } from '../../../domain/rehearse';
import type { FenceDevice, SitePair } from '../../../domain/site-pair';
import { fenceLevels, membersOf } from '../../../domain/fence-levels';
import { answer, playUntil, wakeUp } from '../../support/simulated-operators';
import { SimulatedIncident, type SimulatedFencing, type SimulatedOptions } from '../../support/simulated-incident';
import { pair } from '../../support/observations';

const offByPower = 'switch site-b off by the fence device power-site-b; site-a stays';
const detach = 'on site-a take the backup to site-b offline';
const forLong = 900;

/** A split; site-a is preferred, so that site-b is stale. */
function split(fencing: SimulatedFencing | undefined, options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const simulated = new SimulatedIncident({
    ...{ groups: 1, stableSeconds: 2, preferredSite: 'site-a', fencing, workload: 'none' },
    ...options,
  });
  simulated.happens({ kind: 'link', siteASees: false, siteBSees: false });
  return simulated;
}

function alerted(simulated: SimulatedIncident): SimulatedIncident {
  simulated.happens({ kind: 'alert', reporter: 'site-a' });
  return simulated;
}

const refusing = (simulated: SimulatedIncident): SimulatedIncident => {
  simulated.happens({ kind: 'trafficRefuses', forSeconds: forLong });
  return simulated;
};

function play(simulated: SimulatedIncident, seconds: number): void {
  const until = simulated.world.now + seconds * 1_000;
  while (simulated.world.now < until) simulated.round();
}

const did = ({ commands }: SimulatedIncident): string[] => commands.map(describeCommand);
const timeline = ({ run }: SimulatedIncident): string[] => (run?.known.timeline ?? []).map(({ what }) => what);
const isDetached = ({ world }: SimulatedIncident): boolean => world.replication.isDetached('site-a');
const next = ({ lastNext }: SimulatedIncident) => lastNext;

describe('fence levels', () => {
  it('are Global Accelerator alone where no device fences the site', () => {
    expect(fenceLevels(pair, 'site-b')).toEqual([{ level: 1, traffic: true, devices: [] }]);
  });

  it('are sorted, with all that is of one level together', () => {
    const device = (name: string, site: string, level: number): FenceDevice => ({ name, site, level, kind: 'agent' });
    const devices = [device('late', 'site-b', 7), device('other', 'site-a', 1), device('beside', 'site-b', 3)];
    const levelled: SitePair = { ...pair, fencing: { trafficLevel: 3, trafficWithinSeconds: 30, devices } };

    expect(fenceLevels(levelled, 'site-b').map((level) => [level.level, membersOf(level)])).toEqual([
      [3, 'Global Accelerator and beside'],
      [7, 'late'],
    ]);
  });

  it('level 1 confirms: no device is asked for anything, and the detach follows at once', () => {
    const simulated = alerted(split('agent'));

    play(simulated, 120);

    expect(did(simulated)).toEqual(['remove site-b from Global Accelerator (0); site-a stays', detach]);
    expect(simulated.run?.known.devices).toBeUndefined();
  });

  it('level 1 fails and level 2 confirms: only then the kept site is detached', () => {
    const simulated = refusing(alerted(split('agent')));
    const order: string[] = [];
    simulated.beforeCommand = () => void order.push(isDetached(simulated) ? 'detached' : 'attached');

    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(did(simulated).slice(-2)).toEqual([offByPower, detach]);
    expect(new Set(order)).toEqual(new Set(['attached']));
    expect(simulated.world.power['site-b']).toMatchObject({ on: false, by: 'sitewarden' });
    play(simulated, 2);
    expect(simulated.run?.known.provedSince).toBeDefined();
    expect(timeline(simulated)).toContain(
      'fence level 1 (Global Accelerator) failed: TrafficDenied, 3 times: the next one is tried',
    );
    expect(simulated.violations).toEqual([]);
  });

  it('level 1 that cannot be read is given its time, and then the next one is tried', () => {
    const simulated = alerted(split('agent'));
    simulated.happensWhileActing({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });

    play(simulated, 28);
    expect(did(simulated)).not.toContain(offByPower);
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });

    expect(did(simulated).slice(-2)).toEqual([offByPower, detach]);
    expect(timeline(simulated)).toContain(
      'fence level 1 (Global Accelerator) has not confirmed within 30 s: the next one is tried',
    );
    expect(simulated.violations).toEqual([]);
  });

  describe('a lock that other automation holds', () => {
    const held = (forSeconds: number, fencing: SimulatedFencing = 'agent'): SimulatedIncident => {
      const simulated = alerted(split(fencing));
      simulated.happens({ kind: 'lockIsHeld', forSeconds });
      return simulated;
    };

    it('for a moment switches no site off: Global Accelerator was not asked, so it has refused nothing', () => {
      const simulated = held(5);

      playUntil(simulated, () => isDetached(simulated), { answering: false });

      expect(simulated.world.power['site-b'].on).toBe(true);
      expect(simulated.world.traffic.admitted()).toEqual(['site-a']);
      expect(timeline(simulated).join()).not.toContain('failed');
    });

    it('makes no three refusals of one by Global Accelerator that comes after it', () => {
      const simulated = held(5);
      play(simulated, 4);
      simulated.happens({ kind: 'trafficRefuses', forSeconds: 6 });

      playUntil(simulated, () => isDetached(simulated), { answering: false });

      expect(simulated.violations).toEqual([]);
      expect(simulated.world.power['site-b'].on).toBe(true);
      expect(timeline(simulated).join()).not.toContain('failed');
    });

    it('has no device fail: it is waited for, and said, and nobody is asked to cut the site off by hand', () => {
      const simulated = held(forLong, 'before');

      play(simulated, 120);

      const { for: waitsFor } = next(simulated) as { for: string };
      expect(waitsFor).toMatch(/^another try after LockHeld, since /);
      expect(simulated.run?.known.failedLevels).toBeUndefined();
      simulated.happens({ kind: 'lockIsHeld', forSeconds: 0 });
      playUntil(simulated, () => isDetached(simulated), { answering: false });
      expect(simulated.world.power['site-b']).toMatchObject({ on: false, by: 'sitewarden' });
      expect(simulated.violations).toEqual([]);
    });

    it('while a later level has confirmed asks nobody for the right to remove the site', () => {
      const simulated = refusing(alerted(split('agent')));
      playUntil(simulated, () => isDetached(simulated), { answering: false });
      simulated.happens({ kind: 'lockIsHeld', forSeconds: forLong });

      play(simulated, 120);

      expect(next(simulated)).toMatchObject({ kind: 'wait' });
    });
  });

  it('the endpoint goes out all the same, as soon as Global Accelerator takes it; then level 1 has not failed any more', () => {
    const simulated = alerted(split('agent'));
    simulated.happens({ kind: 'trafficRefuses', forSeconds: 60 });
    playUntil(simulated, () => simulated.world.traffic.admitted().length === 1, { answering: false });

    play(simulated, 3);

    expect(simulated.world.power['site-b'].on).toBe(false);
    expect(simulated.run?.known.failedLevels).toBeUndefined();
  });

  it.each<[SimulatedFencing, string]>([
    ['beside', 'an agent in the level of Global Accelerator: both have to confirm'],
    ['before', 'an agent as level 1: Global Accelerator alone does not count before it has failed'],
  ])('%s: %s', (fencing) => {
    const simulated = alerted(split(fencing));

    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(did(simulated)).toEqual(['remove site-b from Global Accelerator (0); site-a stays', offByPower, detach]);
    expect(simulated.world.power['site-b'].on).toBe(false);
  });

  it('before: a device that fails leaves it to Global Accelerator', () => {
    const simulated = split('before');
    alerted(simulated);
    simulated.round();
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 1 });

    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(simulated.world.power['site-b'].on).toBe(true);
    expect(simulated.world.traffic.admitted()).toEqual(['site-a']);
    expect(timeline(simulated)).toContain(
      'fence level 1 (power-site-b) failed: power-site-b: FenceDeviceNotConfirmed: the next one is tried',
    );
  });

  it('agents: the first one fails, the second one confirms', () => {
    const simulated = refusing(alerted(split('agents')));
    playUntil(simulated, () => did(simulated).includes(offByPower), { answering: false });
    // The first of the devices is on its way; it ends without effect.
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: 1 });

    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(simulated.violations).toEqual([]);
    expect(simulated.world.power['site-b'].on).toBe(false);
  });

  it('all levels fail: nothing is taken over, and a person is asked', () => {
    const simulated = refusing(alerted(split('agents')));
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 1_000 });

    play(simulated, 200);

    expect(isDetached(simulated)).toBe(false);
    expect(simulated.run?.known.failedLevels).toEqual([1, 2, 3]);
    // What failed is tried again meanwhile; between the tries it is said what is wrong.
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });
    expect(next(simulated)).toMatchObject({ kind: 'blocked', type: 'FenceNotConfirmed', can: ['retry', 'abort'] });
    expect((next(simulated) as { message: string }).message).toContain(
      'no fence level has confirmed that site-b serves nobody (level 1, Global Accelerator; level 2, power-site-b; level 3, console-site-b)',
    );
    expect((next(simulated) as { message: string }).message).toContain('power-site-b: FenceDeviceNotConfirmed');
    expect(timeline(simulated)).toContain(
      'fence level 3 (console-site-b) failed: console-site-b: FenceDeviceNotConfirmed, and it was the last one',
    );
    expect(simulated.violations).toEqual([]);
  });

  it('all levels failed: as soon as one confirms the run goes on by itself', () => {
    const simulated = refusing(alerted(split('agents')));
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 12 });
    playUntil(simulated, () => simulated.run?.known.failedLevels?.length === 3, { answering: false });

    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(isDetached(simulated)).toBe(true);
    expect(simulated.violations).toEqual([]);
  });

  it('a device that takes the command without any status: the level fails, and nothing is taken over', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });

    play(simulated, 120);

    expect(did(simulated).filter((said) => said === offByPower).length).toBeGreaterThan(0);
    expect(isDetached(simulated)).toBe(false);
    expect(timeline(simulated)).toContain(
      'fence level 2 (power-site-b) failed: power-site-b took the command, and site-b does not read off, and it was the last one',
    );
    const asked = did(simulated).filter((said) => said === offByPower).length;
    play(simulated, 30);
    expect(did(simulated).filter((said) => said === offByPower).length - asked).toBeLessThanOrEqual(1);
  });

  it('two devices that take their command without any status are tried again in turn', () => {
    const simulated = refusing(alerted(split('agents')));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });

    play(simulated, 300);

    const asked = did(simulated).filter((said) => said.includes('fence device'));
    expect(new Set(asked).size).toBe(2);
    expect(asked.length).toBeGreaterThan(3);
    expect(isDetached(simulated)).toBe(false);
  });

  it('a device that says off of a site that still answers drives another machine: it is not believed', () => {
    const simulated = refusing(alerted(split('agent')));
    const observe = simulated.world.observe.bind(simulated.world);
    simulated.world.observe = (devices) => {
      const seen = observe(devices);
      return { ...seen, devices: { 'power-site-b': { value: 'off', at: seen.at } } };
    };
    // It is asked, says that it did it, and did not.
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 1_000 });

    play(simulated, 120);

    expect(isDetached(simulated)).toBe(false);
  });

  it('a site that goes on answering though its device says off: what is waited for is that it stops', () => {
    const simulated = refusing(alerted(split('agent')));
    const observe = simulated.world.observe.bind(simulated.world);
    simulated.world.observe = (devices) => {
      const seen = observe(devices);
      const answering = { ...seen.sites['site-b']!, health: { value: 200, at: seen.at } };
      return { ...seen, sites: { ...seen.sites, 'site-b': answering } };
    };
    playUntil(simulated, () => simulated.run?.known.devices?.['power-site-b']?.offSince !== undefined, {
      answering: false,
    });
    const waits = new Set<string>();

    // Within the time in which a command may soon show, and after it was sent once more.
    for (let round = 0; round < 20; round += 1) {
      simulated.round();
      const said = next(simulated);
      if (said?.kind === 'wait') waits.add(said.for);
    }

    expect([...waits].filter((what) => what.includes('power-site-b') && !what.startsWith('the end of'))).toEqual([
      'site-b to stop answering, though power-site-b says that it is off',
    ]);
    expect(isDetached(simulated)).toBe(false);
  });

  it('what a device said longer than 15 s ago does not count', () => {
    const simulated = refusing(alerted(split('agent')));
    const observe = simulated.world.observe.bind(simulated.world);
    simulated.world.observe = (devices) => {
      const seen = observe(devices);
      return { ...seen, devices: { 'power-site-b': { value: 'off', at: seen.at - 15_001 } } };
    };

    play(simulated, 120);

    expect(isDetached(simulated)).toBe(false);
  });
});

describe('a site is switched off only in favour of one that serves', () => {
  it('the kept site is sick: nothing is switched off, and it is refused', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.round();
    simulated.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    simulated.happens({ kind: 'applicationStops', site: 'site-b' });

    play(simulated, 55);

    expect(next(simulated)).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUnhealthy' } });
    expect(simulated.world.power['site-b'].on).toBe(true);
  });

  it('the kept site is sick in the round in which its level failed: nothing is switched off', () => {
    const simulated = alerted(split('before'));
    simulated.round();
    simulated.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    simulated.happens({ kind: 'applicationStops', site: 'site-b' });

    play(simulated, 9);

    expect(next(simulated)).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUnhealthy' } });
    expect(did(simulated)).not.toContain(offByPower);
  });

  it('the kept site gets no traffic where the stale one is: nothing is switched off', () => {
    const simulated = refusing(alerted(split('before')));
    simulated.round();
    simulated.happens({ kind: 'weight', site: 'site-a', group: 0, weight: 0 });

    play(simulated, 9);

    expect(next(simulated)).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteGetsNoTraffic' } });
    expect(did(simulated)).not.toContain(offByPower);
  });

  it('Global Accelerator cannot be read and the kept site does not say 200: nothing is switched off', () => {
    const simulated = alerted(split('agent'));
    simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    simulated.round();
    simulated.happens({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.happens({ kind: 'applicationStops', site: 'site-a' });

    play(simulated, 50);

    expect(next(simulated)).toMatchObject({ kind: 'refuse', refusal: { code: 'TrafficUnknown' } });
    expect(simulated.world.power['site-b'].on).toBe(true);
  });

  it('the kept site cannot be detached: nothing is switched off', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.round();
    simulated.happens({ kind: 'unread', what: 'site-a', forSeconds: forLong });

    play(simulated, 50);

    expect(did(simulated)).not.toContain(offByPower);
    expect(next(simulated)).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteNotAdministrable' } });
  });

  it('the link heals before a device was asked: the site is not switched off', () => {
    const simulated = alerted(split('agent'));
    simulated.happens({ kind: 'trafficRefuses', forSeconds: 20 });
    play(simulated, 2);
    simulated.happens({ kind: 'link', siteASees: true, siteBSees: true });

    play(simulated, 120);

    expect(did(simulated)).not.toContain(offByPower);
  });

  it('a kept site that is lost after a device was asked is not swapped by itself: a person is asked', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 1_000 });
    playUntil(simulated, () => did(simulated).includes(offByPower), { answering: false });
    simulated.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });

    play(simulated, 60);

    expect(simulated.run?.known.roles).toMatchObject({ keepSite: 'site-a' });
    expect(next(simulated)).toMatchObject({ kind: 'ask', gate: 'keepSite' });
  });

  it('a person chooses the other site while a device is asked: what it does is waited for first', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    simulated.beforeCommand = (index) =>
      index === 3 && simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    playUntil(simulated, () => simulated.run?.commands.running !== undefined, { answering: false });
    simulated.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    play(simulated, 20);
    expect(next(simulated)).toMatchObject({ kind: 'ask', gate: 'keepSite' });

    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    simulated.round();

    expect(next(simulated)).toMatchObject({ kind: 'wait', for: `the end of: ${offByPower}` });
  });
});

describe('a kept site that is lost after the detach, while a device is asked', () => {
  it('is not replaced by the site that goes off, whoever approves it, before the device has ended', () => {
    const simulated = alerted(split('agent'));
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });
    refusing(simulated).happens({ kind: 'somebodyAdds', site: 'site-b', group: 0 });
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    simulated.beforeCommand = (index) =>
      did(simulated).length === index &&
      simulated.run?.known.failedLevels &&
      simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    playUntil(simulated, () => simulated.run?.commands.running !== undefined, { answering: false });
    simulated.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    play(simulated, 20);
    expect(next(simulated)).toMatchObject({ kind: 'ask', gate: 'admitStaleSite' });

    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    simulated.round();

    expect(simulated.run?.known.admission).toBeUndefined();
    expect(next(simulated)).toMatchObject({ question: expect.stringContaining('power-site-b is switching it off') });
    expect(did(simulated).at(-1)).toBe(offByPower);
  });
});

describe('what failed is tried again', () => {
  it('but not a device whose level Global Accelerator keeps from confirming: a site would be taken away for nothing', () => {
    const simulated = refusing(alerted(split('beside')));

    play(simulated, 200);

    expect(did(simulated)).not.toContain(offByPower);
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });
    expect(next(simulated)).toMatchObject({ type: 'FenceNotConfirmed' });
    expect((next(simulated) as { message: string }).message).toContain('so site-a is not detached and nothing is');
  });

  it('and who is asked for help is told when the kept site writes alone already', () => {
    const simulated = alerted(split('beside'));
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });
    simulated.happens({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.happens({ kind: 'somebodySwitchesOn', site: 'site-b' });
    playUntil(simulated, () => next(simulated)?.kind === 'wait' && simulated.world.power['site-b'].on, {
      answering: false,
      rounds: 3,
    });
    expect(next(simulated)).toMatchObject({ kind: 'wait', for: 'Global Accelerator to answer' });

    play(simulated, 60);

    expect(next(simulated)).toMatchObject({ kind: 'blocked', type: 'FenceNotConfirmed' });
    expect((next(simulated) as { message: string }).message).toContain('site-a writes alone, and it is not proved');
  });
});

describe('a word to try again', () => {
  const retried = (simulated: SimulatedIncident) => {
    simulated.happens({ kind: 'retry', person: 0 });
    return simulated.run!.heard.decisions.at(-1)!.refused;
  };
  const isBlocked = (simulated: SimulatedIncident) => next(simulated)?.kind === 'blocked';

  it('has a device asked again at once that took its command without effect', () => {
    const simulated = refusing(alerted(split('agent')));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    const asked = () => did(simulated).filter((said) => said === offByPower).length;
    playUntil(simulated, () => simulated.run?.known.failedLevels?.length === 2 && isBlocked(simulated), {
      answering: false,
    });
    const before = asked();

    expect(retried(simulated)).toBeUndefined();
    play(simulated, 3);

    expect(asked()).toBe(before + 1);
    play(simulated, 20);
    expect(asked()).toBe(before + 1);
  });

  it('has the removal tried at once that was refused, where a person is the level', () => {
    const simulated = refusing(alerted(split('manual')));
    playUntil(simulated, () => isBlocked(simulated), { answering: false });

    expect(retried(simulated)).toBeUndefined();
    simulated.round();

    expect(did(simulated).at(-1)).toMatch(/^remove site-b/);
  });

  it('is not taken where nothing is tried: a person has to cut the site off, and to confirm it', () => {
    const simulated = alerted(split('manual'));
    simulated.happensWhileActing({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    playUntil(simulated, () => isBlocked(simulated), { answering: false });

    expect(next(simulated)).toMatchObject({ type: 'FenceManual', can: ['confirm', 'abort'] });
    expect(retried(simulated)).toMatchObject({
      code: 'NotRetryable',
      message: expect.stringContaining('then confirm'),
    });
  });

  it('is not taken where no level has confirmed and Global Accelerator cannot be read, so that there is nothing to try', () => {
    const simulated = alerted(split('beside'));
    simulated.happensWhileActing({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    playUntil(simulated, () => isBlocked(simulated), { answering: false });

    expect(next(simulated)).toMatchObject({ type: 'FenceNotConfirmed', can: ['abort'] });
    expect(retried(simulated)).toMatchObject({ code: 'NotRetryable' });
  });
});

describe('a person as fence level', () => {
  it('is told what to do and what a wrong word destroys; then a confirmation lets the kept site take over', () => {
    const simulated = refusing(alerted(split('manual')));
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });

    expect(next(simulated)).toMatchObject({ type: 'FenceManual', can: ['retry', 'confirm', 'abort'] });
    const { message } = next(simulated) as { message: string };
    expect(message).toContain('cut site-b off by hand (by-hand-site-b), see for yourself that it serves nobody');
    expect(message).toContain('both sites accept writes that the other one never gets');
    expect(message).toContain('site-b still answers us: a confirmation that is given while it does never counts.');
    expect(isDetached(simulated)).toBe(false);
    answer(simulated);
    playUntil(simulated, () => isDetached(simulated), { answering: false });

    expect(isDetached(simulated)).toBe(true);
    expect(simulated.violations).toEqual([]);
  });

  it('is not told that the site answers where it does not', () => {
    const simulated = refusing(alerted(split('manual')));
    simulated.happens({ kind: 'applicationStops', site: 'site-b' });

    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });

    expect((next(simulated) as { message: string }).message).not.toContain('still answers us');
  });

  it('who confirms a site that still answers is not believed', () => {
    const simulated = refusing(alerted(split('manual')));
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });
    simulated.happens({ kind: 'confirm', person: 0 });
    simulated.happens({ kind: 'somebodySwitchesOn', site: 'site-b' });

    play(simulated, 60);

    expect(isDetached(simulated)).toBe(false);
    expect(next(simulated)).toMatchObject({ kind: 'blocked', type: 'FenceManual' });
  });

  it('who confirmed a site that still answered is not believed later either, once it is silent for a moment', () => {
    const simulated = refusing(alerted(split('manual')));
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });
    simulated.happens({ kind: 'confirmsTooEarly', person: 0 });
    simulated.round();
    simulated.happens({ kind: 'applicationStops', site: 'site-b' });

    play(simulated, 60);

    expect(timeline(simulated)).toContain(
      'site-b answers though it was confirmed that it is cut off: that word does not count',
    );
    expect(isDetached(simulated)).toBe(false);
    expect(next(simulated)).toMatchObject({ kind: 'blocked', type: 'FenceManual' });
    simulated.happens({ kind: 'confirm', person: 0 });
    playUntil(simulated, () => isDetached(simulated), { answering: false });
    expect(isDetached(simulated)).toBe(true);
  });
});

describe('an abort', () => {
  it('detaches nothing while no level confirms, though the site is out of Global Accelerator: its device is of the same level', () => {
    const simulated = alerted(split('beside'));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    playUntil(simulated, () => simulated.world.traffic.endpointsOf('site-b').length === 0, { answering: false });
    simulated.happens({ kind: 'abort', person: 0 });

    playUntil(simulated, () => !simulated.run, { answering: false });

    expect(simulated.lastOutcome).toBe('aborted');
    expect(isDetached(simulated)).toBe(false);
  });

  it('detaches a site that is out of Global Accelerator where that is a level of its own, tried or not', () => {
    const simulated = alerted(split('before'));
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    playUntil(simulated, () => simulated.world.traffic.endpointsOf('site-b').length === 0, { answering: false });
    simulated.happens({ kind: 'abort', person: 0 });

    playUntil(simulated, () => !simulated.run, { answering: false });

    expect(isDetached(simulated)).toBe(true);
  });
});

describe('the guard of a site that is switched off', () => {
  /** Fenced by the device alone. */
  function fencedByDevice(fencing: SimulatedFencing = 'agent'): SimulatedIncident {
    const simulated = refusing(alerted(split(fencing)));
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });
    return simulated;
  }

  it('that somebody switches on while it is in traffic: it is switched off again', () => {
    const simulated = fencedByDevice();
    simulated.happens({ kind: 'somebodySwitchesOn', site: 'site-b' });

    playUntil(simulated, () => !simulated.world.power['site-b'].on, { answering: false });
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });

    expect(timeline(simulated)).toContain('site-b is on again by power-site-b, and it was not us');
    expect(simulated.run?.known.provedSince).toBeDefined();
  });

  it('whose device cannot be read for a while stays fenced', () => {
    const simulated = fencedByDevice();
    const { epoch } = simulated.run!.known;
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: 60 });

    play(simulated, 50);

    expect(simulated.run?.known.epoch).toBe(epoch);
    expect(simulated.run?.known.provedSince).toBeDefined();
  });

  it('while Global Accelerator cannot be read nothing is switched off that is proved to be fenced', () => {
    const simulated = alerted(split('agent'));
    playUntil(simulated, () => simulated.run?.known.provedSince !== undefined, { answering: false });
    simulated.happens({ kind: 'unread', what: 'traffic', forSeconds: forLong });

    play(simulated, 300);

    expect(did(simulated)).not.toContain(offByPower);
  });

  it('ends by an abort in a kept site that is detached, though Global Accelerator cannot be read', () => {
    const simulated = alerted(split('agent'));
    simulated.happens({ kind: 'fate', fate: 'timesOutAndIsLost', commands: 1 });
    simulated.round();
    simulated.happens({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    playUntil(simulated, () => !simulated.world.power['site-b'].on, { answering: false });
    simulated.happens({ kind: 'abort', person: 0 });

    playUntil(simulated, () => !simulated.run, { answering: false });

    expect(isDetached(simulated)).toBe(true);
  });

  it('is switched on again only by a decision, once it is out of traffic, and the pair becomes whole', () => {
    const simulated = fencedByDevice();
    play(simulated, 30);
    expect(next(simulated)).not.toMatchObject({ kind: 'ask' });
    expect(simulated.world.power['site-b'].on).toBe(false);
    simulated.calmDown({ siteASees: true, siteBSees: true });
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });

    expect(next(simulated)).toMatchObject({ kind: 'ask', gate: 'synchronize', approvals: { needed: 1 } });
    expect((next(simulated) as { question: string }).question).toMatch(/^Switch site-b on again by power-site-b\?/);
    play(simulated, 120);
    expect(simulated.world.power['site-b'].on).toBe(false);
    playUntil(
      simulated,
      () => {
        wakeUp(simulated);
        return !simulated.run;
      },
      { rounds: 2_000 },
    );

    expect(simulated.lastOutcome).toBe('siteOnline');
    expect(simulated.violations).toEqual([]);
    expect(did(simulated)).toContain('switch site-b on again by the fence device power-site-b');
  });

  it.each([
    ['out of traffic', 0],
    ['still in traffic', forLong],
  ])('%s, is offered to be switched on by another run too, after an abort', (_case, refusesForSeconds) => {
    const simulated = fencedByDevice();
    simulated.happens({ kind: 'trafficRefuses', forSeconds: refusesForSeconds });
    if (refusesForSeconds === 0) play(simulated, 30);
    simulated.happens({ kind: 'abort', person: 0 });
    playUntil(simulated, () => !simulated.run, { answering: false });
    simulated.happens({ kind: 'trafficRefuses', forSeconds: 0 });
    simulated.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 0 });

    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });

    expect((next(simulated) as { question?: string }).question).toMatch(/^Switch site-b on again by power-site-b\?/);
  });

  it('is not switched on while it cannot be read whether it is out of traffic', () => {
    const simulated = alerted(split('beside'));
    play(simulated, 30);
    simulated.happens({ kind: 'unread', what: 'traffic', forSeconds: forLong });
    simulated.round();

    expect(next(simulated)).toMatchObject({
      kind: 'wait',
      for: 'site-b to be read out of every endpoint group before it is switched on',
    });
  });

  it('and is left in traffic by a removal that is denied for good: a person is asked, and it goes on once it is out', () => {
    const simulated = fencedByDevice();
    const blocked = () => next(simulated)?.kind === 'blocked';

    playUntil(simulated, () => next(simulated)?.kind === 'wait', { answering: false });
    expect(next(simulated)).toMatchObject({ for: 'site-b to be read out of every endpoint group' });

    playUntil(simulated, blocked, { answering: false });
    expect(next(simulated)).toMatchObject({
      ...{ kind: 'blocked', type: 'TrafficDenied', can: ['retry', 'abort'] },
      command: { kind: 'removeEndpoint', site: 'site-b' },
      message: expect.stringMatching(/^site-b still stands in .+: its removal was refused \d+ times \(/),
    });
    simulated.happens({ kind: 'retry', person: 0 });
    simulated.round();
    expect(did(simulated).at(-1)).toMatch(/^remove site-b/);
    playUntil(simulated, blocked, { answering: false });
    simulated.happens({ kind: 'trafficRefuses', forSeconds: 0 });
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });
    expect((next(simulated) as { question?: string }).question).toMatch(/^Switch site-b on again by power-site-b\?/);
    expect(simulated.violations).toEqual([]);
  });

  it('that comes up by decision no longer replicates to the kept one, also before old flows are over and the link is whole', () => {
    const simulated = alerted(split('beside'));
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });
    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    playUntil(simulated, () => simulated.world.power['site-b'].on, { answering: false });

    play(simulated, 30);

    expect(simulated.world.replication.isDetached('site-b')).toBe(true);
    expect(timeline(simulated)).toContain('site-a is to be offline on site-b: site-b answers again');
    expect(simulated.violations).toEqual([]);
  });

  it('that was switched on is waited for until its device says so', () => {
    const simulated = fencedByDevice();
    simulated.calmDown({ siteASees: true, siteBSees: true });
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });
    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    playUntil(simulated, () => simulated.run?.commands.running !== undefined, { answering: false });
    for (const what of ['devices', 'site-b'] as const) simulated.happens({ kind: 'unread', what, forSeconds: 10 });

    play(simulated, 6);

    expect(next(simulated)).toMatchObject({ kind: 'wait', for: 'power-site-b to say that site-b is on' });
  });

  it('under a hold is not switched on, whoever approves it', () => {
    const simulated = fencedByDevice();
    simulated.calmDown({ siteASees: true, siteBSees: true });
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });
    simulated.happens({ kind: 'hold', person: 1 });
    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });

    play(simulated, 30);
    expect(simulated.world.power['site-b'].on).toBe(false);
    simulated.happens({ kind: 'release', person: 1 });
    playUntil(simulated, () => simulated.world.power['site-b'].on, { answering: false });

    expect(simulated.world.power['site-b']).toMatchObject({ on: true, by: 'sitewarden' });
    play(simulated, 5);
    expect(timeline(simulated)).toContain('site-b is on again');
  });

  it('whose device cannot be read is switched on by hand, when a person says so', () => {
    const simulated = fencedByDevice();
    simulated.calmDown({ siteASees: true, siteBSees: true });
    playUntil(simulated, () => next(simulated)?.kind === 'ask', { answering: false });
    simulated.happens({ kind: 'unread', what: 'devices', forSeconds: forLong });
    simulated.happens({ kind: 'fate', fate: 'isRefused', commands: 1_000 });
    simulated.happens({ kind: 'approves', site: 'site-b', person: 0, plan: 'asked' });
    playUntil(simulated, () => next(simulated)?.kind === 'blocked', { answering: false });
    expect(next(simulated)).toMatchObject({ kind: 'blocked', type: 'FenceDeviceNotConfirmed' });

    simulated.happens({ kind: 'unread', what: 'site-b', forSeconds: forLong });
    simulated.happens({ kind: 'confirm', person: 0 });
    play(simulated, 10);

    expect(next(simulated)).toMatchObject({ kind: 'wait' });
    expect((next(simulated) as { for: string }).for).toMatch(/^the link to heal/);
  });
});

describe('a fence that is rehearsed', () => {
  it('names the devices of the first level, and those of later levels only when they would be needed', () => {
    const of = (fencing: SimulatedFencing) => {
      const simulated = split(fencing);
      const { pair: levelled, world } = simulated;
      const fence = { site: 'site-b', by: 'alice' };
      const plan = rehearseFence({ pair: levelled, observation: world.observe(), fence, now: world.now });
      return 'commands' in plan ? plan.commands.map(describeCommand) : [plan.refusal.code];
    };
    const remove = 'remove site-b from Global Accelerator (0); site-a stays';

    expect(of('agent')).toEqual([remove, detach]);
    expect(of('beside')).toEqual([remove, offByPower, detach]);
  });
});
