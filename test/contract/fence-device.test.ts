/** Drivers of fence devices: the fake, an agent of our own that can misbehave, and two of ClusterLabs' own agents. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFenceAgent } from '../../gateways/fence-agent';
import { Bmc } from '../../lab/bmc';
import { makeCertificates } from '../../lab/certificates';
import { readTools } from '../../lab/tools';
import { until } from '../../lab/until';
import { FakeCredentials } from '../support/fake-credentials';
import { FakeFenceDevice } from '../support/fake-fence-device';
import { failureOf, noHurry } from '../support/outcome';
import { fenceDeviceContract } from './fence-device.contract';

const script = join(__dirname, '..', 'support', 'fence-agent-script.cjs');
const folders: string[] = [];
const secret = 's3cret-of-the-bmc';
const credentials = new FakeCredentials().put('env:BMC', `${secret}\n`);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitewarden-fence-device-'));
  folders.push(folder);
  return folder;
}

/** Node's own, under the name of an agent. */
function starter(folder: string, manner = ''): string {
  const file = join(folder, `fence_file${manner}`);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${manner}\n`);
  chmodSync(file, 0o755);
  return file;
}

function agent(options: Partial<Parameters<typeof createFenceAgent>[0]> & { program: string }) {
  return createFenceAgent({
    ...{ pair: 'demo', device: 'power-b', site: 'site-b', parameters: {}, secrets: {}, credentials },
    ...{ timeoutSeconds: 60, environment: process.env, clock: Date.now },
    ...options,
  });
}

/** Ours, which drives a file. */
function fileAgent(folder: string, manner?: string, timeoutSeconds = 60) {
  return agent({
    program: starter(folder, manner),
    parameters: { file: join(folder, 'state') },
    secrets: { password: 'env:BMC' },
    timeoutSeconds,
    environment: { ...process.env, AWS_SECRET_ACCESS_KEY: 'canary-key' },
  });
}

const sending = (signal = noHurry()) => ({ commandId: 'incident/1/7', signal });

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

fenceDeviceContract('fake', async () => {
  const gateway = new FakeFenceDevice('site-b');
  return {
    gateway,
    switchTo: (state) => gateway.switchTo(state),
    hasNoEffect: () => void (gateway.manner = 'hasNoEffect'),
    close: async () => undefined,
  };
});

fenceDeviceContract('an agent of our own', async () => {
  const folder = await newFolder();
  const [sound, without] = [fileAgent(folder), fileAgent(folder, 'hasNoEffect')];
  let off = sound.off;
  return {
    gateway: { ...sound, off: (how) => off(how) },
    switchTo: (state) => writeFileSync(join(folder, 'state'), state),
    hasNoEffect: () => void (off = without.off),
    close: async () => void (await Promise.all([sound.close(), without.close()])),
  };
});

fenceDeviceContract(
  'fence_dummy of the fence-agents package',
  async () => {
    const file = join(await newFolder(), 'state');
    writeFileSync(file, 'on');
    const program = join(readTools('fenceAgents').fenceAgents, 'fence_dummy');
    const gateway = agent({ program, parameters: { type: 'file', status_file: file } });
    return { gateway, switchTo: (state) => writeFileSync(file, state), close: () => gateway.close() };
  },
  { mayLackEffect: false },
);

fenceDeviceContract('fence_redfish of the fence-agents package', async () => {
  const { serverFile } = await makeCertificates(await newFolder(), ['bmc']);
  const bmc = await Bmc.start({ serverFile: serverFile.bmc as string, username: 'sitewarden', password: secret });
  const gateway = agent({
    program: join(readTools('fenceAgents').fenceAgents, 'fence_redfish'),
    // How long the agent itself waits for the effect.
    parameters: { ...bmc.parameters, power_timeout: '2' },
    secrets: { password: 'env:BMC' },
  });
  return {
    gateway,
    switchTo: (state) => void (bmc.on = state === 'on'),
    hasNoEffect: () => void (bmc.ignoresCommands = true),
    close: async () => void (await Promise.all([gateway.close(), bmc.close()])),
  };
});

describe('a fence agent', () => {
  it('that hangs is a failure and no success, and is ended with all that it started', async () => {
    const folder = await newFolder();
    const gateway = fileAgent(folder, 'hangs', 1);

    const failure = await failureOf(gateway.off(sending()));

    expect(failure).toMatchObject({ type: 'FenceDeviceTimedOut', retryable: true });
    expect(failure.message).toContain('did not end in time');
    const pids = readFileSync(join(folder, 'state.hanging'), 'utf8').split(' ').map(Number);
    await until(() => !pids.some(lives), { what: 'both processes to be gone', withinSeconds: 10 });
  });

  it.each(['the run', 'the worker'])('is ended when %s does not wait for it any more', async (who) => {
    const folder = await newFolder();
    const gateway = fileAgent(folder, 'hangs');
    const run = new AbortController();
    const ended = failureOf(gateway.off(sending(run.signal)));
    await until(() => existsSync(join(folder, 'state.hanging')), { what: 'the agent to hang', withinSeconds: 30 });

    if (who === 'the run') run.abort();
    else await gateway.close();

    expect(await ended).toMatchObject({ type: 'FenceDeviceTimedOut' });
    const pids = readFileSync(join(folder, 'state.hanging'), 'utf8').split(' ').map(Number);
    await until(() => !pids.some(lives), { what: 'the agent to be gone', withinSeconds: 10 });
  });

  it('that ends off with 0 without effect is not believed', async () => {
    const failure = await failureOf(fileAgent(await newFolder(), 'hasNoEffect').off(sending()));

    expect(failure.type).toBe('FenceDeviceNotConfirmed');
    expect(failure.message).toContain('ended off with 0, and says that site-b is still on');
  });

  it.each([
    ['prints garbage', 'garbage'],
    ['says nothing', 'silent'],
    ['says in words that the site is on', 'contradicts'],
  ])('whose status ends with 2 and %s has not said that the site is off', async (_, manner) => {
    const failure = await failureOf(fileAgent(await newFolder(), manner).readState(noHurry()));

    expect(failure.type).toBe('FenceDeviceFailed');
    expect(failure.message).toContain('cannot tell whether site-b is on: status ended with 2');
    // eslint-disable-next-line no-control-regex -- what an agent prints goes into logs and on terminals
    expect(failure.message).not.toMatch(/[\u0000-\u0008\u001b]/);
  });

  it('that refuses fails with what it said', async () => {
    const failure = await failureOf(fileAgent(await newFolder(), 'refuses').off(sending()));

    expect(failure.type).toBe('FenceDeviceFailed');
    expect(failure.message).toMatch(/off\) ended with 1:\nUnable to connect\/login to fencing device$/);
  });

  it('that is not there is said in one sentence', async () => {
    const gateway = agent({ program: '/nonexistent/fence_nothing' });

    for (const asked of [gateway.off(sending()), gateway.readState(noHurry()), gateway.check(noHurry())]) {
      const failure = await failureOf(asked);
      expect(failure.type).toBe('FenceDeviceFailed');
      expect(failure.message).toMatch(/^power-b \(fence_nothing, \w+\) could not be started: ENOENT\.$/);
    }
  });

  it('gets its secrets by standard input alone, and what it prints of them is masked', async () => {
    const folder = await newFolder();
    const failure = await failureOf(fileAgent(folder, 'tells').off(sending()));

    const seen = readFileSync(join(folder, 'state.seen'), 'utf8');
    const { argv, given, env } = JSON.parse(seen) as { argv: string[]; given: object; env: Record<string, string> };
    expect(given).toEqual({ action: 'off', file: join(folder, 'state'), password: secret });
    expect(JSON.stringify([argv, env])).not.toContain(secret);
    expect(JSON.stringify(env)).not.toContain('canary');
    expect(env).toMatchObject({
      SITEWARDEN_PAIR: 'demo',
      SITEWARDEN_SITE: 'site-b',
      SITEWARDEN_COMMAND_ID: 'incident/1/7',
    });
    expect(failure.message).toContain('login with *** refused');
  });

  it('whose secret cannot be read is not run', async () => {
    const folder = await newFolder();
    const gateway = agent({ program: starter(folder), secrets: { password: 'env:NONE' } });

    expect(await failureOf(gateway.off(sending()))).toMatchObject({ type: 'SecretUnavailable' });
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('whose secret has two lines is not run: it would set another parameter', async () => {
    const source = new FakeCredentials().put('env:BMC', 'one\nfile=/elsewhere');
    const folder = await newFolder();
    const gateway = agent({ program: starter(folder), secrets: { password: 'env:BMC' }, credentials: source });

    expect(await failureOf(gateway.off(sending()))).toMatchObject({ type: 'SecretMalformed' });
  });

  it('answers whoever waits for less than it needs with its last answer, as old as that is', async () => {
    let now = 1_000_000;
    const folder = await newFolder();
    const gateway = agent({
      program: starter(folder),
      parameters: { file: join(folder, 'state') },
      clock: () => now,
    });
    const first = await gateway.readState(noHurry());
    now += 11_000;

    const late = await gateway.readState(AbortSignal.timeout(1));

    expect(late).toEqual(first);
    const again = await until(
      async () => {
        const read = await gateway.readState(noHurry());
        return read.at > first.at ? read : undefined;
      },
      { what: 'the next answer', withinSeconds: 30 },
    );
    expect(again).toMatchObject({ state: 'on', at: now });
  });
});

describe("a fence agent's own validation", () => {
  it('is a fault of the configuration where its metadata lists it and it refuses; no secret is told', async () => {
    const { faults } = await fileAgent(await newFolder(), 'invalid').check(noHurry());

    expect(faults).toEqual([
      expect.stringMatching(
        /^fence_fileinvalid refuses its parameters \(validate-all ended with 1\): Failed: file=\/.*\/state has to be absolute, and not \*\*\*\.$/,
      ),
    ]);
  });

  it('of fence_redfish finds a value that its metadata cannot', async () => {
    const { serverFile } = await makeCertificates(await newFolder(), ['bmc']);
    const bmc = await Bmc.start({ serverFile: serverFile.bmc as string, username: 'sitewarden', password: secret });
    const gateway = agent({
      program: join(readTools('fenceAgents').fenceAgents, 'fence_redfish'),
      parameters: { ...bmc.parameters, ipport: 'https' },
      secrets: { password: 'env:BMC' },
    });

    const failure = await failureOf(gateway.check(noHurry()));
    await Promise.all([gateway.close(), bmc.close()]);

    expect(failure.type).toBe('FenceDeviceFailed');
    expect(failure.message).toMatch(
      /fence_redfish refuses its parameters \(validate-all ended with 1\): .*not a valid integer/,
    );
  });
});

describe("a fence agent's own metadata", () => {
  it('says which parameters it does not know, and which it needs', async () => {
    const folder = await newFolder();
    const given = { fil: 'x', file: join(folder, 'state'), action: 'off' };
    const gateway = agent({ program: starter(folder), parameters: given });

    const { faults } = await gateway.check(noHurry());

    expect(faults).toEqual([
      'fence_file has no parameter fil (did you mean file?); it would be ignored.',
      'fence_file: action is not for the configuration: it is what Sitewarden asks for.',
      'fence_file needs the parameter password, which is not given.',
    ]);
    // Of two lines the last one counts: what is configured must not become what is done.
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it('of fence_redfish tells a wrong configuration, and why its monitor fails', async () => {
    const program = join(readTools('fenceAgents').fenceAgents, 'fence_redfish');
    const gateway = agent({ program, parameters: { ip: '127.0.0.1', ipport: '1', user: 'sitewarden' } });

    const failure = await failureOf(gateway.check(noHurry()));

    expect(failure.type).toBe('FenceDeviceFailed');
    expect(failure.message).toContain('fence_redfish has no parameter user (did you mean username?)');
    expect(failure.message).toContain('fence_redfish needs the parameter username, which is not given.');
  });

  it('is missed where the program is no fence agent', async () => {
    const gateway = agent({ program: '/bin/cat' });

    const failure = await failureOf(gateway.check(noHurry()));

    expect(failure.message).toContain('power-b (cat) does not describe itself as a fence agent');
  });

  it('is missed with the last words of a program that broke, which name the cause', async () => {
    const program = join(await newFolder(), 'fence_broken');
    const trace = 'Traceback (most recent call last):'.padEnd(300, '.');
    writeFileSync(program, `#!/bin/sh\necho '${trace}'\necho 'ModuleNotFoundError: No module named fencing'\nexit 1\n`);
    chmodSync(program, 0o755);

    const failure = await failureOf(agent({ program }).check(noHurry()));

    expect(failure.message).toContain('ModuleNotFoundError: No module named fencing');
  });
});

/** A process that is only waited for by nobody (a zombie) does nothing any more. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
