import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeycloakWorkload } from '../../gateways/keycloak';
import { createExecWorkload, type WorkloadCommand } from '../../gateways/workload';
import { until } from '../../lab/until';
import { FakeCredentials } from '../support/fake-credentials';
import { FakeWorkload } from '../support/fake-workload';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer } from '../support/scripted-server';
import { untoldStateContract, workloadContract, type WorkloadTwin } from './workload.contract';

const script = join(__dirname, '..', 'support', 'workload-script.cjs');
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewarden-workload-'));
  folders.push(folder);
  return folder;
}

const commandsIn = (folder: string, manners: Partial<Record<'stop' | 'start' | 'status', string>> = {}) => {
  const command = (action: 'stop' | 'start' | 'status'): WorkloadCommand => {
    const manner = manners[action];
    return [process.execPath, script, folder, action, ...(manner === undefined ? [] : [manner])];
  };
  return { stop: command('stop'), start: command('start'), status: command('status') };
};

function workload(commands: Parameters<typeof createExecWorkload>[0]['commands'], timeoutSeconds = 60) {
  const environment = { ...process.env, AWS_SECRET_ACCESS_KEY: 'canary-key', SITEWARDEN_CONFIG: 'canary-config' };
  return createExecWorkload({ pair: 'demo', site: 'site-b', commands, timeoutSeconds, environment });
}

const sending = (signal = noHurry()) => ({ commandId: 'incident/1/7', signal });

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

workloadContract('fake', async () => {
  const gateway = new FakeWorkload();
  return {
    gateway,
    failNext: (call) => gateway.fail(call, 'WorkloadFailed'),
    close: async () => undefined,
  };
});

untoldStateContract('fake', () => Object.assign(new FakeWorkload(), { hasStatus: false }));

workloadContract('exec', async () => execTwin(await newFolder()));

untoldStateContract('exec', () => workload({ stop: ['true'], start: ['true'] }));

/** In front of it a router, which answers 503 while there is no Keycloak behind it. */
workloadContract('Keycloak', async (): Promise<WorkloadTwin> => {
  const folder = await newFolder();
  const commands = execTwin(folder);
  const router = await scriptedServer(() => ({ status: existsSync(join(folder, 'running')) ? 200 : 503 }));
  const source = new FakeCredentials();
  const admin = { site: 'site-b', url: router.url, realm: 'master', clientId: 'sitewarden' };
  const gateway = createKeycloakWorkload({
    commands: commands.gateway,
    lbCheck: { site: 'site-b', url: `${router.url}/lb-check` },
    admin: { ...admin, secret: { source, reference: 'env:KEYCLOAK' } },
  });
  return {
    ...{ ...commands, gateway },
    close: async () => void (await Promise.all([gateway.close(), commands.close(), router.close()])),
  };
});

function execTwin(folder: string): WorkloadTwin {
  const healthy = workload(commandsIn(folder));
  const broken = workload(commandsIn(folder, { stop: 'refuses', start: 'refuses', status: 'isUnsure' }));
  const failing = new Set<string>();
  const either = (call: 'stop' | 'start' | 'readState') => (failing.delete(call) ? broken : healthy);
  return {
    gateway: {
      stop: (how) => either('stop').stop(how),
      start: (how) => either('start').start(how),
      readState: (signal) => either('readState').readState(signal),
    },
    failNext: (call) => void failing.add(call),
    close: async () => void (await Promise.all([healthy.close(), broken.close()])),
  };
}

describe("a command for a site's application", () => {
  it('that fails tells its exit code and its last lines, in printable characters', async () => {
    const gateway = workload(commandsIn(await newFolder(), { stop: 'refuses' }));

    const { message } = await failureOf(gateway.stop(sending()));

    expect(message).toMatch(/^The stop command of site-b \(node\) ended with 7:\n/);
    expect(message.split('\n').slice(1).sort()).toEqual(['[31mno quorum [0m', 'first line']);
  });

  it('that prints without end has only its last lines kept', async () => {
    const gateway = workload(commandsIn(await newFolder(), { start: 'prints' }));

    const { message } = await failureOf(gateway.start(sending()));

    expect(message.split('\n').slice(1)).toEqual(Array.from({ length: 20 }, (_, index) => `line ${99_981 + index}`));
  });

  it('that does not end in time is ended, with all that it started', async () => {
    const folder = await newFolder();
    const gateway = workload(commandsIn(folder, { stop: 'hangs' }), 1);

    const failure = await failureOf(gateway.stop(sending()));

    expect(failure).toMatchObject({ type: 'WorkloadTimedOut', retryable: true });
    expect(failure.message).toContain('did not end in time');
    const [leader, child] = readFileSync(join(folder, 'hanging'), 'utf8').split(' ').map(Number);
    expect(existsSync(join(folder, 'asked-to-end'))).toBe(true);
    await until(() => !lives(leader) && !lives(child), { what: 'both processes to be gone', withinSeconds: 10 });
  });

  it.each(['the run', 'the worker'])('is ended when %s does not wait for it any more', async (who) => {
    const folder = await newFolder();
    const gateway = workload(commandsIn(folder, { stop: 'hangs' }));
    const run = new AbortController();
    const ended = failureOf(gateway.stop(sending(run.signal)));
    await until(() => existsSync(join(folder, 'hanging')), { what: 'the command to hang', withinSeconds: 30 });

    if (who === 'the run') run.abort();
    else await gateway.close();

    const failure = await ended;
    expect(failure.type).toBe('WorkloadTimedOut');
    expect(failure.message).toContain('nobody waits for it any more');
    const [leader] = readFileSync(join(folder, 'hanging'), 'utf8').split(' ').map(Number);
    await until(() => !lives(leader), { what: 'the command to be gone', withinSeconds: 10 });
  });

  it('has none of our environment but what it needs to run, and is told what it is for', async () => {
    const folder = await newFolder();
    const gateway = workload(commandsIn(folder, { start: 'tellsItsEnvironment' }));

    await gateway.start(sending());

    const environment = JSON.parse(readFileSync(join(folder, 'environment'), 'utf8')) as Record<string, string>;
    expect(environment).toMatchObject({
      PATH: process.env.PATH,
      SITEWARDEN_PAIR: 'demo',
      SITEWARDEN_SITE: 'site-b',
      SITEWARDEN_COMMAND_ID: 'incident/1/7',
    });
    expect(JSON.stringify(environment)).not.toContain('canary');
  });

  it('may leave the application running behind it, which prints on unharmed', async () => {
    const folder = await newFolder();
    const gateway = workload(commandsIn(folder, { start: 'leavesOneRunning' }));

    await expect(gateway.start(sending())).resolves.toMatch(/^started/);

    const left = Number(readFileSync(join(folder, 'left-running'), 'utf8'));
    await gateway.close();
    const said = () => (existsSync(join(folder, 'said')) ? readFileSync(join(folder, 'said'), 'utf8').length : 0);
    const before = said();
    await until(() => said() >= before + 5, { what: 'what was left running to print on', withinSeconds: 30 });
    process.kill(left, 'SIGKILL');
  });

  it('that is killed by somebody else has failed', async () => {
    const gateway = workload(commandsIn(await newFolder(), { stop: 'isKilled' }));

    const failure = await failureOf(gateway.stop(sending()));

    expect(failure).toMatchObject({ type: 'WorkloadFailed', retryable: true });
    expect(failure.message).toContain('was ended by SIGKILL');
  });

  it('that is not there has failed, and a repeat would too', async () => {
    const missing: WorkloadCommand = ['/nonexistent/kc-scale'];
    const gateway = workload({ stop: missing, start: missing, status: missing });

    for (const call of [gateway.stop(sending()), gateway.readState(noHurry())]) {
      const failure = await failureOf(call);
      expect(failure).toMatchObject({ type: 'WorkloadFailed', retryable: false });
      expect(failure.message).toContain('(kc-scale) could not be started: ENOENT');
    }
  });

  it('is read by no shell', async () => {
    const folder = await newFolder();
    const echo: WorkloadCommand = ['echo', '$(id)', '>', join(folder, 'x'), '; exit 7'];
    const gateway = workload({ stop: echo, start: echo });

    await expect(gateway.stop(sending())).resolves.toBe(`$(id) > ${join(folder, 'x')} ; exit 7`);
  });
});

/** A process that is only waited for by nobody (a zombie) does nothing any more. */
function lives(pid: number | undefined): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
