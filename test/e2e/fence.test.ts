/**
 * The main job on real parts: two Infinispan sites, Prometheus and Alertmanager with the shipped rules, Temporal, the shipped
 * worker, webhook and command line; AWS is the stand-in. One lab serves all incidents, which are put right in between.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { labCaches } from '../../lab/infinispan';
import { startLab, type Lab } from '../../lab/lab';
import { freePort } from '../../lab/ports';
import { labPair } from '../../lab/sitewarden-config';
import { labSites, peerOf } from '../../lab/sites';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import type { RunStatus } from '../../workflows/contract/inputs';

describe('a split, on real parts', () => {
  let lab: Lab;
  let connection: Connection;
  beforeAll(async () => {
    lab = await startLab({ policy: { stableSeconds: 2 } });
    connection = await Connection.connect({ address: lab.temporal.address });
    await Promise.all([lab.worker.start(), lab.webhook.start()]);
  });
  afterAll(async () => {
    await connection?.close();
    await lab?.close();
  });

  async function historyLength(): Promise<number> {
    const client = new Client({ connection, namespace: lab.temporal.namespace });
    return (await client.workflow.getHandle(sitePairWorkflowId(labPair)).describe()).historyLength;
  }

  async function status(): Promise<RunStatus | undefined> {
    const { stdout } = await lab.cli('status', labPair, '--json');
    return (JSON.parse(stdout) as { status?: RunStatus }).status;
  }

  function untilFenced(): Promise<RunStatus> {
    const proved = async () => {
      const run = await status();
      return run?.provedSince === undefined ? undefined : run;
    };
    return lab.until(proved, { what: 'a proved fence', withinSeconds: 60, everyMs: 250 });
  }

  /** The endpoints as AWS has them, by site. */
  function endpointSites(): string[] {
    const [accelerator] = lab.aws.standIn.snapshot().accelerators;
    const endpoints = accelerator?.listeners.flatMap(({ groups }) => groups.flatMap((group) => group.endpoints)) ?? [];
    return labSites.filter((site) => endpoints.some(({ endpointId }) => endpointId === lab.aws.loadBalancers[site]));
  }

  async function secondWorker() {
    const healthPort = await freePort();
    const config = readFileSync(lab.configFile, 'utf8');
    const configFile = join(lab.run.folder, 'sitewarden-2.yaml');
    writeFileSync(configFile, config.replace(/(health:\s+listen: 127\.0\.0\.1:)\d+/, `$1${healthPort}`));
    return lab.sitewarden.worker({ name: 'worker-2', configFile, healthPort });
  }

  function removalsSince(seq: number) {
    return lab.aws.standIn.journal.of('RemoveEndpoints').filter((entry) => entry.seq > seq && entry.applied);
  }

  /** What a person does by hand after an incident: end the run, heal the link, attach both ways, add the endpoint. */
  async function putRight(): Promise<void> {
    await lab.cli('abort', labPair, '--reason', 'the test goes on');
    await lab.link.heal();
    await lab.until(() => lab.infinispan.isWhole(), { what: 'a whole link', withinSeconds: 60 });
    for (const site of labSites) await lab.infinispan.sites[site].rest.bringOnline(peerOf(site));
    const missing = labSites.filter((site) => !endpointSites().includes(site));
    for (const site of missing) {
      lab.aws.standIn.callAs('a person', 'AddEndpoints', {
        EndpointGroupArn: lab.aws.accelerator.groupArns[0],
        EndpointConfigurations: [{ EndpointId: lab.aws.loadBalancers[site], Weight: 128 }],
      });
    }
    const healthy = async () => (await lab.cli('observe', labPair, '--json')).stdout.includes('"kind": "healthy"');
    await lab.until(healthy, { what: 'a healthy pair', withinSeconds: 60 });
    await lab.until(async () => (await lab.alerting.firing()).length === 0, { what: 'no alert', withinSeconds: 60 });
  }

  afterEach(async () => {
    lab.aws.standIn.faults.clear();
    await putRight();
  });

  it('is noticed, fenced and proved: one site is left, and it accepts writes again', async () => {
    const before = lab.aws.standIn.journal.latest;

    await lab.link.cut();
    const run = await untilFenced();

    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(endpointSites()).toEqual(['site-a']);
    expect(removalsSince(before)).toHaveLength(1);
    const { rest } = lab.infinispan.sites['site-a'];
    expect(Object.values(await rest.backupsTo('site-b', labCaches))).toEqual(labCaches.map(() => 'offline'));
    expect(await lab.infinispan.sites['site-b'].rest.backupTo('site-a')).toBe('online');
    expect(await rest.put('work', 'after-the-fence', 'accepted')).toBe(204);
  });

  it('waits for the heal without filling its history: looks that find nothing new add no event', async () => {
    await lab.link.cut();
    await untilFenced();
    const waiting = async () => (await status())?.waitingFor?.startsWith('the link');
    await lab.until(waiting, { what: 'nothing left to do', withinSeconds: 60 });
    const { journal } = lab.aws.standIn;
    const looks = (after: number) => journal.of('DescribeEndpointGroup').filter(({ seq }) => seq > after).length;
    const [eventsBefore, journalBefore] = [await historyLength(), journal.latest];

    await lab.until(() => looks(journalBefore) >= 4, { what: 'four more looks', withinSeconds: 60 });

    expect(await historyLength()).toBe(eventsBefore);
  });

  it('one way only (site-b hears nothing): fences all the same', async () => {
    await lab.link.blackhole('site-b');
    const run = await untilFenced();

    expect(run.roles?.keepSite).toBe('site-a');
    expect(endpointSites()).toEqual(['site-a']);
  });

  it('the worker is killed between the two steps: another one completes the fence in seconds', async () => {
    const { standIn } = lab.aws;
    const before = standIn.journal.latest;
    const removal = standIn.faults.inject({ kind: 'hold' }, { operation: 'RemoveEndpoints' });
    await lab.link.cut();
    await removal.reached;

    await lab.worker.kill();
    removal.release();
    const killedAt = Date.now();
    await lab.worker.start();
    const run = await untilFenced();

    expect(endpointSites()).toEqual(['site-a']);
    expect(removalsSince(before)).toHaveLength(1);
    expect(run.provedSince).toBeGreaterThan(killedAt);
    expect(await lab.infinispan.sites['site-a'].rest.backupTo('site-b')).toBe('offline');
  });

  it('the worker is frozen before the removal and thawed after its deadline: it sends nothing', async () => {
    const { standIn } = lab.aws;
    const before = standIn.journal.latest;
    const second = await secondWorker();
    await lab.link.cut();
    // The removal reads its group once more right before it sends: the first such read after the first assessment.
    await standIn.journal.until(({ operation, seq }) => seq > before && operation === 'DescribeEndpointGroup', {
      withinMs: 60_000,
    });
    const held = standIn.faults.inject({ kind: 'hold' }, { operation: 'DescribeEndpointGroup' });
    await held.reached;

    lab.worker.freeze();
    await second.start();
    const run = await untilFenced();
    held.release();
    lab.worker.thaw();
    await lab.until(() => commandsRefused().length > 0, { what: 'the thawed attempt has ended', withinSeconds: 30 });

    expect(run.roles?.staleSite).toBe('site-b');
    const removals = standIn.journal.of('RemoveEndpoints').filter(({ seq }) => seq > before);
    expect(removals).toHaveLength(1);
    expect(endpointSites()).toEqual(['site-a']);
    await second.stop();

    /** Lines of the first worker about commands of this run that it did not carry out. */
    function commandsRefused(): string[] {
      const log = readFileSync(join(lab.run.folder, 'logs', 'worker.log'), 'utf8');
      return log.split('\n').filter((line) => line.includes(run.incident) && line.includes('Not accepted'));
    }
  });
});
