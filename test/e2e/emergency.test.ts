/**
 * The fence without Temporal, on real parts: two Infinispan sites, the shipped command line with its real gateways, AWS as the
 * stand-in; and what the next run makes of it, once Temporal is back.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { labCaches } from '../../lab/infinispan';
import { startLab, type Lab } from '../../lab/lab';
import { projectFolder } from '../../lab/project-folder';
import { labPair } from '../../lab/sitewarden-config';
import { labSites } from '../../lab/sites';
import type { RunStatus } from '../../workflows/contract/inputs';

const program = join(projectFolder, 'dist', 'bin', 'sitewarden.js');

describe('emergency, on real parts', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ policy: { stableSeconds: 2 } });
  });
  afterAll(async () => {
    await lab?.close();
  });

  function performing(journal: string): string[] {
    const said = ['--perform', '--reason', 'Temporal is down', '--confirm', 'site-b', '--journal', journal];
    return ['emergency', labPair, '--site', 'site-b', ...said];
  }

  /** The command as its own process, while it runs. */
  function begun(...args: string[]) {
    const child = spawn(process.execPath, [program, ...args, '--config', lab.configFile], {
      env: { ...process.env, ...lab.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    return { child, said: () => said };
  }

  function linesOf(journal: string): Record<string, unknown>[] {
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The endpoints as AWS has them, by site. */
  function endpointSites(): string[] {
    const [accelerator] = lab.aws.standIn.snapshot().accelerators;
    const endpoints = accelerator?.listeners.flatMap(({ groups }) => groups.flatMap((group) => group.endpoints)) ?? [];
    return labSites.filter((site) => endpoints.some(({ endpointId }) => endpointId === lab.aws.loadBalancers[site]));
  }

  function removalsSince(seq: number) {
    return lab.aws.standIn.journal.of('RemoveEndpoints').filter((entry) => entry.seq > seq);
  }

  it('Ctrl-C before the first call: nothing is sent, and what is true is said', async () => {
    const { journal, faults } = lab.aws.standIn;
    const before = journal.latest;
    const file = join(lab.run.folder, 'interrupted.jsonl');
    const look = faults.inject({ kind: 'hold' }, { operation: 'DescribeEndpointGroup' });
    const { child, said } = begun(...performing(file));
    await look.reached;
    // The removal reads its group once more right before it sends; it is held before the look goes on.
    const held = faults.inject({ kind: 'hold' }, { operation: 'DescribeEndpointGroup' });
    look.release();
    await held.reached;

    child.kill('SIGINT');
    held.release();
    const [exitCode] = (await once(child, 'close')) as [number];

    expect(exitCode).toBe(4);
    expect(said()).toContain(`no run of ${labPair} is open`);
    expect(said()).toContain('Stopped when asked to.');
    expect(removalsSince(before)).toEqual([]);
    expect(linesOf(file).at(-1)).toMatchObject({ entry: 'ended', outcome: 'stopped' });
  });

  it('its reader goes away (`| head`): goes on to its end all the same, and the journal tells it', async () => {
    const { faults } = lab.aws.standIn;
    const file = join(lab.run.folder, 'unread.jsonl');
    const down = faults.inject({ kind: 'internalError' }, { times: Infinity });
    const { child } = begun(...performing(file), '--wait', '3');
    await once(child.stdout, 'data');

    child.stdout.destroy();
    const [exitCode] = (await once(child, 'close')) as [number];
    down.remove();

    expect(exitCode).toBe(3);
    expect(linesOf(file).at(-1)).toMatchObject({ entry: 'ended', outcome: 'refused' });
  });

  it('Temporal is down: prints the calls, performs them, proves the fence; the next run adopts it, and is not acted beside', async () => {
    const { standIn } = lab.aws;
    const file = join(lab.run.folder, 'emergency.jsonl');
    await lab.temporal.server.stop();
    await lab.link.cut();
    const split = async () => (await lab.cli('emergency', labPair, '--site', 'site-b')).stdout.includes('partition');
    await lab.until(split, { what: 'the split to be seen', withinSeconds: 60 });
    const before = standIn.journal.latest;

    const printed = await lab.cli('emergency', labPair, '--site', 'site-b', '--json');

    const { calls } = JSON.parse(printed.stdout) as { calls: { typed: string }[] };
    expect(printed.exitCode).toBe(0);
    // The last one is the configured command that stops the site's application.
    expect(calls.map(({ typed }) => typed.split(' ')[0])).toEqual(['aws', 'curl', process.execPath]);
    expect(endpointSites()).toEqual([...labSites]);
    expect(removalsSince(before)).toEqual([]);

    const performed = await lab.cli(...performing(file));

    expect(performed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(performed.stdout).toContain('Temporal tells nothing: Temporal at');
    expect(performed.stdout).toContain('Fenced: site-b is out, site-a serves everyone');
    expect(endpointSites()).toEqual(['site-a']);
    const { rest } = lab.infinispan.sites['site-a'];
    expect(Object.values(await rest.backupsTo('site-b', labCaches))).toEqual(labCaches.map(() => 'offline'));
    expect(await rest.put('work', 'after-the-emergency', 'accepted')).toBe(204);
    const [removal] = removalsSince(before);
    const lines = linesOf(file);
    const callsWritten = lines.filter(({ entry }) => entry === 'sending' || entry === 'commandEnded');
    expect(callsWritten.map(({ entry, outcome }) => outcome ?? entry)).toEqual([
      'sending',
      'accepted',
      'sending',
      'accepted',
      'sending',
      'accepted',
    ]);
    expect(JSON.stringify(removal)).toContain(callsWritten[0]?.commandId);
    expect(lines.at(-1)).toMatchObject({ entry: 'ended', outcome: 'fenced' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(lab.infinispan.users.admin.password);

    await lab.temporal.server.start();
    await Promise.all([lab.worker.start(), lab.webhook.start()]);
    const run = await lab.until(adopted, { what: 'a run that adopted the fence', withinSeconds: 120, everyMs: 500 });

    expect(run.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(run.alerts.length).toBeGreaterThan(0);
    expect(removalsSince(before)).toHaveLength(1);
    expect(endpointSites()).toEqual(['site-a']);

    const beside = join(lab.run.folder, 'beside.jsonl');
    const refused = await lab.cli(...performing(beside));

    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(`Incident ${run.incident} of ${labPair} is open`);
    expect(existsSync(beside)).toBe(false);

    async function adopted(): Promise<RunStatus | undefined> {
      const { stdout } = await lab.cli('status', labPair, '--json');
      const { status } = JSON.parse(stdout) as { status?: RunStatus };
      return status?.provedSince === undefined ? undefined : status;
    }
  });
});
