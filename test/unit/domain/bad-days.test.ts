/** Bad days on the way back, each played by the run's own loop against a simulated pair. */
import { SimulatedIncident, type IncidentEvent } from '../../support/simulated-incident';
import { isWhole, playUntil } from '../../support/simulated-operators';
import { caches } from '../../support/simulated-replication';
import { atGate, cut, expectWhole, fencedAndHealed, heal, inPhase, says, sent } from './a-simulated-way-back';

/** From a split to a kept site that writes again. */
const seconds20 = 20_000;

describe('a link that is cut again', () => {
  const stages: [string, () => SimulatedIncident][] = [
    ['at the gate synchronize', () => atGate('synchronize')],
    ['while the stale site is emptied', () => inPhase('clearing')],
    ['in mid-push', () => inPhase('pushing')],
    ['between push and compare', () => inPhase('comparing')],
    ['before the kept site is online on the stale one', () => inPhase('reattaching')],
    ['at the gate siteOnline', () => atGate('siteOnline')],
    ['while the stale site is added', () => inPhase('admitting')],
    ['inside the soak', () => inPhase('soaking')],
  ];

  it.each(stages)('%s lets the kept site write again within seconds, under a hold too', (_stage, prepared) => {
    const incident = prepared();
    incident.happens({ kind: 'hold', person: 0 });
    incident.happens(cut);
    const { world } = incident;
    const cutAt = world.now;

    const writes = (): boolean => world.replication.acceptsWrites('site-a') && incident.run?.known.phase === 'fenced';
    playUntil(incident, writes, { answering: false });

    expect(writes()).toBe(true);
    expect(world.now - cutAt).toBeLessThan(seconds20);
    expect(incident.run?.known.synchronization).toBeUndefined();
    incident.happens(heal);
    expectWhole(incident);
  });

  it('inside the soak has the run hold itself until it is released', () => {
    const incident = inPhase('soaking');
    incident.happens(cut);
    incident.round();
    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
    incident.happens(heal);

    playUntil(incident, () => false, { rounds: 60, answering: false });

    expect(says(incident)).toMatch(
      /^ask: synchronize: .* The run is held: what is decided has its effect once it is rel/,
    );
    incident.happens({ kind: 'approves', site: 'site-a', person: 1, plan: 'asked' });
    playUntil(incident, () => false, { rounds: 10, answering: false });
    expect(says(incident)).toContain('release: a new split inside the soak was fenced');
    expect(sent(incident).filter((kind) => kind === 'emptySite')).toHaveLength(1);
    expectWhole(incident);
  });

  it('voids what was approved: the synchronize is asked about anew', () => {
    const incident = inPhase('pushing');
    incident.happens(cut);
    incident.round();
    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
    incident.happens(heal);

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('ask: synchronize');
    expect(sent(incident).filter((kind) => kind === 'emptySite')).toHaveLength(1);
  });
});

describe('a stale site', () => {
  it('that writes after the heal, while the gate waits, does not touch the kept one', () => {
    const incident = atGate('synchronize', { workload: 'none' });
    const kept = incident.world.replication.snapshot()['site-a'];
    for (let write = 0; write < 6; write += 1) incident.happens({ kind: 'strayWrite', site: 'site-b' });

    const unharmed = caches.every((cache) =>
      incident.world.replication.cacheOf('site-a', cache).contents.equals(kept[cache] as never),
    );
    expect(unharmed).toBe(true);
    expectWhole(incident);
  });

  it('that reboots while it is fenced has the kept site offline again before anything else', () => {
    const incident = atGate('synchronize');
    incident.happens({ kind: 'siteRestarts', site: 'site-b' });

    incident.round();

    expect(incident.commands.at(-1)).toEqual({ kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' });
    expectWhole(incident);
  });

  it('whose server dies while it is emptied is fenced on, and synchronized once it is back', () => {
    const incident = inPhase('clearing');
    incident.happens({ kind: 'siteGoesDown', site: 'site-b' });
    playUntil(incident, () => false, { rounds: 30, answering: false });

    expect(incident.world.replication.acceptsWrites('site-a')).toBe(true);
    incident.happens({ kind: 'siteComesUp', site: 'site-b' });
    expectWhole(incident);
  });

  it('that is written to between the comparison and the last step is not let in', () => {
    const incident = inPhase('comparing', { workload: 'none' });
    incident.round();
    incident.world.replication.cacheOf('site-b', 'sessions').contents.write('stray', 'written to the stale site only');

    playUntil(incident, () => incident.lastNext?.kind === 'blocked');

    expect(says(incident)).toBe(
      'blocked: ContentsDiffer: site-b differs from site-a, so it is not let in; synchronize it: sitewarden synchronize keycloak-prod --reason "..."',
    );
    expect(incident.lastNext).toMatchObject({ can: ['retry', 'abort'] });
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
  });

  it('whose application cannot be stopped by a command waits for a person who confirms it', () => {
    const incident = fencedAndHealed({ workload: 'manual' });

    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });

    expect(says(incident)).toBe('blocked: WorkloadManual: stop the application of site-b, then confirm');
    expect(incident.lastNext).toMatchObject({ can: ['retry', 'confirm', 'abort'] });
    expectWhole(incident);
  });

  it('that nobody can stop, and that restarted after a person had confirmed it, has to be confirmed again', () => {
    const incident = atGate('synchronize', { workload: 'manual' });
    incident.happens({ kind: 'siteRestarts', site: 'site-b' });

    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });

    expect(says(incident)).toContain('WorkloadManual');
  });
});

describe('a kept site', () => {
  it('that restarts empty while the other one is fenced is no source without an approval of its own', () => {
    const incident = new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a', approvals: 0 });
    incident.happens(cut);
    incident.happens({ kind: 'alert', reporter: 'site-a' });
    playUntil(incident, () => incident.run?.known.provedSince !== undefined);
    incident.happens({ kind: 'siteRestarts', site: 'site-a' });
    incident.happens(heal);

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toMatch(/^ask: synchronize: .* Beware: site-a restarted at .* and holds \d+ entries/);
    expect(sent(incident)).not.toContain('emptySite');
  });

  it('that restarts while it is compared is not a source any more: what was approved is void', () => {
    const incident = inPhase('comparing');
    incident.happens({ kind: 'siteRestarts', site: 'site-a' });

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('Beware: site-a restarted');
    expect(incident.violations).toEqual([]);
  });

  it('that restarts empty before the other one is emptied again, and whose start cannot be read, is no source', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.world.replication.cacheOf('site-b', 'sessions').contents.write('stray', 'the receiver kept it');
    const again = incident.commands.length;
    incident.beforeCommand = () => {
      const { lastNext: next } = incident;
      if (next?.kind !== 'do' || next.command.kind !== 'emptySite') return;
      incident.beforeCommand = undefined;
      incident.happens({ kind: 'fate', fate: 'isRefused', commands: 1 });
      incident.happens({ kind: 'siteRestarts', site: 'site-a' });
      incident.happens({ kind: 'unread', what: 'starts', forSeconds: 20 });
    };

    playUntil(incident, () => says(incident).includes('site-a restarted'), { answering: false });

    expect(incident.beforeCommand).toBeUndefined();
    expect(
      sent(incident)
        .slice(again)
        .filter((kind) => kind === 'emptySite'),
    ).toHaveLength(1);
    expect(says(incident)).toContain('Beware: site-a restarted');
    expectWhole(incident);
  });

  it.each(['DEGRADED', 'HEALTHY_REBALANCING'] as const)('that is %s is waited for', (cluster) => {
    const incident = fencedAndHealed();
    incident.happens({ kind: 'cluster', site: 'site-a', cluster });

    playUntil(incident, () => false, { rounds: 30 });

    expect(says(incident)).toBe('wait for the cluster of site-a to be healthy');
    incident.happens({ kind: 'cluster', site: 'site-a', cluster: 'HEALTHY' });
    expectWhole(incident);
  });
});

describe('a kept site that is lost after the detach', () => {
  function lost(workload: 'exec' | 'manual'): SimulatedIncident {
    const incident = new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a', workload });
    incident.happens(cut);
    incident.happens({ kind: 'alert', reporter: 'site-a' });
    playUntil(incident, () => incident.run?.known.applicationStoppedAt !== undefined || workload === 'manual', {
      answering: false,
    });
    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
    incident.happens({ kind: 'siteGoesDown', site: 'site-a' });
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    return incident;
  }
  const approve: IncidentEvent = { kind: 'approves', site: 'site-b', person: 0, plan: 'asked' };

  it('gives way by decision to the other one, once a person has started the application that one had stopped', () => {
    const incident = lost('manual');
    incident.happens(heal);
    incident.happens({ kind: 'siteComesUp', site: 'site-a' });
    playUntil(incident, () => incident.run?.known.applicationStoppedAt !== undefined);
    incident.happens({ kind: 'siteGoesDown', site: 'site-a' });
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    playUntil(incident, () => says(incident).startsWith('ask: admitStaleSite'), { answering: false });
    incident.happens(approve);

    playUntil(incident, () => incident.lastNext?.kind === 'blocked', { answering: false });

    expect(says(incident)).toBe('blocked: WorkloadManual: start the application of site-b');
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    incident.happens({ kind: 'applicationStarts', site: 'site-b' });
    playUntil(incident, () => incident.world.traffic.admitted().includes('site-b'), { answering: false });
    expect(incident.world.traffic.admitted()).toEqual(['site-b']);
    expect(incident.violations).toEqual([]);
  });

  it('in mid-push gives way to the other one only by a decision that says that it was emptied', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.happens({ kind: 'siteGoesDown', site: 'site-a' });
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });

    playUntil(incident, () => says(incident).startsWith('ask: admitStaleSite'), { answering: false });

    expect(says(incident)).toContain('Beware: site-b was emptied for a synchronize that did not end');
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    expect(incident.violations).toEqual([]);
  });

  it('after a synchronize that ended equal is not said to have been emptied', () => {
    const incident = atGate('siteOnline');
    incident.happens({ kind: 'siteGoesDown', site: 'site-a' });
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });

    playUntil(incident, () => says(incident).startsWith('ask: admitStaleSite'), { answering: false });

    expect(says(incident)).not.toContain('Beware');
  });

  it('gives way by decision to the other one, whose application is started first', () => {
    const incident = lost('exec');
    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });
    expect(says(incident)).toContain('ask: admitStaleSite');
    const before = incident.commands.length;
    incident.happens(approve);

    playUntil(incident, () => incident.world.traffic.admitted().includes('site-b'), { answering: false });

    expect(sent(incident).slice(before)).toEqual([
      'startApplication',
      'removeLostEndpoint',
      'takeBackupOffline',
      'addEndpoint',
    ]);
    expect(incident.violations).toEqual([]);
  });
});

describe('a push', () => {
  it('that ends in an error for one of several caches is started again for that one', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.happens({ kind: 'pushEnds', site: 'site-a' });

    expectWhole(incident);
    const pushes = incident.commands.filter(({ kind }) => kind === 'startPush');
    expect(pushes.map((push) => 'caches' in push && push.caches)).toContainEqual(['sessions']);
  });

  it('during which the backup was taken offline does not count, though it ends OK', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.happens({ kind: 'somebodyDetaches', site: 'site-a' });
    incident.round();
    incident.happens({ kind: 'somebodyAttaches', site: 'site-a' });

    expectWhole(incident);
    expect(sent(incident).filter((kind) => kind === 'startPush').length).toBeGreaterThan(1);
  });

  it('that falsely ends OK, unseen, is caught by the comparison', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.world.replication.cacheOf('site-b', 'sessions').contents.write('stray', 'the receiver kept it');

    expectWhole(incident);
    expect(sent(incident).filter((kind) => kind === 'emptySite')).toHaveLength(2);
  });

  it('that hangs is cancelled and started again', () => {
    const incident = inPhase('pushing');
    incident.round();
    incident.happens({ kind: 'pushSticks', site: 'site-a' });
    incident.happens({ kind: 'somebodyDetaches', site: 'site-a' });
    incident.round();
    incident.happens({ kind: 'somebodyAttaches', site: 'site-a' });

    expectWhole(incident);
    expect(sent(incident)).toContain('cancelPush');
  });

  it('that fails each time ends Blocked, and goes on by retry', () => {
    const incident = inPhase('pushing');
    for (let push = 0; push < 60 && incident.lastNext?.kind !== 'blocked'; push += 1) {
      incident.round();
      incident.happens({ kind: 'pushEnds', site: 'site-a' });
    }

    expect(says(incident)).toMatch(/^blocked: PushFailed: 3 pushes, and yet: /);
    expectWhole(incident);
  });

  it('that starts while the link breaks attaches the stale site, and is detached again', () => {
    const incident = inPhase('clearing');
    playUntil(incident, () => incident.run?.known.synchronization?.emptiedAt !== undefined, { answering: false });
    incident.happensWhileActing(cut);
    const { world } = incident;

    playUntil(incident, () => world.replication.isDetached('site-a') && world.now > 0, { answering: false });

    expect(world.replication.acceptsWrites('site-a')).toBe(true);
    incident.happens(heal);
    expectWhole(incident);
  });
});

describe('an admission', () => {
  it('of a site that stays unhealthy is taken back, and asked about anew after a retry', () => {
    const incident = atGate('siteOnline');
    incident.happens({ kind: 'neverHealthy', site: 'site-b' });

    playUntil(incident, () => incident.lastNext?.kind === 'blocked');

    expect(says(incident)).toBe(
      'blocked: EndpointUnhealthy: site-b did not become healthy in time and was taken out again',
    );
    expect(incident.world.traffic.admitted()).toEqual(['site-a']);
    incident.world.traffic.calmDown();
    const asked = incident.story.filter((line) => line.includes('"gate":"siteOnline"')).length;
    expectWhole(incident);
    expect(incident.story.filter((line) => line.includes('"gate":"siteOnline"')).length).toBeGreaterThan(asked);
  });

  it('whose site somebody takes out inside the soak asks a person, and goes on once it is back', () => {
    const incident = inPhase('soaking');
    incident.happens({ kind: 'somebodyRemoves', site: 'site-b', group: 0 });
    incident.round();

    expect(says(incident)).toBe(
      'ask: siteOnline: Somebody took site-b out of region-0 inside its soak. Put it back by hand, or abort.',
    );
    incident.happens({ kind: 'somebodyAdds', site: 'site-b', group: 0 });
    expectWhole(incident);
  });

  it('whose kept site restarts inside the soak fences the one that is empty', () => {
    const incident = inPhase('soaking');
    incident.happens({ kind: 'timePasses', seconds: 10 });
    incident.happens({ kind: 'siteRestarts', site: 'site-a' });
    incident.round();

    playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });

    expect(incident.run?.known.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expectWhole(incident);
  });

  it('in whose soak a split comes while neither site can be kept fences nothing, and asks', () => {
    const incident = inPhase('soaking');
    incident.happens({ kind: 'health', site: 'site-a', health: 'UNHEALTHY' });
    incident.happens({ kind: 'health', site: 'site-b', health: 'UNHEALTHY' });
    incident.happens(cut);

    playUntil(incident, () => incident.lastNext?.kind === 'ask', { answering: false });

    expect(says(incident)).toContain('ask: keepSite');
    expect(incident.world.traffic.admitted()).toEqual(['site-a', 'site-b']);
    incident.happens(heal);
    expect(incident.violations).toEqual([]);
  });

  it('that was refused for long is compared anew, and has all its time to become healthy once it is let in', () => {
    const incident = atGate('siteOnline');
    incident.beforeCommand = () => {
      const { lastNext: next } = incident;
      const refused = next?.kind === 'do' && next.command.kind === 'addEndpoint' && sent(incident).length < 20;
      if (refused) incident.happens({ kind: 'fate', fate: 'isRefused', commands: 1 });
    };
    playUntil(incident, () => incident.lastNext?.kind === 'blocked');
    expect(says(incident)).toContain('TrafficThrottled');
    incident.beforeCommand = undefined;
    incident.happens({ kind: 'timePasses', seconds: 300 });
    const before = incident.commands.length;

    expectWhole(incident);

    expect(sent(incident).slice(before)).toEqual(['compareSites', 'addEndpoint']);
  });

  it('is not begun twice by an alert that fires meanwhile', () => {
    const incident = inPhase('soaking');
    incident.happens({ kind: 'alert', reporter: 'site-b' });

    expectWhole(incident);
    expect(sent(incident).filter((kind) => kind === 'removeEndpoint')).toHaveLength(1);
  });
});

describe('people', () => {
  it('who are asked nothing, because nobody has to approve, can hold the run all the same', () => {
    const incident = fencedAndHealed({ approvals: 0 });
    incident.happens({ kind: 'hold', person: 0 });
    playUntil(incident, () => false, { rounds: 30, answering: false });

    expect(says(incident)).toContain('wait for release: person-0 holds this run');
    expect(sent(incident)).not.toContain('emptySite');
    expectWhole(incident);
    expect(incident.story.some((line) => line.includes('"kind":"ask"'))).toBe(false);
  });

  it('who ask for the fence in mid-push get it at once', () => {
    const incident = inPhase('pushing');
    incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 1 });

    incident.round();

    expect(incident.commands.at(-1)).toMatchObject({ kind: 'takeBackupOffline', onSite: 'site-a' });
    expectWhole(incident);
  });

  it('who ask for a site online that is not synchronized are refused', () => {
    const incident = atGate('synchronize');
    incident.happens({ kind: 'asksFor', goal: 'siteOnline', site: 'site-b', person: 1 });

    expect(incident.run?.heard.requests.at(-1)?.refused?.code).toBe('NotSynchronized');
  });

  it.each(['older', 'invented'] as const)('who approve an %s plan change nothing', (plan) => {
    const incident = atGate('synchronize');
    incident.happens({ kind: 'approves', site: 'site-a', person: 1, plan });

    playUntil(incident, () => false, { rounds: 10, answering: false });

    expect(sent(incident)).not.toContain('emptySite');
    expect(incident.run?.heard.decisions.at(-1)?.refused?.code).toBe('PlanOutdated');
  });

  it('of whom two must approve are not outvoted by one who approves twice', () => {
    const incident = atGate('synchronize', { approvals: 2 });
    incident.happens({ kind: 'approves', site: 'site-a', person: 1, plan: 'asked' });
    incident.happens({ kind: 'approves', site: 'site-a', person: 1, plan: 'asked' });
    playUntil(incident, () => false, { rounds: 10, answering: false });
    expect(sent(incident)).not.toContain('emptySite');

    incident.happens({ kind: 'approves', site: 'site-a', person: 2, plan: 'asked' });

    incident.round();
    expect(sent(incident)).toContain('emptySite');
  });

  it('who approve under a hold are heard once it is released', () => {
    const incident = atGate('synchronize');
    incident.happens({ kind: 'hold', person: 0 });
    incident.happens({ kind: 'approves', site: 'site-a', person: 1, plan: 'asked' });
    incident.round();
    expect(says(incident)).toBe('wait for release: person-0 holds this run');

    incident.happens({ kind: 'release', person: 0 });
    incident.round();

    expect(sent(incident).at(-1)).toBe('emptySite');
  });

  it('who hold the run stop every step towards online, and none that protects', () => {
    const incident = atGate('siteOnline');
    incident.happens({ kind: 'hold', person: 0 });
    for (const person of [0, 1, 2]) incident.happens({ kind: 'approves', site: 'site-a', person, plan: 'asked' });
    const before = incident.commands.length;

    playUntil(incident, () => false, { rounds: 10, answering: false });
    expect(incident.commands.slice(before)).toEqual([]);
    incident.happens({ kind: 'somebodyAdds', site: 'site-b', group: 0 });
    playUntil(incident, () => incident.world.traffic.admitted().length === 1, { answering: false });

    expect(sent(incident).slice(before)).toContain('removeEndpoint');
    expectWhole(incident);
  });

  it('who synchronize a site that is out get it equal, also where both replicate and it came back empty', () => {
    const incident = new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a' });
    incident.happens({ kind: 'asksFor', goal: 'siteOffline', site: 'site-b', person: 0 });
    playUntil(incident, () => !incident.run);
    incident.happens({ kind: 'siteRestarts', site: 'site-b' });
    expect(isWhole(incident)).toBe(false);

    incident.happens({ kind: 'asksFor', goal: 'synchronize', site: 'site-b', person: 0 });

    expectWhole(incident);
  });
});

describe('a kept site whose application holds what was changed at the other site during the split', () => {
  it('has it read anew once the other application is ready, and before the site may be admitted', () => {
    const incident = atGate('siteOnline', { workload: 'keycloak' });

    expect(incident.world.replication.sites['site-a'].applicationIsOutdated).toBe(false);
    expect(sent(incident).filter((kind) => /Application$/.test(kind))).toEqual([
      'stopApplication',
      'startApplication',
      'refreshApplication',
    ]);
    expectWhole(incident);
  });

  it('is not let off by an answer from before: each synchronize has it done again', () => {
    const incident = atGate('siteOnline', { workload: 'keycloak' });
    incident.happens(cut);
    const isFencedAnew = () => incident.run?.known.epoch === 2 && incident.run.known.provedSince !== undefined;
    expect(playUntil(incident, isFencedAnew, { answering: false })).toBe(true);
    incident.happens(heal);
    expectWhole(incident);

    expect(sent(incident).filter((kind) => kind === 'refreshApplication').length).toBeGreaterThan(1);
  });

  it.each(['exec', 'manual', 'none'] as const)('is told nothing where its workload is %s', (workload) => {
    const incident = atGate('siteOnline', { workload });

    expectWhole(incident);
    expect(sent(incident)).not.toContain('refreshApplication');
  });
});
