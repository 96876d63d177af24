import { abortConditions } from '../../../domain/conditions/fence';
import { groupArn, now, observed, type SeenSite } from '../../support/observations';
import { fenced, latched, protecting, removed, split } from '../../support/run-states';
import { aborted, accepted, add, failed, detach, held, remove, round, unconfirmed } from './a-round';

const out: SeenSite = { ...split.b, endpoint: undefined };
const detached: SeenSite = { ...split.a, backup: 'offline' };
const waitForEarlier = 'wait for an earlier command, which may still take effect';

describe('abort', () => {
  it('says of each thing that it makes safe why, and how it is undone', () => {
    for (const { because, undo } of abortConditions) expect([because, undo]).not.toContain('');
  });

  it('before anything was touched ends at once and says what is true', () => {
    const { next } = round(aborted(protecting()), observed(split));

    expect(next).toMatchObject({
      kind: 'finish',
      outcome: 'aborted',
      report: expect.stringContaining('Nobody guards this pair any more. site-a is in traffic; site-b is in traffic;'),
    });
  });

  it('after the removal detaches in both directions, verified, and only then ends', () => {
    const first = round(aborted(removed(protecting())), observed({ a: split.a, b: out }));
    const second = round(first.state, observed({ a: detached, b: out }));
    const third = round(second.state, observed({ a: detached, b: { ...out, backup: 'offline' } }));

    expect([first.says, second.says, third.says]).toEqual([
      'on site-a take the backup to site-b offline',
      'on site-b take the backup to site-a offline',
      'finish: aborted',
    ]);
  });

  it('is not stopped by a hold', () => {
    expect(round(held(aborted(removed(protecting()))), observed({ a: split.a, b: out })).says).toContain('on site-a');
  });

  it.each([
    ['never removed', latched(protecting())],
    ['put back by somebody before anything was detached', removed(protecting())],
  ])('never detaches a site that is still in traffic: %s', (_case, state) => {
    expect(round(aborted(state), observed(split)).says).toBe('finish: aborted');
  });

  it('never detaches a site that is still in one group of two', () => {
    const observation = observed(split);
    const groups = observation.traffic.groups;
    if (!('value' in groups)) throw new Error('the groups are read');
    const [group] = groups.value;
    const without = { ...group!, arn: 'two', endpoints: group!.endpoints.filter(({ site }) => site !== 'site-b') };
    const both = { ...observation.traffic, groups: { value: [group!, without], at: now } };

    expect(round(aborted(removed(protecting())), { ...observation, traffic: both }).says).toBe('finish: aborted');
  });

  it.each([
    ['an accepted removal to show', accepted(latched(protecting()), remove, now - 9_000), observed(split)],
    ['a removal that timed out', unconfirmed(latched(protecting()), remove, now + 4_000), observed(split)],
    [
      'a return that timed out, though the site is there',
      unconfirmed(removed(protecting()), add, now + 4_000),
      observed(),
    ],
    ['an accepted return to show', accepted(removed(protecting()), add, now - 9_000), observed({ a: split.a, b: out })],
  ])('waits for %s', (_case, state, observation) => {
    expect(round(aborted(state), observation).says).toBe(waitForEarlier);
  });

  it.each<[string, Parameters<typeof observed>[0], string, string]>([
    ['traffic', { ...split, trafficUnread: true }, 'wait for Global Accelerator to answer', 'in traffic is unknown'],
    [
      'the stale site',
      { a: detached, b: { ...out, backup: undefined } },
      "wait for site-b's Infinispan to answer",
      'replication site-b -> site-a is unknown',
    ],
    [
      'the kept site',
      { a: { ...split.a, backup: undefined }, b: out },
      'refuse: KeepSiteNotAdministrable',
      'replication site-a -> site-b is unknown',
    ],
  ])('tries for 30 s while something is unread, then ends and says so: %s', (_case, seen, waits, says) => {
    const state = failed(aborted(removed(protecting()), now), detach, { count: 3, at: now - 60_000 });

    expect(round(state, observed(seen), now + 29_999).says).toBe(waits);
    expect(round(state, observed(seen), now + 30_000).next).toMatchObject({
      kind: 'finish',
      outcome: 'aborted',
      report: expect.stringContaining(says),
    });
  });

  it('takes a site out again that somebody put back after it was detached: both would serve, and differ', () => {
    const first = round(aborted(fenced(protecting())), observed({ a: detached, b: split.b }));
    const second = round(first.state, observed({ a: detached, b: { ...out, backup: 'offline' } }));

    expect(first.says).toMatch(/^remove site-b from Global Accelerator/);
    expect(second.says).toBe('finish: aborted');
    expect(second.next).toMatchObject({ report: expect.not.stringContaining('Both sites serve') });
  });

  it('says that both sites serve and differ, when the other one could not be taken out in time', () => {
    const state = failed(aborted(fenced(protecting()), now), remove, { count: 3, at: now + 25_000 });

    expect(round(state, observed({ a: detached, b: split.b }), now + 29_000).says).toContain('wait for another try');
    expect(round(state, observed({ a: detached, b: split.b }), now + 30_000).next).toMatchObject({
      kind: 'finish',
      report: expect.stringContaining(
        'Both sites serve, and site-b lacks what site-a wrote since it was detached: take site-b out by hand at once',
      ),
    });
  });

  it.each([
    ['is on its way back as planned', { planned: 'online' } as const],
    ['is let in by decision in place of the lost one', { admission: { plan: '', by: '', since: now, begun: true } }],
  ])('leaves a site in traffic that %s', (_case, part) => {
    expect(round(aborted(fenced(protecting(), part)), observed()).says).toBe('finish: aborted');
  });

  it('ends at once when the fence is whole in both directions', () => {
    const state = fenced(protecting(), { groups: { [groupArn]: { dial: 100, endpoints: [], removedByUs: true } } });

    expect(round(aborted(state), observed({ a: detached, b: { ...out, backup: 'offline' } })).says).toBe(
      'finish: aborted',
    );
  });
});
