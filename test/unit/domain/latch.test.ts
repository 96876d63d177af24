import { latchRoles, unlatchRoles } from '../../../domain/latch';
import { fine, groupArn, now, observed } from '../../support/observations';
import { protecting, removed } from '../../support/run-states';

const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };

describe('latched roles', () => {
  it('record what a restore would need, before anything is touched', () => {
    const known = latchRoles(protecting().known, roles, observed(), now);

    expect(known).toMatchObject({
      roles,
      phase: 'fencing',
      epoch: 1,
      adopted: false,
      keepSiteAtLatch: { startedAt: now - 3_600_000, members: ['site-a-1'], sizes: { sessions: 10, work: 1 } },
      keepSiteStartedAt: now - 3_600_000,
      staleSiteAnsweredAtLatch: true,
      timeline: [{ at: now, what: 'keep site-a, fence site-b: a test' }],
    });
    expect(known.groups[groupArn]?.endpoints).toHaveLength(2);
  });

  it.each([
    ['offline', 'take site-b out of traffic as planned, site-a goes on serving: a test'],
    ['online', 'bring site-b back into traffic, site-a goes on serving: a test'],
  ] as const)('of what is planned (%s) are told without a word of a fence', (planned, what) => {
    expect(latchRoles(protecting().known, roles, observed(), now, planned).timeline).toEqual([{ at: now, what }]);
  });

  it('are adopted when the stale site is out of traffic already', () => {
    const known = latchRoles(protecting().known, roles, observed({ b: { ...fine, endpoint: undefined } }), now);

    expect(known.adopted).toBe(true);
  });

  it('hold nothing of what was not read', () => {
    const known = latchRoles(protecting().known, roles, { ...observed({ trafficUnread: true }), sites: {} }, now);

    expect(known).toMatchObject({ groups: {}, keepSiteAtLatch: { members: [] }, staleSiteAnsweredAtLatch: false });
    expect(known.keepSiteStartedAt).toBeUndefined();
  });

  it('are forgotten with all that belonged to them, and why stands in the timeline', () => {
    const { known } = removed(protecting(), { restoringSince: now });

    const after = unlatchRoles(known, 'site-b is back; nothing was detached', now);

    expect(after).toMatchObject({ phase: 'observing', groups: {} });
    expect([after.roles, after.restoringSince, after.adopted]).toEqual([undefined, undefined, undefined]);
    expect(after.timeline.at(-1)?.what).toBe('site-b is back; nothing was detached');
  });

  it('void what was decided before when they are forgotten: a later split is another question', () => {
    const { known } = removed(protecting());

    expect(unlatchRoles(known, 'the link healed', now).epoch).toBe(known.epoch + 1);
  });

  it('end what shadow mode would have done: from here on something is done', () => {
    const wouldDo = { at: now, roles, steps: [] };

    expect(latchRoles({ ...protecting().known, wouldDo }, roles, observed(), now).wouldDo).toBeUndefined();
  });
});
