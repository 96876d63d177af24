/**
 * Fence levels on real parts: Global Accelerator refuses, fence_dummy of ClusterLabs' package says off of a site that goes on
 * answering, and fence_redfish switches it off by a management controller. Then the way back, to both sites serving.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bmc } from '../../lab/bmc';
import { labCaches } from '../../lab/infinispan';
import { labPair } from '../../lab/sitewarden-config';
import { readTools } from '../../lab/tools';
import { IncidentLab } from '../support/incident-lab';
import { WayBack } from '../support/way-back';

const password = 'e2e-password-of-the-bmc';

describe('fence levels on real parts', () => {
  let day: IncidentLab;
  let bmc: Bmc;
  let dummyState: string;
  beforeAll(async () => {
    day = await IncidentLab.start({ policy: { soakSeconds: 1 } });
    const { lab } = day;
    const { serverFile } = lab.infinispan.certificates;
    dummyState = join(lab.run.folder, 'fence_dummy.status');
    writeFileSync(dummyState, 'on');
    bmc = await Bmc.start({
      serverFile: serverFile['site-b'] as string,
      username: 'sitewarden',
      password,
      onPower: power,
    });
  });
  afterAll(async () => {
    await bmc?.close();
    await day?.close();
  });

  /** Of the whole site: its Infinispan and its application. */
  async function power(on: boolean): Promise<void> {
    const { applications, infinispan } = day.lab;
    const { server } = infinispan.sites['site-b'];
    if (on) {
      await server.start();
      await applications['site-b'].start();
      return;
    }
    await applications['site-b'].stop();
    await server.kill();
  }

  function devices(): object[] {
    const programs = readTools('fenceAgents').fenceAgents;
    return [
      {
        ...{ name: 'dummy-b', site: 'site-b', level: 2 },
        agent: { program: join(programs, 'fence_dummy'), parameters: { type: 'file', status_file: dummyState } },
      },
      {
        ...{ name: 'power-b', site: 'site-b', level: 3 },
        agent: {
          program: join(programs, 'fence_redfish'),
          parameters: bmc.parameters,
          secrets: { password: { secret: 'env:BMC_PASSWORD' } },
        },
      },
    ];
  }

  it('a device that is not believed, one that is, and the way back of a site that was switched off', async () => {
    const { lab } = day;
    const wayBack = new WayBack(day);
    const worker = await day.worker('with-devices', ({ sitePairs: [pair] }) => void (pair.fenceDevices = devices()), {
      BMC_PASSWORD: password,
    });
    await worker.start();
    const refusal = day.standIn.faults.inject(
      { kind: 'accessDenied' },
      { operation: 'RemoveEndpoints', times: Infinity },
    );
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'both views without the other site', withinSeconds: 30 });
    await day.alert('site-a');

    const run = await day.untilFenced();

    expect(bmc.resets).toEqual(['ForceOff']);
    expect(day.endpointSites()).toEqual(['site-a', 'site-b']);
    expect(await wayBack.backups('site-a')).toEqual(labCaches.map(() => 'offline'));
    const said = run.timeline.map(({ what }) => what);
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^fence level 1 \(Global Accelerator\) failed: TrafficDenied, 3 times/),
        expect.stringMatching(
          /^fence level 2 \(dummy-b\) failed: dummy-b took the command, and site-b does not read off/,
        ),
        'fenced: site-b is out, site-a serves alone',
      ]),
    );
    expect(JSON.stringify(run)).not.toContain(password);

    refusal.remove();
    const question = await wayBack.untilAsked('synchronize', ({ question: text }) =>
      text.startsWith('Switch site-b on'),
    );
    expect(day.endpointSites()).toEqual(['site-a']);
    await lab.link.heal();
    await wayBack.approveByCli(question);
    const result = await wayBack.toTheEnd();

    expect(bmc.resets).toEqual(['ForceOff', 'On']);
    expect(result.outcome).toBe('siteOnline');
    expect(day.endpointSites()).toEqual(['site-a', 'site-b']);
    expect(await wayBack.backups('site-b')).toEqual(labCaches.map(() => 'online'));
    await worker.stop();
  });

  it('in peace time the command line tells what the devices say, and what is wrong with one', async () => {
    const broken = devices().map((device, index) =>
      index === 0 ? { ...device, agent: { program: '/bin/cat' } } : device,
    );
    const worker = await day.worker('peace', ({ sitePairs: [pair] }) => void (pair.fenceDevices = broken), {
      BMC_PASSWORD: password,
    });
    await worker.start();

    const { exitCode, stdout } = await day.cliOf('peace', 'devices', labPair);

    expect(stdout).toMatch(/site-b +level 3 +power-b +says on, ready/);
    expect(stdout).toContain('the fence device dummy-b does not answer (FenceDeviceFailed');
    expect(stdout).not.toContain(password);
    expect(exitCode).toBe(3);
    await worker.stop();
  });
});
