/** `sitewarden drill` on a real Temporal server; the sites are fakes, whose journals hold every change. */
import type { FenceDevice } from '../../domain/site-pair';
import { CommandLine } from '../support/command-line';
import { FakeFenceDevice } from '../support/fake-fence-device';
import type { FakeWorkload } from '../support/fake-workload';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('command line: drill', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function twoSites(options: Omit<TwoSitesOptions, 'name'> = {}) {
    pairs += 1;
    const name = `drill-${pairs}`;
    const sites = new TwoSites(temporal, { name, ...options });
    const cli = new CommandLine({ pairs: [name], temporal: { address: temporal.env.address } });
    return { name, sites, world: sites.world, cli };
  }

  it('rehearses a split up to the end of the way back, and changes nothing: every journal is empty, and no run was started', async () => {
    const { cli, name, sites, world } = twoSites({ applications: true });

    const ran = await cli.run('drill', name);
    const oneWay = await cli.run('drill', name, '--cut', 'site-a:site-b', '--json');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /1\. +remove site-b's endpoint .*\n.*\n.*2\. +on site-a take the backup to site-b offline/,
    );
    expect(ran.stdout).toMatch(/ +start the application of site-b\n/);
    expect(ran.stdout).toMatch(/ends +the run, with siteOnline\n/);
    expect(oneWay.json()).toMatchObject({ changed: false, incidents: [{ alertOf: ['site-a'], ends: 'finished' }] });
    const applications = Object.values(world.workload) as FakeWorkload[];
    expect([world.journal, ...applications.flatMap(({ stops, starts }) => [stops, starts])]).toEqual(Array(5).fill([]));
    expect(await sites.status()).toEqual({ run: 'none' });
  });

  it('names the device that would switch the site off, and asks it for its state alone', async () => {
    const device = new FakeFenceDevice('site-b');
    const power: FenceDevice = { name: 'power', site: 'site-b', level: 1, kind: 'agent' };
    const { cli, name, world } = twoSites({
      fencing: { trafficLevel: 1, trafficWithinSeconds: 3, devices: [power] },
      gateways: (fakes) => ({ ...fakes, devices: { power: device } }),
    });

    const ran = await cli.run('drill', name);

    expect(ran.stdout).toMatch(/2\. +switch site-b off by the fence device power; site-a stays\n/);
    expect(ran.stdout).toMatch(/ +switch site-b on again by the fence device power\n/);
    expect([device.offs, device.ons, world.journal]).toEqual([[], [], []]);
    expect(await device.readState(AbortSignal.timeout(1_000))).toMatchObject({ state: 'on' });
  });

  it('is refused in a split and beside an open run, in one sentence, and leaves both as they are', async () => {
    const { cli, name, sites, world } = twoSites();
    world.cut();
    const split = await cli.run('drill', name);
    await sites.alert('site-a');
    const beside = await cli.run('drill', name);

    expect([split.exitCode, beside.exitCode]).toEqual([3, 3]);
    expect(split.stderr).toMatch(/is not in peace \(partition: .*\), so nothing is rehearsed\./);
    expect(beside.stderr).toContain(`A run of ${name} is open, so nothing is rehearsed.`);
    await sites.abort();
  });

  it('is refused where the worker goes by a configuration without the place that is cut', async () => {
    const { name } = twoSites();
    const cli = new CommandLine({
      pairs: [name],
      temporal: { address: temporal.env.address },
      observers: ['third'],
    });

    const ran = await cli.run('drill', name, '--cut', 'third');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('Give the worker the configuration that this command used, and restart it.');
  });
});
