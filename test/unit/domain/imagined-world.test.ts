import { ballotsOf } from '../../../domain/ballots';
import type { Command } from '../../../domain/command';
import { readCut } from '../../../domain/what-if-rows';
import { afterCommand, imagined, readIn } from '../../../domain/imagined-world';
import { valueOf } from '../../../domain/observation';
import { groupArn, now, observed, pair, read } from '../../support/observations';
import { witnessed, withSightings } from '../../support/witnesses';

const after = (command: Command) => afterCommand(imagined(observed()), command, now);
const groups = (world = imagined(observed())) => valueOf(world.observation.traffic.groups) ?? [];

describe('an imagined world', () => {
  it('takes a lost site out of its group, and leaves every other group alone', () => {
    const [group] = groups();
    const two = {
      ...observed(),
      traffic: { ...observed().traffic, groups: read([group!, { ...group!, arn: 'other' }]) },
    };
    const lost: Command = { kind: 'removeLostEndpoint', groupArn, site: 'site-a', plan: 'x', evenIfHealthy: false };

    const [one, other] = groups(afterCommand(imagined(two), lost, now));

    expect(one?.endpoints.map(({ site }) => site)).toEqual(['site-b']);
    expect(other?.endpoints.map(({ site }) => site)).toEqual(['site-a', 'site-b']);
  });

  it.each<Command>([
    { kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches: ['work'] },
    { kind: 'refreshApplication', site: 'site-a' },
  ])('is as it was after what nothing shows: $kind', (command) => {
    expect(after(command)).toEqual(imagined(observed()));
  });

  it('reads as young as it was read', () => {
    const of = { ...withSightings({}, { third: {} }), devices: { power: read('on' as const) } };
    const heuristics = { 'site-a': { router: read('passed' as const) } };

    const later = readIn(imagined({ ...of, heuristics }), pair, now + 5_000);

    expect([later.at, later.traffic.groups.at, later.sites['site-a']?.view.at]).toEqual(Array(3).fill(now + 5_000));
    expect(later.devices?.power?.at).toBe(now + 5_000);
    expect(later.heuristics?.['site-a']?.router?.at).toBe(now + 5_000);
    expect(later.sightings?.third).toMatchObject({ at: now + 5_000, value: { seenAt: now + 5_000 } });
    expect(later.sites['site-a']?.startedAt).toMatchObject({ value: now - 3_600_000 });
  });

  it('hears its witnesses as it would at first, however long it goes on', () => {
    const of = witnessed(['third']);
    const world = imagined(withSightings({}, { third: { isolated: false } }));

    const later = readIn(world, of, now + 3_600_000);

    expect(ballotsOf(of, later)).toEqual(ballotsOf(of, world.observation));
    expect(later.sightings).toMatchObject({ third: { value: { network: { at: later.at } } } });
  });

  it('of an observer that was not asked, says that it is silent', () => {
    const of = witnessed(['third']);

    const { sightings } = readIn(imagined(observed(), readCut(of, 'site-a/site-b')), of, now);

    expect(sightings?.third).toEqual({ unknown: 'ObserverSilent', at: now });
  });
});
