/** Fence devices at the command line: what they say, and a person who vouches for a site that was cut off. */
import { byHand } from '../../../client/cli/rendering/by-hand';
import type { Next } from '../../../domain/next';
import { verdictOf } from '../../../domain/verdict';
import { now, observed, pair } from '../../support/observations';
import { exampleData, loaded } from '../config/a-config';
import { FakeKeyboard } from './fake-keyboard';
import { anId, aStatus, commandLine, FakeRuns, open } from './fake-runs';

const fenceDevices = [
  {
    ...{ name: 'power-b', site: 'site-b', level: 2 },
    agent: {
      program: '/usr/sbin/fence_redfish',
      parameters: { ip: 'bmc-b.example', username: 'site warden' },
      secrets: { password: { secret: 'aws:bmc-b' } },
    },
  },
  { name: 'by-hand-b', site: 'site-b', level: 3, manual: 'pull its uplink' },
];
const ready = { state: { value: 'on', at: now }, check: { value: [], at: now } } as const;
const silent = {
  ...{ state: { unknown: 'FenceDeviceTimedOut', at: now }, check: { unknown: 'FenceDeviceTimedOut', at: now } },
  says: 'power-b (fence_redfish, monitor) did not end in time, and was ended.',
} as const;

function runsThatSee(devices: object): FakeRuns {
  const runs = new FakeRuns();
  const observation = observed();
  const seen = { observation, verdict: verdictOf(pair, observation), devices: devices as never };
  runs.observe = jest.fn(() => Promise.resolve(seen));
  return runs;
}

describe('command line: devices', () => {
  it('tells level by level who fences, and what each says; asks with patience', async () => {
    const runs = runsThatSee({ 'power-b': ready });

    const ran = await commandLine({ runs }, { fenceDevices }).run('devices', 'keycloak-prod');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'site-a | level 1 | Global Accelerator | see: sitewarden observe',
      'site-b | level 1 | Global Accelerator | see: sitewarden observe',
      'site-b | level 2 | power-b | says on, ready',
      'site-b | level 3 | by-hand-b | a person: pull its uplink',
      '',
    ]);
    expect(runs.observe).toHaveBeenCalledWith({ pair: 'keycloak-prod', patient: true });
  });

  it('ends with 3 where one could not do its work, and says what to do', async () => {
    const cli = commandLine({ runs: runsThatSee({ 'power-b': silent }) }, { fenceDevices });

    const ran = await cli.run('devices', 'keycloak-prod');
    const asData = await cli.run('devices', 'keycloak-prod', '--json');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toMatch(/power-b +unknown: FenceDeviceTimedOut, not ready: FenceDeviceTimedOut/);
    expect(ran.stdout).toContain('finding  the fence device power-b does not answer (FenceDeviceTimedOut: power-b');
    expect(asData.json()).toMatchObject({ findings: [{ consequence: 'level 2 could not fence site-b' }] });
  });

  it('tells one that is misconfigured, and one that was not asked', async () => {
    const wrong = { ...ready, check: { value: ['fence_x has no parameter fil; it would be ignored.'], at: now } };
    const cli = (devices: object) => commandLine({ runs: runsThatSee(devices) }, { fenceDevices });

    expect((await cli({ 'power-b': wrong }).run('devices', 'keycloak-prod')).stdout).toContain(
      'says on, misconfigured',
    );
    expect((await cli({}).run('devices', 'keycloak-prod')).stdout).toContain('power-b             not asked');
  });

  it('of a pair without any: says so, and asks nothing', async () => {
    const ran = await commandLine({ runs: new FakeRuns() }).run('devices', 'keycloak-prod');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('keycloak-prod has no fence devices: Global Accelerator alone fences its sites');
  });

  it('observe: one line for all of them', async () => {
    const off = { ...ready, state: { value: 'off', at: now } };
    const runs = runsThatSee({ 'power-b': off, other: silent });

    const ran = await commandLine({ runs }, { fenceDevices }).run('observe', 'keycloak-prod');

    expect(ran.stdout).toMatch(/^devices +power-b says off · other unknown$/m);
  });
});

describe('command line: confirm that a site was cut off by hand', () => {
  const message = 'cut site-b off by hand (pull its uplink), see for yourself that it serves nobody, then confirm.';
  const command = { kind: 'fenceByDevice', device: 'by-hand-b', site: 'site-b', keepSite: 'site-a' } as const;
  const next: Next = {
    kind: 'blocked',
    command,
    type: 'FenceManual',
    message,
    since: now,
    can: ['retry', 'confirm', 'abort'],
  };
  const reason = ['--reason', 'pulled, seen dark'];

  function blocked() {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus({ next }))];
    return { runs, decide: jest.spyOn(runs, 'decide') };
  }

  it('by a script: wants the name of the site, and says what it is asked for', async () => {
    const { runs, decide } = blocked();

    const without = await commandLine({ runs }).run('confirm', 'keycloak-prod', ...reason);
    const other = await commandLine({ runs }).run('confirm', 'keycloak-prod', '--site', 'site-a', ...reason);

    expect([without.exitCode, other.exitCode]).toEqual([2, 2]);
    expect(without.stderr).toContain(`Name the site that was cut off. The run asks: ${message}`);
    expect(other.stderr).toContain('"site-a" is not what is asked for.');
    expect(decide).not.toHaveBeenCalled();
    const named = await commandLine({ runs }).run('confirm', 'keycloak-prod', '--site', 'site-b', ...reason);
    expect(named.exitCode).toBe(0);
    const confirmed = expect.objectContaining({ kind: 'confirm', site: 'site-b' }) as unknown;
    expect(decide).toHaveBeenCalledWith('keycloak-prod', confirmed, anId);
  });

  it.each([
    ['site-b', 0, 1],
    ['yes', 2, 0],
  ])('at a terminal: has the name typed, and takes nothing else (%s)', async (typed, exitCode, sent) => {
    const { runs, decide } = blocked();
    const keyboard = new FakeKeyboard([typed]);
    const cli = commandLine({ runs }, { tty: true, surroundings: { keyboard, env: { NO_COLOR: '1' } } });

    const ran = await cli.run('confirm', 'keycloak-prod', ...reason);

    expect(ran.exitCode).toBe(exitCode);
    expect(`${ran.stdout}${ran.stderr}`).toContain(`Beware: ${message}`);
    expect(keyboard.asked).toEqual([
      'Type site-b if you have seen for yourself that it serves nobody, nothing to leave it: ',
    ]);
    expect(decide).toHaveBeenCalledTimes(sent);
  });

  it('of anything else is asked no site', async () => {
    const runs = new FakeRuns();
    runs.statuses = [open(aStatus({ next: { ...next, type: 'WorkloadManual' } }))];

    expect((await commandLine({ runs }).run('confirm', 'keycloak-prod', ...reason)).exitCode).toBe(0);
  });
});

describe('what a person types in the place of a fence device', () => {
  function say(kind: 'fenceByDevice' | 'unfenceByDevice', device: string) {
    const data = exampleData();
    data.sitePairs[0].fenceDevices = fenceDevices;
    const [configured] = loaded(data).sitePairs;
    return byHand(configured!, { kind, device, site: 'site-b', keepSite: 'site-a' }, observed());
  }

  it('its agent, by standard input; a secret is asked for by the shell, and stands nowhere', () => {
    const { typed, proof } = say('fenceByDevice', 'power-b');

    expect(typed).toBe(
      `(printf '%s\\n' action=off ip=bmc-b.example 'username=site warden'; read -rs hidden; printf '%s\\n' "password=$hidden") | /usr/sbin/fence_redfish`,
    );
    expect(proof).toMatchObject({ typed: expect.stringContaining('action=status'), shows: 'Status: OFF' });
    expect(say('unfenceByDevice', 'power-b')).toMatchObject({
      says: 'switch site-b on again by the fence device power-b',
    });
  });

  it('by hand where a person is the device', () => {
    expect(say('fenceByDevice', 'by-hand-b').typed).toBe('# switch site-b off by hand (by-hand-b)');
  });
});
