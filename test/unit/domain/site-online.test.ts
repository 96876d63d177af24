import type { Situation } from '../../../domain/conditions/condition';
import {
  afterFailure,
  askSiteOnline,
  beginReturn,
  giveUpUnhealthy,
  siteOnlineConditions,
} from '../../../domain/conditions/site-online';
import type { Command } from '../../../domain/command';
import type { EndpointHealth } from '../../../domain/observation';
import type { Known } from '../../../domain/state';
import { groupsOrNone } from '../../../domain/traffic';
import { fine, groupArn, now, read, type Seen } from '../../support/observations';
import { accepted, withCommands } from './a-round';
import { pair, out, situation, row, same, after, compared, said } from './a-way-back';

const letIn = { [groupArn]: { dial: 100, endpoints: [], putBackByUs: true } };

describe('a step of the return', () => {
  const back = { plan: 'plan', by: ['somebody'], since: now - 30_000, round: 4 };
  const step = (name: string, seen: Situation): string => said(row(siteOnlineConditions, name).make(seen));
  const isComparedAgain = (seen: Situation): boolean => row(siteOnlineConditions, 'comparedAgain').holds(seen);
  const equal = { caches: { sessions: same, work: same } };
  const add: Command = {
    kind: 'addEndpoint',
    groupArn,
    site: 'site-b',
    settings: { weight: 64, clientIpPreservation: true },
  };

  it('is asked about with the settings that clients had, or those of the configuration', () => {
    expect(askSiteOnline(situation({ b: out })).question).toContain(
      '1 endpoint group, weight 77, client IP preservation on',
    );
    expect(askSiteOnline(situation({ b: out }, { groups: {} })).question).toContain(
      '0 endpoint groups, weight 64, client IP preservation on',
    );
    const noneDeclared = { ...situation({ b: out }, { groups: {} }), pair: { ...pair, endpoints: {} } };
    expect(askSiteOnline(noneDeclared).question).toContain('weight 0, client IP preservation off');
    expect(askSiteOnline(situation({ b: out }, { planned: 'online', returns: 2 }))).toMatchObject({
      atLeast: 1,
      plan: { returns: 2 },
    });
  });

  it('asks the same while the groups cannot be read', () => {
    expect(askSiteOnline(situation({ trafficUnread: true }))).toEqual(askSiteOnline(situation({ b: out })));
  });

  it('is compared again after it was decided on, a minute before at most', () => {
    const seen = situation({ b: out }, { return: back });

    expect(isComparedAgain(seen)).toBe(false);
    expect(isComparedAgain(compared(seen, equal))).toBe(true);
    expect(isComparedAgain(compared(seen))).toBe(false);
    expect(isComparedAgain(compared(seen, equal, 4))).toBe(false);
    expect(isComparedAgain(compared(situation({ b: out }), equal))).toBe(false);
    const long = { ...back, since: now - 300_000 };
    expect(
      isComparedAgain(compared(situation({ b: out }, { return: long }), { ...equal, endedAt: now - 61_000 })),
    ).toBe(false);
    expect(isComparedAgain(situation({}, { return: back, groups: letIn }))).toBe(true);
    expect(isComparedAgain(situation({}, { return: back }))).toBe(false);
    expect(isComparedAgain(situation({ b: out }, { return: { ...back, servingAt: now } }))).toBe(true);
  });

  it('starts an application that was left stopped, before the site is let in', () => {
    const stopped = situation({ b: { ...out, application: 'stopped' } }, { return: back });
    const runs = row(siteOnlineConditions, 'applicationRuns');
    const start: Command = { kind: 'startApplication', site: 'site-b' };

    expect(runs.holds(stopped)).toBe(false);
    expect(said(runs.make(stopped))).toBe('startApplication');
    expect(said(runs.make(after(stopped, (state) => accepted(state, start, now - 1_000))))).toBe(
      'wait for the application of site-b to read running',
    );
    expect(runs.holds(situation({ b: out }, { return: back }))).toBe(true);
    expect(runs.holds(situation({ b: { ...fine, application: 'stopped' } }, { return: back, groups: letIn }))).toBe(
      true,
    );
  });

  it('is Blocked where the sites differ, until a person has them compared anew', () => {
    const compareSites: Command = {
      kind: 'compareSites',
      keepSite: 'site-a',
      staleSite: 'site-b',
      caches: [],
      epoch: 1,
    };
    const seen = compared(situation({ b: out }, { return: back }));

    expect(step('comparedAgain', seen)).toBe('blocked: ContentsDiffer');
    const running = { command: compareSites, commandId: 'id', since: now };
    expect(
      step(
        'comparedAgain',
        after(seen, (state) => withCommands(state, { running })),
      ),
    ).toBe('wait for the end of: compare every key and value of site-a and site-b');
    const retry = { kind: 'retry', epoch: 1, at: now, round: 5 } as const;
    const retried = { ...seen, known: { ...seen.known, heeded: { until: now, said: [retry] } } };
    expect(step('comparedAgain', retried)).toBe('compareSites');
    expect(step('comparedAgain', compared(situation({ b: out })))).toBe('compareSites');
  });

  it('adds the site where it is missing, and asks where somebody took it out again', () => {
    const seen = situation({ b: out }, { return: back });

    expect(step('staleSiteInTraffic', seen)).toBe('addEndpoint');
    const [arn = ''] = Object.keys(seen.known.groups);
    const unreadBefore = { [arn]: { dial: 100, endpoints: [] } };
    expect(step('staleSiteInTraffic', situation({ b: out }, { groups: unreadBefore, return: back }))).toBe(
      'addEndpoint',
    );
    expect(step('staleSiteInTraffic', situation({ b: out }))).toBe('addEndpoint');
    expect(step('staleSiteInTraffic', situation({ trafficUnread: true }))).toBe(
      'wait for Global Accelerator to answer',
    );
    expect(
      step(
        'staleSiteInTraffic',
        after(seen, (state) => accepted(state, add, now - 1_000)),
      ),
    ).toBe('wait for the accepted return of site-b to be read');
    expect(step('staleSiteInTraffic', situation({ b: out }, { return: { ...back, servingAt: now } }))).toBe('ask');
    expect(step('staleSiteServes', seen)).toMatch(/^wait for site-b to be healthy/);
    expect(step('soaked', seen)).toBe('wait for the end of the soak of site-b');
    const soaked = { ...back, servingAt: now - 2_000, soakUntil: now - 1_000 };
    const ends = (read: Seen): boolean =>
      row(siteOnlineConditions, 'soaked').holds(situation(read, { return: soaked }));
    expect([ends({}), ends({ a: { ...fine, startedAt: undefined } })]).toEqual([true, false]);
    const unread = situation({ b: { ...fine, startedAt: undefined } }, { return: soaked });
    expect(step('soaked', unread)).toBe('wait for the start of both sites to be read');
    expect(beginReturn(seen, 'plan', []).returns).toBe(1);
    expect(beginReturn(situation({}, { returns: 1 }), 'plan', []).returns).toBe(2);
  });

  it.each<[string, Seen, Partial<NonNullable<Known['return']>>, boolean]>([
    [
      'nothing was added yet',
      { b: { ...fine, endpoint: { health: 'INITIAL' } } },
      { addRequestedAt: undefined },
      false,
    ],
    ['it serves', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, { servingAt: now }, false],
    ['it was given up already', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, { failedAt: now }, false],
    ['it still has time', { b: { ...fine, endpoint: { health: 'INITIAL' } } }, { addRequestedAt: now - 1_000 }, false],
    ['it is healthy', {}, {}, false],
    ['it is not', { b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, {}, true],
    [
      'neither is',
      {
        a: { ...fine, endpoint: { health: 'UNHEALTHY' } },
        b: { ...fine, endpoint: { health: 'UNHEALTHY' } },
      },
      {},
      false,
    ],
  ])('is given up, or not: %s', (_case, seen, part, given) => {
    const before = situation(seen, { return: { ...back, addRequestedAt: now - 600_000, ...part } });

    expect(giveUpUnhealthy(before)?.return?.failedAt).toBe(given ? now : undefined);
  });

  it('asks a person once its time is over and the kept site does not serve there either', () => {
    const sick = { ...fine, endpoint: { health: 'UNHEALTHY' as const } };
    const over = { ...back, addRequestedAt: now - 600_000 };
    const serves = (seen: Seen, part: Known['return'] = over): unknown =>
      row(siteOnlineConditions, 'staleSiteServes').make(situation(seen, { return: part }));

    expect(serves({ a: out, b: sick })).toEqual({
      kind: 'ask',
      gate: 'siteOnline',
      question: expect.stringMatching(
        /^site-b is not healthy in .+, and is not taken out again, since site-a is not healthy in .+\. .+ Or abort\.$/,
      ) as string,
      answers: [],
    });
    expect(serves({ a: sick, b: sick })).toMatchObject({ kind: 'ask' });
    expect(serves({ a: out, b: sick }, { ...over, addRequestedAt: now - 1_000 })).toMatchObject({ kind: 'wait' });
    expect(serves({ a: out, b: sick }, { ...over, addRequestedAt: undefined })).toMatchObject({ kind: 'wait' });
    expect(serves({ b: sick })).toMatchObject({ kind: 'wait' });
    expect(serves({ a: out })).toMatchObject({ kind: 'wait' });
    expect(serves({ a: out, b: sick, trafficUnread: true })).toMatchObject({ kind: 'wait' });
  });

  it('asks a person, too, where each site is healthy in another endpoint group than the other one', () => {
    const over = { ...back, addRequestedAt: now - 600_000 };
    const here = situation({ b: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, { return: over });
    const [group] = groupsOrNone(here.observation);
    const there = { ...group!, arn: 'there', region: 'us-east-1' };
    const endpoints = (a: EndpointHealth, b: EndpointHealth) =>
      group!.endpoints.map((endpoint) => ({ ...endpoint, health: endpoint.site === 'site-a' ? a : b }));
    const groups = read([group!, { ...there, endpoints: endpoints('UNHEALTHY', 'HEALTHY') }]);
    const both = { ...here, observation: { ...here.observation, traffic: { ...here.observation.traffic, groups } } };

    expect(giveUpUnhealthy(both)).toBeUndefined();
    expect(row(siteOnlineConditions, 'staleSiteServes').make(both)).toMatchObject({
      kind: 'ask',
      question: expect.stringContaining(
        'site-b is not healthy in eu-west-1, and is not taken out again, since site-a is not healthy in us-east-1.',
      ) as string,
    });
  });

  it('that was given up is Blocked until a retry, which has it asked about anew', () => {
    const givenUp = situation({ b: out }, { return: { ...back, failedAt: now - 9_000 } });
    const retry = { kind: 'retry', epoch: 1, at: now, round: 5 } as const;

    expect(said(afterFailure(situation({ b: out }, { return: back })))).toBe('nothing');
    expect(said(afterFailure(after(givenUp, (state) => accepted(state, add, now - 1_000))))).toBe(
      'wait for an earlier command, which may still take effect',
    );
    expect(said(afterFailure(givenUp))).toBe('blocked: EndpointUnhealthy');
    const nowhere = situation({ b: out }, { groups: {}, return: { ...back, failedAt: now } });
    expect(said(afterFailure(nowhere))).toBe('blocked: EndpointUnhealthy');
    const known = { ...givenUp.known, heeded: { until: now, said: [retry] } };
    expect(afterFailure({ ...givenUp, known })).toEqual({ ...known, return: undefined });
  });
});
