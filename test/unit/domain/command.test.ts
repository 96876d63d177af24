import { commandKey, describeCommand, restores, shortGroup, type Command } from '../../../domain/command';
import { groupArn } from '../../support/observations';

const remove: Command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' };
const settings = { weight: 64, clientIpPreservation: true };
const add: Command = { kind: 'addEndpoint', groupArn, site: 'site-b', settings };
const detach: Command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' };

describe('command', () => {
  it.each([
    [remove, 'remove site-b from Global Accelerator (1); site-a stays'],
    [add, 'add site-b to Global Accelerator (1)'],
    [detach, 'on site-a take the backup to site-b offline'],
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

  it('restores only when it sends clients to a site', () => {
    expect([remove, add, detach].map(restores)).toEqual([false, true, false]);
  });
});
