import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { journalName } from '../../../client/cli/commands/emergency';
import type { EmergencyJournal } from '../../../worker/emergency-journal';
import { FakeFenceDevice } from '../../support/fake-fence-device';
import { now } from '../../support/observations';
import { aStatus, open } from '../cli/fake-runs';
import { AnEmergency } from './an-emergency';

const incident = 'keycloak-prod-20261122T031000Z-1a2b';
const openRun = open(undefined, {
  incident,
  phase: 'fencing',
  keepSite: 'site-a',
  staleSite: 'site-b',
  at: now - 60_000,
});

function split(): AnEmergency {
  const emergency = new AnEmergency();
  emergency.world.cut();
  return emergency;
}

/** A journal with room for so many lines. */
function aJournal(room: number): EmergencyJournal {
  let left = room;
  let trouble: string | undefined;
  return {
    record: () => {
      if (left === 0) trouble = 'The disk is full.';
      else left -= 1;
    },
    get trouble() {
      return trouble;
    },
    close: () => undefined,
  };
}

describe('emergency, printing', () => {
  it('shows what is true and the exact calls in their order, and changes nothing', async () => {
    const emergency = split();

    const ran = await emergency.run();

    expect(ran.exitCode).toBe(0);
    expect(emergency.world.journal).toEqual([]);
    expect(ran.stdout).toContain('verdict      partition: both sites answer us, neither sees the other');
    const [group] = emergency.world.accelerator.groups();
    const lines = ran.stdout.split('\n').map((line) => line.trim());
    const remove = lines.findIndex((line) => line.startsWith('aws globalaccelerator remove-endpoints'));
    const detach = lines.findIndex((line) => line.startsWith('curl'));
    expect(lines[remove]).toBe(
      `aws globalaccelerator remove-endpoints --region us-west-2 --endpoint-group-arn ${group?.arn} --endpoint-identifiers ` +
        'EndpointId=arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/site-b/0123456789abcdef',
    );
    expect(lines[remove + 1]).toContain(`read: aws globalaccelerator describe-endpoint-group --region us-west-2`);
    expect(lines[detach]).toBe(
      'curl --cacert /etc/sitewarden/infinispan-ca.pem --user "$INFINISPAN_USER" --request POST ' +
        "'https://keycloak-prod-a.example:11222/rest/v2/container/x-site/backups/site-b?action=take-offline'",
    );
    expect(lines[detach + 2]).toBe('shows: {"site-b":{"status":"offline"}}, not "mixed"');
    expect(detach).toBeGreaterThan(remove);
    expect(ran.stdout).toContain('sitewarden emergency keycloak-prod --site site-b --perform');
  });

  it('--json: gives look, plan and calls as one value', async () => {
    const ran = await split().run('--json');

    expect(ran.json()).toMatchObject({
      performed: false,
      openRun: { temporal: 'silent' },
      verdict: { kind: 'partition' },
      plan: { commands: [{ kind: 'removeEndpoint' }, { kind: 'takeBackupOffline', onSite: 'site-a' }] },
      calls: [{ typed: expect.stringContaining('aws ') }, { typed: expect.stringContaining('curl ') }],
    });
  });

  it('says what could not be read and why, and refuses what that forbids', async () => {
    const emergency = split();
    emergency.world.faults.fail('readGroups', 'TrafficDenied');

    const ran = await emergency.run();

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('not read     endpoint groups: TrafficDenied: as the test asked');
    expect(ran.stdout).toContain('Would be refused: TrafficUnknown');
    expect(ran.stdout).toContain('docs/runbooks/emergency.md');
  });

  it('a fence that is there already: says so, and what nobody guards', async () => {
    const emergency = split();
    emergency.world.removedByOthers('site-b');
    emergency.world.setBackup('site-a', 'offline');

    const ran = await emergency.run();

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('site-b reads as fenced already');
    expect(ran.stdout).toContain('Nobody guards keycloak-prod');
    expect(ran.stdout).toContain('https://keycloak-prod-b.example:11222/rest/v2/container/x-site/backups/site-a');
  });

  it.each([
    ['down', 'down' as const, 'Temporal tells nothing: Temporal at localhost:7233 does not answer.'],
    ['up, without a run', { run: 'none' } as const, 'no run of keycloak-prod is open: sitewarden fence'],
    ['up, with a run', openRun, `incident ${incident} of keycloak-prod is open`],
  ])('Temporal is %s: says what that means', async (_, temporal, said) => {
    const emergency = split();
    emergency.temporal = temporal;

    const ran = await emergency.run();

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain(said);
  });
});

describe('emergency, performing', () => {
  it('removes the endpoint, then detaches, and says fenced only of what it read', async () => {
    const emergency = split();

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'takeBackupOffline on site-a']);
    expect(emergency.world.endpointSites()).toEqual(['site-a']);
    expect(new Set(Object.values(emergency.world.backups('site-a')))).toEqual(new Set(['offline']));
    expect(ran.stdout).toContain('Fenced: site-b is out, site-a serves everyone; proved since');
    expect(ran.stdout).toContain('Nobody guards keycloak-prod');
    expect(ran.stdout).toContain('The next run adopts what was done and guards it');
  });

  it('writes every call down before it is sent and after it is answered, for its owner alone', async () => {
    const emergency = split();

    await emergency.perform();

    const lines = emergency.lines();
    const calls = lines.filter(({ entry }) => entry === 'sending' || entry === 'commandEnded');
    expect(calls.map(({ entry, commandId }) => [entry, commandId])).toEqual(
      emergency.world.journal.flatMap(({ commandId }) => [
        ['sending', commandId],
        ['commandEnded', commandId],
      ]),
    );
    expect(calls[0]).toMatchObject({ command: { kind: 'removeEndpoint', site: 'site-b' } });
    expect(calls[1]).toMatchObject({ outcome: 'accepted', said: 'RemoveEndpoints accepted for site-b', sent: true });
    expect(lines[0]).toMatchObject({
      entry: 'begun',
      pair: 'keycloak-prod',
      site: 'site-b',
      by: 'alice@laptop',
      reason: 'Temporal is down',
      circumstances: { openRun: { temporal: 'silent' }, althoughARunIsOpen: false },
    });
    expect(lines[1]).toMatchObject({ entry: 'looked', verdict: { kind: 'partition' }, next: { kind: 'do' } });
    expect(lines.at(-1)).toMatchObject({ entry: 'ended', outcome: 'fenced' });
    expect(emergency.journalMode).toBe('600');
  });

  it('--json: standard output is the end and nothing else; what happens goes to standard error', async () => {
    const emergency = split();

    const ran = await emergency.perform('--json');

    expect(ran.json()).toMatchObject({
      performed: true,
      outcome: 'fenced',
      journal: emergency.journalFile,
      commands: [{ outcome: 'accepted' }, { outcome: 'accepted' }],
    });
    expect(ran.stderr).toContain('sending: remove site-b from Global Accelerator');
  });

  it('a second time: finds the fence, sends nothing, and writes on in the same journal', async () => {
    const emergency = split();
    await emergency.perform();

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toHaveLength(2);
    expect(emergency.entries().filter((entry) => entry === 'begun')).toHaveLength(2);
  });

  it('a half fence: completes it without a second removal', async () => {
    const emergency = split();
    emergency.world.removedByOthers('site-b');

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['takeBackupOffline on site-a']);
  });

  it('several endpoint groups: none holds the site before it is detached', async () => {
    const emergency = new AnEmergency({ groups: [{ region: 'eu-west-1' }, { region: 'us-east-1' }] });
    emergency.world.cut();

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'removeEndpoint', 'takeBackupOffline on site-a']);
  });

  it('reads that lag behind the removal: waits for them, and does not remove twice', async () => {
    const emergency = split();
    emergency.world.accelerator.lagReadsBy(3);

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'takeBackupOffline on site-a']);
  });

  it('the link is whole: the kept site is taken offline on the fenced one too, as nobody will do it later', async () => {
    const emergency = new AnEmergency();

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'takeBackupOffline on site-a', 'takeBackupOffline on site-b']);
  });

  it.each([
    ['is throttled', 'removeEndpoint', 'TrafficThrottled', 3_000],
    ['does not answer', 'takeBackupOffline', 'InfinispanUnreachable', 3_000],
  ] as const)('a command %s twice: it is tried again, further apart each time', async (_, call, failure, leastMs) => {
    const emergency = split();
    emergency.world.faults.fail(call, failure, { times: 2 });

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.elapsedMs).toBeGreaterThanOrEqual(leastMs);
    expect(ran.stdout).toContain(`waiting for another try after ${failure}`);
    const failed = emergency.lines().filter(({ outcome }) => outcome === failure);
    expect(failed).toHaveLength(2);
  });

  it('the answer to the removal is lost: reads that it took effect, and goes on', async () => {
    const emergency = split();
    emergency.world.faults.fail('removeEndpoint', 'TrafficUnreachable', { afterApplying: true });

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'takeBackupOffline on site-a']);
  });

  it('the kept site vanishes between removal and detach: clients get the other one back', async () => {
    const emergency = split();
    const { world } = emergency;
    const removing = world.faults.hang('removeEndpoint', { afterApplying: true });
    const running = emergency.perform('--wait', '20');
    await removing.reached;
    world.removedByOthers('site-a');
    removing.release();

    const ran = await running;

    expect(ran.exitCode).toBe(4);
    expect(emergency.calls()).toEqual(['removeEndpoint', 'addEndpoint']);
    expect(world.endpointSites()).toEqual(['site-b']);
    expect(ran.stdout).toContain('Not fenced, and a person has to decide: site-a serves nobody any more');
  });
});

describe('emergency, with fence devices', () => {
  function withDevice() {
    const emergency = split();
    const power = new FakeFenceDevice(
      'site-b',
      () => emergency.world.stop('site-b'),
      () => now + emergency.elapsedMs,
    );
    const agent = { program: '/usr/sbin/fence_x', parameters: {} };
    emergency.devices = { fenceDevices: [{ name: 'power', site: 'site-b', agent }], fakes: { power } };
    emergency.world.faults.fail('removeEndpoint', 'TrafficDenied', { times: Infinity });
    return { emergency, power };
  }

  it('Global Accelerator refuses: the site is switched off, which is proved, and only then the other one is detached', async () => {
    const { emergency, power } = withDevice();

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(0);
    expect(power.offs).toHaveLength(1);
    expect(emergency.calls()).toEqual(['takeBackupOffline on site-a']);
    const commands = emergency.lines().filter(({ entry }) => entry === 'commandEnded');
    expect(commands.map(({ outcome }) => outcome)).toEqual([
      'TrafficDenied',
      'TrafficDenied',
      'TrafficDenied',
      'accepted',
      'accepted',
    ]);
  });

  it('no level confirms: nothing is taken over, and it says so', async () => {
    const { emergency, power } = withDevice();
    power.manner = 'hasNoEffect';

    const ran = await emergency.perform();

    expect(ran.exitCode).not.toBe(0);
    expect(ran.stdout).toContain('no fence level has confirmed that site-b serves nobody');
    expect(emergency.calls()).toEqual([]);
  });
});

describe('emergency, when it must not or cannot', () => {
  it('the site to keep is unhealthy: refuses, and nothing is sent', async () => {
    const emergency = split();
    emergency.world.setHealth('site-a', 'UNHEALTHY');

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toContain('Refused: KeepSiteUnhealthy');
    expect(ran.stdout).toContain('Nothing was changed.');
    expect(emergency.world.journal).toEqual([]);
    expect(emergency.lines().at(-1)).toMatchObject({ entry: 'ended', outcome: 'refused' });
  });

  it('the site to keep falls sick between the look and the removal: the group is read again, nothing is sent', async () => {
    const emergency = split();
    const reading = emergency.world.faults.hang('readGroup');
    const running = emergency.perform('--wait', '5');
    await reading.reached;
    emergency.world.setHealth('site-a', 'UNHEALTHY');
    reading.release();

    const ran = await running;

    expect(ran.exitCode).toBe(3);
    expect(emergency.world.journal).toEqual([]);
    expect(ran.stdout).toContain('LastEndpointGuard');
    expect(emergency.entries()).not.toContain('sending');
  });

  it.each([
    ['no reason', ['--perform', '--confirm', 'site-b'], 'Add --reason'],
    ['no confirmation', ['--perform', '--reason', 'a test'], 'Add --confirm site-b'],
    ['another site confirmed', ['--perform', '--reason', 'a test', '--confirm', 'site-a'], '--confirm names "site-a"'],
  ])('%s: exits 2, and nothing is sent', async (_, args, said) => {
    const emergency = split();

    const ran = await emergency.run(...args, '--journal', emergency.journalFile);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(said);
    expect(emergency.world.journal).toEqual([]);
    expect(existsSync(emergency.journalFile)).toBe(false);
  });

  it.each([
    ['a folder that is not there', (file: string) => join(file, 'journal.jsonl')],
    [
      'a link, which somebody else may have put there',
      (file: string) => (symlinkSync(file, `${file}.link`), `${file}.link`),
    ],
  ])('the journal cannot be opened (%s): exits 2, and nothing is sent', async (_, fileIn) => {
    const emergency = split();

    const ran = await emergency.perform('--journal', fileIn(emergency.journalFile));

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/The journal .* cannot be written: E\w+.*Nothing was sent\./);
    expect(emergency.world.journal).toEqual([]);
  });

  it('the pair is in shadow mode: performs nothing, and prints all the same', async () => {
    const emergency = split();
    emergency.mode = 'shadow';

    const performed = await emergency.perform();
    const printed = await emergency.run();

    expect(performed.exitCode).toBe(3);
    expect(performed.stderr).toContain('keycloak-prod is in shadow mode: Sitewarden touches nothing there.');
    expect(printed.exitCode).toBe(0);
    expect(printed.stdout).toContain('aws globalaccelerator remove-endpoints');
    expect(emergency.world.journal).toEqual([]);
  });

  it('a run is open: refuses with its incident, and looks at nothing', async () => {
    const emergency = split();
    emergency.temporal = openRun;

    const ran = await emergency.perform();

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain(`Incident ${incident} of keycloak-prod is open`);
    expect(ran.stderr).toContain('sitewarden fence keycloak-prod --site site-b');
    expect(emergency.world.journal).toEqual([]);
    expect(existsSync(dirname(emergency.journalFile))).toBe(true);
    expect(existsSync(emergency.journalFile)).toBe(false);
  });

  it('a run is open, and a person insists: acts, and the journal says so', async () => {
    const emergency = split();
    emergency.temporal = openRun;

    const ran = await emergency.perform('--although-a-run-is-open');

    expect(ran.exitCode).toBe(0);
    expect(emergency.lines()[0]).toMatchObject({
      circumstances: { openRun: { run: 'open', incident }, althoughARunIsOpen: true },
    });
    expect(ran.stdout).toContain(`The open run ${incident} goes on with what it reads`);
    expect(ran.stdout).toContain('While no worker answers for it, nobody guards keycloak-prod.');
    expect(ran.stdout).not.toMatch(/^Nobody guards|The next run adopts/m);
  });

  it('a run is open that keeps the site: names its stale site, and advises no fence that it would refuse', async () => {
    const emergency = split();
    const roles = { keepSite: 'site-b', staleSite: 'site-a', because: 'a test' };
    emergency.temporal = open(aStatus({ roles }));

    const printed = await emergency.run();
    const performed = await emergency.perform();

    for (const said of [printed.stdout, performed.stderr]) {
      expect(said).toContain(
        'it keeps site-b, and would refuse to fence it (OppositeSiteFenced). Its stale site is site-a',
      );
      expect(said).not.toContain('sitewarden fence keycloak-prod --site site-b');
    }
  });

  it('the machine sleeps between the look and the removal: what was decided before is not sent, but looked at anew', async () => {
    const emergency = split();
    const reading = emergency.world.faults.hang('readGroup');
    const running = emergency.perform();
    await reading.reached;
    emergency.sleep(3_600_000);
    reading.release();

    const ran = await running;

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('DeadlinePassed: The attempt was too old to send anything; nothing was sent.');
    expect(emergency.lines().find(({ outcome }) => outcome === 'DeadlinePassed')).toMatchObject({ sent: false });
    expect(emergency.calls()).toEqual(['removeEndpoint', 'takeBackupOffline on site-a']);
  });

  it('stopped before the removal: sends nothing, and says what is true', async () => {
    const emergency = split();
    const reading = emergency.world.faults.hang('readGroup');
    const running = emergency.perform();
    await reading.reached;
    emergency.stop.abort();
    reading.release();

    const ran = await running;

    expect(ran.exitCode).toBe(4);
    expect(emergency.world.journal).toEqual([]);
    expect(ran.stdout).toContain('Not fenced: Stopped when asked to.');
    expect(ran.stdout).toContain('Now: site-a is in traffic; site-b is in traffic');
  });

  it('stopped while the removal is under way: lets it end, sends no other, and says what is true after it', async () => {
    const emergency = split();
    const removing = emergency.world.faults.hang('removeEndpoint', { afterApplying: true });
    const running = emergency.perform();
    await removing.reached;
    emergency.stop.abort();
    removing.release();

    const ran = await running;

    expect(ran.exitCode).toBe(4);
    expect(emergency.calls()).toEqual(['removeEndpoint']);
    expect(ran.stdout).toContain('site-b is out of traffic; replication site-a -> site-b is online');
    expect(ran.stdout).toContain('give the same command again');
  });

  it('the detach never succeeds: gives up at its bound, and says what it waited for', async () => {
    const emergency = split();
    emergency.world.faults.fail('takeBackupOffline', 'InfinispanFailed', { times: Infinity });

    const ran = await emergency.perform('--wait', '10');

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('Not proved within 10 s. Last it waited for another try after InfinispanFailed.');
    expect(emergency.world.endpointSites()).toEqual(['site-a']);
  });

  it("the kept site's endpoint falls sick after the detach: says that a person has to decide", async () => {
    const emergency = split();
    const detaching = emergency.world.faults.hang('takeBackupOffline', { afterApplying: true });
    const running = emergency.perform();
    await detaching.reached;
    emergency.world.setHealth('site-a', 'UNHEALTHY');
    detaching.release();

    const ran = await running;

    expect(ran.exitCode).toBe(4);
    expect(ran.stdout).toContain('Fenced, and a person has to decide: site-a is not in traffic or not healthy');
  });
});

describe("an emergency's journal", () => {
  it.each([
    ['before the first call', 2, []],
    ['before the second call', 5, ['removeEndpoint']],
  ])('cannot be written any more, %s: the call is not sent, and the end says why', async (_, lines, calls) => {
    const emergency = split();
    const disk = aJournal(lines);

    const end = await emergency.fence(disk);

    expect(emergency.calls()).toEqual(calls);
    expect(end).toMatchObject({ outcome: 'journalLost', says: 'The disk is full. Nothing more was sent.' });
    expect(end.commands.at(-1)).toMatchObject({ outcome: 'notSent', sent: false });
  });

  it('is lost after the last call was sent: the fence is proved all the same, and the journal said to be incomplete', async () => {
    const emergency = split();

    const end = await emergency.fence(aJournal(7));

    expect(emergency.calls()).toHaveLength(2);
    expect(end).toMatchObject({ outcome: 'fenced', journalTrouble: 'The disk is full.' });
  });

  it('has a name that tells the pair and the time', () => {
    expect(journalName('keycloak-prod', now)).toBe('sitewarden-emergency-keycloak-prod-20261122T031201Z.jsonl');
  });
});
