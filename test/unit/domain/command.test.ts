import { commandKey, describeCommand, restores, shortGroup, type Command } from '../../../domain/command';
import { groupArn } from '../../support/observations';

const remove: Command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' };
const settings = { weight: 64, clientIpPreservation: true };
const add: Command = { kind: 'addEndpoint', groupArn, site: 'site-b', settings };
const detach: Command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' };
const caches = ['sessions', 'work'];
const wayBack: readonly [Command, string][] = [
  [{ kind: 'stopApplication', site: 'site-b' }, 'stop the application of site-b'],
  [
    { kind: 'compareSites', keepSite: 'site-a', staleSite: 'site-b', caches, epoch: 1 },
    'compare every key and value of site-a and site-b',
  ],
  [
    { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', keepSiteStartedAt: 0, caches },
    'empty 2 caches of site-b, and of no other site',
  ],
  [{ kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches }, 'on site-a cancel the push to site-b'],
  [{ kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches }, 'on site-a push 2 caches to site-b'],
  [
    { kind: 'bringBackupOnline', onSite: 'site-b', backupSite: 'site-a' },
    'on site-b bring the backup to site-a online',
  ],
  [{ kind: 'startApplication', site: 'site-b' }, 'start the application of site-b'],
];

describe('command', () => {
  it.each([
    [remove, 'remove site-b from Global Accelerator (1); site-a stays'],
    [add, 'add site-b to Global Accelerator (1)'],
    [detach, 'on site-a take the backup to site-b offline'],
    ...wayBack,
  ])('says what it does: $kind', (command, said) => {
    expect(describeCommand(command)).toBe(said);
  });

  it('has a key of its own for each effect, whatever its settings', () => {
    const other: Command = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' };

    expect(new Set([remove, add, detach, other].map(commandKey)).size).toBe(4);
    expect(commandKey({ ...add, settings: { weight: 1, clientIpPreservation: false } })).toBe(commandKey(add));
  });

  it('tells the groups of one accelerator apart by the last part of their ARN', () => {
    expect(shortGroup('arn:aws:x/endpoint-group/098765zyxwvu')).toBe('098765zyxwvu');
  });

  it('has a key of its own for each step of the way back, and the same for a repeat', () => {
    const keys = wayBack.map(([command]) => commandKey(command));

    expect(new Set(keys).size).toBe(wayBack.length);
    expect(wayBack.map(([command]) => commandKey({ ...command }))).toEqual(keys);
  });

  it('restores only when it leads towards two serving sites', () => {
    expect([remove, add, detach].map(restores)).toEqual([false, true, false]);
    const towardsOnline = wayBack.filter(([command]) => restores(command)).map(([{ kind }]) => kind);
    expect(towardsOnline).toEqual(['emptySite', 'startPush', 'bringBackupOnline', 'startApplication']);
  });
});
