/**
 * The main job on real parts: two Infinispan sites, Prometheus and Alertmanager with the shipped rules, Temporal, the shipped
 * worker, webhook and command line; AWS is the stand-in. One lab serves all incidents, which are put right in between.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { labCaches } from '../../lab/infinispan';
import { labPair } from '../../lab/sitewarden-config';
import { IncidentLab } from '../support/incident-lab';

describe('a split, on real parts', () => {
  let incidents: IncidentLab;
  beforeAll(async () => {
    incidents = await IncidentLab.start();
    await Promise.all([incidents.lab.worker.start(), incidents.lab.webhook.start()]);
  });
  afterAll(() => incidents?.close());

  afterEach(() => incidents.putRight());

  it('is noticed, fenced and proved: one site is left, and it accepts writes again', async () => {
    const { lab } = incidents;
    const before = incidents.standIn.journal.latest;

    await lab.link.cut();
    const run = await incidents.untilFenced();

    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(incidents.endpointSites()).toEqual(['site-a']);
    expect(incidents.callsSince(before, 'RemoveEndpoints')).toHaveLength(1);
    const { rest } = lab.infinispan.sites['site-a'];
    expect(Object.values(await rest.backupsTo('site-b', labCaches))).toEqual(labCaches.map(() => 'offline'));
    expect(await rest.put('work', 'after-the-fence', 'accepted')).toBe(204);
    const { exitCode, stdout } = await lab.cli('status', labPair);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('site-b is out');
    const { 'site-b': stale } = lab.applications;
    await lab.until(() => !stale.isRunning, { what: "site-b's application is stopped", withinSeconds: 60 });
    const silent = async () => (await lab.infinispan.sites['site-b'].rest.backupTo('site-a')) === 'offline';
    await lab.until(silent, { what: 'site-b sends nothing to site-a any more', withinSeconds: 60 });
    expect(lab.applications['site-a'].isRunning).toBe(true);
  });

  it('waits for the heal without filling its history: looks that find nothing new add no event', async () => {
    await incidents.lab.link.cut();
    await incidents.untilRun('nothing is left to do', ({ waitingFor }) => waitingFor?.startsWith('the link') === true);
    const { journal } = incidents.standIn;
    const length = async () =>
      (await incidents.temporal.workflow.getHandle(incidents.workflowId).describe()).historyLength;
    const [eventsBefore, journalBefore] = [await length(), journal.latest];

    await incidents.lab.until(() => incidents.callsSince(journalBefore, 'DescribeEndpointGroup').length >= 3, {
      what: 'three more looks',
      withinSeconds: 60,
    });

    expect(await length()).toBe(eventsBefore);
  });

  it.each([
    ['nothing that site-a says arrives', 'mute', 'site-a'],
    ['nothing that site-b says arrives', 'mute', 'site-b'],
    ['site-b hears nothing', 'deafen', 'site-b'],
  ] as const)('one way only (%s): fences one site all the same', async (_, disturb, site) => {
    const { lab } = incidents;
    await lab.link[disturb](site);
    const run = await incidents.untilFenced();

    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(run.timeline[0]?.what).toContain('keep site-a, fence site-b');
    expect(incidents.endpointSites()).toEqual(['site-a']);
    expect(await lab.infinispan.sites['site-a'].rest.backupTo('site-b')).toBe('offline');
  });

  it('the worker is frozen before the removal, with its polls open: another one fences, and the thawed one sends nothing', async () => {
    const { standIn, lab } = incidents;
    const before = standIn.journal.latest;
    const second = await incidents.worker('worker-2');
    const reached = incidents.holdCall('DescribeEndpointGroup', 2);
    await lab.link.cut();
    const held = await reached;

    lab.worker.freeze();
    await second.start();
    const run = await incidents.untilFenced();
    held.release();
    lab.worker.thaw();
    await lab.until(() => commandsRefused().length > 0, { what: 'the thawed attempt has ended', withinSeconds: 30 });

    expect(run.roles?.staleSite).toBe('site-b');
    expect(incidents.callsSince(before, 'RemoveEndpoints')).toHaveLength(1);
    expect(incidents.endpointSites()).toEqual(['site-a']);
    await second.stop();

    /** Lines of the first worker about commands of this run that it did not carry out. */
    function commandsRefused(): string[] {
      const log = readFileSync(join(lab.run.folder, 'logs', 'worker.log'), 'utf8');
      return log.split('\n').filter((line) => line.includes(run.incident) && line.includes('Not accepted'));
    }
  });
});
