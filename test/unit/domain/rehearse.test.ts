import { describeCommand } from '../../../domain/command';
import { rehearseFence } from '../../../domain/rehearse';
import { fine, now, observed, pair, type Seen } from '../../support/observations';
import { split } from '../../support/run-states';

function rehearse(seen: Seen, site = 'site-b') {
  const plan = rehearseFence({ pair, observation: observed(seen), fence: { site, by: 'somebody' }, now });
  return 'refusal' in plan ? plan.refusal.code : plan.commands.map(describeCommand);
}

const remove = 'remove site-b from Global Accelerator (1); site-a stays';
const detach = 'on site-a take the backup to site-b offline';
const keptOffline = 'on site-b take the backup to site-a offline';

describe('a rehearsed fence', () => {
  it.each<[string, Seen, string[]]>([
    ['in a split', split, [remove, detach]],
    ['while everything is whole', {}, [remove, detach, keptOffline]],
    ['of a site that is out already', { ...split, b: { ...split.b, endpoint: undefined } }, [detach]],
    ['that is half done', { ...split, a: { ...split.a, backup: 'offline' } }, [remove]],
    [
      'of a site that does not answer',
      { a: split.a, b: { ...fine, sees: undefined, backup: undefined } },
      [remove, detach],
    ],
  ])('lists its commands in order: %s', (_case, seen, commands) => {
    expect(rehearse(seen)).toEqual(commands);
  });

  it('ends with the application of the site, where commands can stop it', () => {
    const workloads = { 'site-a': 'exec', 'site-b': 'exec' } as const;
    const observation = observed({ ...split, b: { ...split.b, application: 'running' } });
    const fence = { site: 'site-b', by: 'somebody' };
    const plan = rehearseFence({ pair: { ...pair, workloads }, observation, fence, now });

    const commands = 'refusal' in plan ? [] : plan.commands.map(describeCommand);
    expect(commands).toEqual([remove, detach, 'stop the application of site-b']);
  });

  it('names the roles', () => {
    const plan = rehearseFence({ pair, observation: observed(), fence: { site: 'site-a', by: 'somebody' }, now });

    expect(plan).toMatchObject({ roles: { keepSite: 'site-b', staleSite: 'site-a' } });
  });

  it.each<[string, Seen, string, string]>([
    ['an unknown site', {}, 'site-x', 'SiteUnknown'],
    ['the last endpoint', { a: { ...fine, endpoint: undefined } }, 'site-b', 'LastEndpoint'],
    ['traffic unread', { trafficUnread: true }, 'site-b', 'TrafficUnknown'],
  ])('is refused: %s', (_case, seen, site, code) => {
    expect(rehearse(seen, site)).toBe(code);
  });
});
