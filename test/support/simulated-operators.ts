/** People who want the pair whole again, and do what the run, or the world, asks of them. */
import type { SimulatedIncident } from './simulated-incident';
import { rivalOf, sites, type SimulatedSite } from './simulated-replication';

const people = [0, 1, 2] as const;

/** Plays rounds until `until` holds; people answer in between. Says whether it came to hold. */
export function playUntil(
  incident: SimulatedIncident,
  until: () => boolean,
  { rounds = 200, answering = true }: { rounds?: number; answering?: boolean } = {},
): boolean {
  for (let round = 0; round < rounds; round += 1) {
    if (until()) return true;
    if (answering) answer(incident);
    incident.round();
  }
  return until();
}

/** Whatever the run waits for a person to do, is done, and said. */
export function answer(incident: SimulatedIncident): void {
  const { lastNext: next, run } = incident;
  if (!run || !next) return;
  if (run.heard.hold || (next.kind === 'wait' && next.for.startsWith('release:'))) {
    incident.happens({ kind: 'release', person: 0 });
  }
  if (next.kind === 'ask') {
    const site = (run.known.roles?.keepSite ?? 'site-a') as SimulatedSite;
    if (next.gate === 'keepSite' || next.gate === 'admitStaleSite') {
      giveBackByHand(incident, site);
      if (!incident.world.power[site].on) incident.happens({ kind: 'somebodySwitchesOn', site });
      // Whoever is asked to bring it back starts what stands still there.
      incident.happens({ kind: 'applicationStarts', site });
      if (incident.world.power[site].on) incident.happens({ kind: 'health', site, health: 'HEALTHY' });
    }
    // The first line that it names.
    if (next.question.includes(`To keep ${site}: sitewarden fence`)) {
      incident.happens({ kind: 'asksFor', goal: 'fence', site: rivalOf(site), person: 0 });
    }
    if (next.gate === 'siteOnline' && next.answers.length === 0) {
      for (const one of sites) giveBackByHand(incident, one);
      incident.happens({ kind: 'applicationStarts', site: rivalOf(site) });
    }
    for (const person of people) incident.happens({ kind: 'approves', site, person, plan: 'asked' });
  }
  const started = next.kind === 'wait' ? /^the health URL of (site-[ab]) to say 200$/.exec(next.for)?.[1] : undefined;
  if (started) incident.happens({ kind: 'applicationStarts', site: started as SimulatedSite });
  // What no device of the run holds off, whoever switched it off switches on.
  const off = sites.find((site) => !incident.world.power[site].on);
  if (off && next.kind === 'wait' && next.for.startsWith('the link to heal')) {
    incident.happens({ kind: 'somebodySwitchesOn', site: off });
  }
  if (next.kind !== 'blocked') return;
  const { command } = next;
  if (command.kind === 'fenceByDevice' && next.type === 'FenceManual') {
    incident.happens({ kind: 'confirm', person: 0 });
  } else if (command.kind === 'unfenceByDevice') {
    incident.happens({ kind: 'somebodySwitchesOn', site: command.site as SimulatedSite });
    incident.happens({ kind: 'retry', person: 0 });
  } else if (command.kind === 'stopApplication' || command.kind === 'startApplication') {
    const kind = command.kind === 'stopApplication' ? 'applicationStops' : 'applicationStarts';
    incident.happens({ kind, site: command.site as SimulatedSite });
    incident.happens({ kind: 'confirm', person: 0 });
  } else {
    if (command.kind === 'addEndpoint')
      incident.happens({ kind: 'applicationStarts', site: command.site as SimulatedSite });
    // A site that differs is not let in: it has to be synchronized, by another run.
    const kind = next.type === 'ContentsDiffer' && command.kind === 'compareSites' ? 'abort' : 'retry';
    incident.happens({ kind, person: 0 });
  }
}

/** What no run may do of itself: the kept site is put where somebody took it from. */
function giveBackByHand(incident: SimulatedIncident, site: SimulatedSite): void {
  for (const [group, { endpoints }] of incident.world.traffic.groups.entries()) {
    if (!endpoints.has(site)) incident.happens({ kind: 'somebodyAdds', site, group });
  }
}

/** Both sites serve, replicate both ways, and hold the same. */
export function isWhole({ world: { traffic, replication } }: SimulatedIncident): boolean {
  return (
    sites.every((site) => traffic.admitted().includes(site)) &&
    sites.every((site) => replication.isAttached(site)) &&
    replication.isWhole &&
    replication.areEqual
  );
}

/** Without an open run somebody sees what is wrong, and asks for what mends it. */
export function wakeUp(incident: SimulatedIncident): void {
  const { run, world } = incident;
  if (run || isWhole(incident)) return;
  for (const site of sites) {
    if (!world.power[site].on) incident.happens({ kind: 'somebodySwitchesOn', site });
    // A site that was added with its application stopped stays unhealthy until somebody sees to it.
    if (!world.replication.sites[site].applicationRuns) incident.happens({ kind: 'applicationStarts', site });
    if (world.traffic.endpointsOf(site).some(({ health }) => health === 'UNHEALTHY')) {
      incident.happens({ kind: 'health', site, health: 'HEALTHY' });
    }
  }
  const admitted = world.traffic.admitted();
  const [first] = admitted;
  if (first === undefined) {
    for (const group of world.traffic.groups.keys()) incident.happens({ kind: 'somebodyAdds', site: 'site-a', group });
  } else if (admitted.length === 1) {
    const site = rivalOf(first);
    const replicates = sites.every((one) => world.replication.isAttached(one));
    const goal = replicates && world.replication.areEqual ? 'siteOnline' : 'synchronize';
    incident.happens({ kind: 'asksFor', goal, site, person: 0 });
  } else {
    giveBackByHand(incident, 'site-a');
    incident.happens({ kind: 'asksFor', goal: 'fence', site: 'site-b', person: 0 });
  }
}

/** What is wrong with the pair in the end, one line each. */
export function whatIsWrong(incident: SimulatedIncident): string[] {
  const { world, run, lastNext, lastOutcome } = incident;
  if (!run && isWhole(incident)) return [];
  const state = sites.map((site) => {
    const backups = Object.values(world.replication.sites[site].caches).map(({ backup }) => backup);
    return `${site} ${world.traffic.admitted().includes(site) ? 'in' : 'out'} ${backups.join()}`;
  });
  const equal = world.replication.areEqual ? 'equal' : 'different';
  const doing = run ? `open, next ${JSON.stringify(lastNext)}` : `ended ${lastOutcome}`;
  return [`L2: ${state.join(', ')}, ${equal}; ${doing}`];
}
