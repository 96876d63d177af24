/** Fence levels on a real Temporal server, over fake sites and fake devices that switch them. */
import type { FenceDevice, Fencing } from '../../domain/site-pair';
import { until } from '../../lab/until';
import { FakeFenceDevice } from '../support/fake-fence-device';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';

const agent = (name: string, level: number): FenceDevice => ({ name, site: 'site-b', level, kind: 'agent' });
const byHand: FenceDevice = {
  name: 'by-hand',
  site: 'site-b',
  level: 4,
  kind: 'manual',
  instruction: 'pull its uplink',
};

describe('site pair run: fence devices', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** Everything answers again: an abort waits for what it cannot read. */
  async function end(sites: ReturningSites): Promise<void> {
    sites.world.faults.clear();
    sites.world.restart('site-b');
    expect(await sites.abort()).toMatchObject({ outcome: 'aborted' });
  }

  /** Every device drives site-b as a whole. */
  function sitesWith(devices: readonly FenceDevice[], part: Partial<Fencing> = {}) {
    pairs += 1;
    const fakes: Record<string, FakeFenceDevice> = {};
    const sites = new ReturningSites(temporal, {
      name: `fence-devices-${pairs}`,
      fencing: { trafficLevel: 1, trafficWithinSeconds: 3, devices, ...part },
      gateways: (gateways) => ({ ...gateways, devices: fakes }),
    });
    const power = (on: boolean): void => (on ? sites.world.restart('site-b') : sites.world.stop('site-b'));
    for (const { name, site, kind } of devices) if (kind === 'agent') fakes[name] = new FakeFenceDevice(site, power);
    return { sites, fakes };
  }

  it('level 1 is refused and level 2 confirms: only then the kept site is detached; it is switched on again by a decision', async () => {
    const { sites, fakes } = sitesWith([agent('power', 2)]);
    sites.world.faults.fail('removeEndpoint', 'TrafficDenied', { times: Infinity });
    const status = await sites.fenceAfterSplit();

    expect(fakes.power?.offs).toHaveLength(1);
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
    expect(status.timeline.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fence level 1 \(Global Accelerator\) .*: the next one is tried$/),
        'power says that site-b is off',
      ]),
    );
    expect(sites.world.write('site-a', 'work')).toBe(true);

    sites.world.faults.clear();
    const asked = await sites.askedAt('synchronize');
    expect(asked.question).toContain('Switch site-b on again by power?');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.approveAt('synchronize');
    await until(() => fakes.power?.ons.length === 1, { what: 'site-b to be switched on', withinSeconds: 60 });
    sites.world.heal();

    const second = await sites.askedAt('synchronize', ({ question }) => question.startsWith('Empty site-b'));
    expect(second.plan).not.toBe(asked.plan);
    await end(sites);
    await sites.golden('fenced-by-device');
  });

  it('a device that hangs holds nothing up: the removal is tried on beside it, and the fence follows from that', async () => {
    const { sites, fakes } = sitesWith([agent('power', 2)]);
    fakes.power!.manner = 'hangs';
    sites.world.faults.fail('removeEndpoint', 'TrafficThrottled', { times: 3 });
    sites.world.cut();
    await sites.alert('site-a');

    await sites.untilFenced();

    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(fakes.power?.offs).toEqual([]);
    await end(sites);
  });

  it('level 2 takes the command without effect and level 3 confirms', async () => {
    const { sites, fakes } = sitesWith([agent('power', 2), agent('console', 3)]);
    fakes.power!.manner = 'hasNoEffect';
    sites.world.faults.fail('removeEndpoint', 'TrafficDenied', { times: Infinity });

    const { timeline } = await sites.fenceAfterSplit();

    expect(fakes.console?.offs).toHaveLength(1);
    expect(timeline.map(({ what }) => what)).toContain(
      'fence level 2 (power) failed: power: FenceDeviceNotConfirmed: the next one is tried',
    );
    await end(sites);
  });

  it('all levels fail: nothing is taken over, a person is asked, and the run goes on once one confirms', async () => {
    const { sites, fakes } = sitesWith([agent('power', 2), agent('console', 3)]);
    fakes.power!.manner = 'refuses';
    fakes.console!.manner = 'cannotTell';
    sites.world.faults.fail('removeEndpoint', 'TrafficDenied', { times: Infinity });
    sites.world.cut();
    await sites.alert('site-a');

    const { next } = await sites.blockedBy('FenceNotConfirmed');

    expect(next).toMatchObject({ can: ['retry', 'abort'] });
    expect(Object.values(sites.world.backups('site-a'))).toEqual(['online', 'online']);
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
    fakes.power!.manner = undefined;
    await sites.decide('retry');
    await sites.untilFenced();
    expect(fakes.power?.offs).toHaveLength(1);
    await end(sites);
  });

  it('a person as the last level: a word against what is read does not count, and one for it does', async () => {
    const { sites } = sitesWith([byHand]);
    sites.world.faults.fail('removeEndpoint', 'TrafficDenied', { times: Infinity });
    sites.world.cut();
    await sites.alert('site-a');
    const { next } = await sites.blockedBy('FenceManual');
    expect((next as { message: string }).message).toContain('cut site-b off by hand (pull its uplink)');

    const says = (site: string | undefined, reason: string) => sites.answer('confirm', { site, reason });
    const ofAnother = { outcome: 'refused', refusal: { code: 'SiteUnknown' } };
    expect(await says('site-a', 'the wrong one')).toMatchObject(ofAnother);
    expect(await says(undefined, 'some one')).toMatchObject(ofAnother);
    expect(await says('site-b', 'I think so')).toMatchObject({ outcome: 'taken' });
    await sites.runUntil('the word does not count', ({ timeline }) =>
      timeline.some(({ what }) => what.endsWith('that word does not count')),
    );
    sites.world.stop('site-b');
    await sites.blockedBy('FenceManual');
    expect(Object.values(sites.world.backups('site-a'))).toEqual(['online', 'online']);
    expect(await says('site-b', 'pulled, seen dark')).toMatchObject({ outcome: 'taken' });
    await sites.untilFenced();

    expect(Object.values(sites.world.backups('site-a'))).toEqual(['offline', 'offline']);
    await end(sites);
  });

  it('tells in peace time what the devices say', async () => {
    const { sites, fakes } = sitesWith([agent('power', 2), byHand]);
    fakes.power!.faults = ['fence_x has no parameter fil; it would be ignored.'];

    const { devices, readiness } = await temporal.client.observe({ pair: sites.pair.name, patient: true });

    expect(devices).toMatchObject({ power: { state: { value: 'on' }, check: { value: [expect.any(String)] } } });
    expect(readiness?.map(({ what }) => what)).toContain(
      'the fence device power: fence_x has no parameter fil; it would be ignored',
    );
  });
});
