import { readDevices } from '../../../activities/readiness/read-devices';
import { fenceByDevice } from '../../../activities/effects-fence';
import { unfenceByDevice } from '../../../activities/effects-restore';
import type { FailureType } from '../../../domain/failure-types';
import { FakeFenceDevice } from '../../support/fake-fence-device';
import { FakeWorld } from '../../support/fake-world';
import { now, pair } from '../../support/observations';
import { anAttempt } from './an-attempt';

const command = { kind: 'fenceByDevice', device: 'power', site: 'site-b', keepSite: 'site-a' } as const;

describe('a site that a device switches off', () => {
  function theSites(change: (world: FakeWorld) => void = () => undefined) {
    const world = new FakeWorld();
    change(world);
    const power = new FakeFenceDevice('site-b', (on) => world.setApplication('site-b', on));
    const gateways = { ...world.gateways(), devices: { power } };
    return { power, configured: { pair, configHash: 'cafe0000', gateways } };
  }
  const outcome = (promise: Promise<unknown>) => promise.catch(({ type }: { type: FailureType }) => type);

  it('is switched off once the other one was read as serving, and on again', async () => {
    const { power, configured } = theSites();

    expect(await fenceByDevice(configured, command, anAttempt())).toBe('says that site-b is off');
    const on = { kind: 'unfenceByDevice', device: 'power', site: 'site-b' } as const;
    expect(await unfenceByDevice(configured, on, anAttempt())).toBe('says that site-b is on');
    expect([power.offs, power.ons].map(({ length }) => length)).toEqual([1, 1]);
  });

  it.each<[string, (world: FakeWorld) => void]>([
    ['the other one is sick', (world) => world.setHealth('site-a', 'UNHEALTHY')],
    [
      'the other one is in no group any more',
      (world) => {
        for (const site of ['site-a', 'site-b']) world.removedByOthers(site);
      },
    ],
    [
      'Global Accelerator cannot be read and the other one does not say 200',
      (world) => {
        world.faults.fail('readGroups', 'TrafficUnreachable');
        world.setApplication('site-a', false);
      },
    ],
  ])('is not switched off where %s, as read right before', async (_, change) => {
    const { power, configured } = theSites(change);

    expect(await outcome(fenceByDevice(configured, command, anAttempt()) as Promise<unknown>)).toBe(
      'LastEndpointGuard',
    );
    expect(power.offs).toEqual([]);
  });

  it('is switched off where Global Accelerator cannot be read and the other one says 200', async () => {
    const { power, configured } = theSites((world) => world.faults.fail('readGroups', 'TrafficUnreachable'));

    await fenceByDevice(configured, command, anAttempt());

    expect(power.offs).toHaveLength(1);
  });

  it('is switched off where Global Accelerator hangs: the other one has its time to answer', async () => {
    const { power, configured } = theSites();
    const hangs = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('hung'))));
    const probe = (signal: AbortSignal) => (signal.aborted ? Promise.reject(new Error('late')) : Promise.resolve(200));
    Object.assign(configured.gateways.traffic, { readGroups: hangs });
    Object.assign(configured.gateways.health['site-a']!, { probe });
    const soon = { ...anAttempt(), signal: AbortSignal.timeout(50) };

    await fenceByDevice(configured, command, soon);

    expect(power.offs).toHaveLength(1);
  });

  it.each([
    ['answers', 1],
    ['does not answer', 0],
  ])(
    'without a health URL and with Global Accelerator unread: off only where Infinispan of the other one %s',
    async (how, offs) => {
      const { power, configured } = theSites((world) => {
        world.faults.fail('readGroups', 'TrafficUnreachable');
        if (how !== 'answers') world.faults.fail('readView', 'InfinispanUnreachable');
      });
      configured.gateways.health = {};

      await outcome(fenceByDevice(configured, command, anAttempt()));

      expect(power.offs).toHaveLength(offs);
    },
  );

  it('waits for a person where no program drives the device', async () => {
    const { configured } = theSites();

    const manual = { ...command, device: 'by-hand' };
    expect(await outcome(fenceByDevice(configured, manual, anAttempt()) as Promise<unknown>)).toBe('FenceManual');
  });
});

it.each([fenceByDevice, unfenceByDevice])(
  'a device that fences the other site by now, as this worker is configured, is not driven: %p',
  async (effect) => {
    const power = new FakeFenceDevice('site-a');
    const configured = { pair, configHash: 'x', gateways: { ...new FakeWorld().gateways(), devices: { power } } };
    const meant = { device: 'power', site: 'site-b', keepSite: 'site-a' };

    const driven = effect(configured, meant as never, anAttempt());

    await expect(driven).rejects.toMatchObject({ type: 'FenceManual' });
    await expect(driven).rejects.toThrow(
      'No program drives the fence device power for site-b here; it fences site-a: a person has to do it.',
    );
    expect([power.offs, power.ons]).toEqual([[], []]);
  },
);

describe('devices in peace time', () => {
  const clock = { now: () => now, monotonicMs: () => 0 };

  it('are all asked; one that fails is unknown, with why, and is told to the journal', async () => {
    const world = new FakeWorld();
    const [sound, broken] = [new FakeFenceDevice('site-b', undefined, () => now), new FakeFenceDevice('site-b')];
    broken.manner = 'cannotTell';
    const told: string[] = [];
    const journal = {
      readFailed: ({ what, type }: { what: string; type: string }) => void told.push(`${what}: ${type}`),
      readSucceeded: ({ what }: { what: string }) => void told.push(`${what}: read`),
    };
    const configured = { pair, configHash: 'x', gateways: { ...world.gateways(), devices: { sound, broken } } };

    expect(await readDevices(configured, { clock, journal })).toEqual({
      sound: { state: { value: 'on', at: now }, check: { value: [], at: now } },
      broken: {
        state: { unknown: 'FenceDeviceFailed', at: now },
        check: { unknown: 'FenceDeviceFailed', at: now },
        says: 'as the test asked',
      },
    });
    expect(told.sort()).toEqual(['fence device broken: FenceDeviceFailed', 'fence device sound: read']);
  });

  it('are none where none is configured', async () => {
    const journal = { readFailed: () => undefined, readSucceeded: () => undefined };
    const configured = { pair, configHash: 'x', gateways: new FakeWorld().gateways() };

    expect(await readDevices(configured, { clock, journal }, { patient: true })).toEqual({});
  });
});
