import type { FailureType } from '../../../domain/failure-types';
import type { Known, RunState } from '../../../domain/state';
import { fine, groupArn, now, observed, unread, type SeenSite } from '../../support/observations';
import { fencing, protecting, removed, split } from '../../support/run-states';
import { accepted, add, failed, held, knowing, remove, round, unconfirmed } from './a-round';

const out: SeenSite = { ...fine, endpoint: undefined };
const healed = observed({ b: out });
const broken = observed({ a: split.a, b: { ...split.b, endpoint: undefined } });
const stable: Partial<Known> = { linkWholeSince: now - 60_000 };
const restoring = removed(protecting(), { ...stable, restoringSince: now - 1_000 });
const addSays = 'add site-b to Global Accelerator (1)';
const detachSays = 'on site-a take the backup to site-b offline';

describe('a link that heals between removal and detach', () => {
  it('is waited for until it has been whole for stableSeconds; meanwhile nothing is detached', () => {
    const first = round(removed(protecting()), healed);
    const later = round(first.state, healed, now + 59_999);

    expect(first.next).toMatchObject({ kind: 'wait', until: now + 60_000 });
    expect(later.says).toBe('wait for the link to stay whole for 60 s before site-b is put back');
  });

  it('puts the site back once, with the settings recorded, and the run ends restored', () => {
    const back = round(removed(protecting('site-a', { status: 'resolved' }), stable), healed);
    const there = round(accepted(back.state, add, now), observed(), now + 10_000);
    const end = round(there.state, observed(), now + 11_000);

    expect(back.next).toMatchObject({ kind: 'do', command: add });
    expect(there.says).toBe('wait for both views to stay whole, or the alert to be resolved');
    expect(there.state.known).toMatchObject({ phase: 'observing', restoredOnce: true });
    expect(end.says).toBe('finish: restored');
  });

  it('is waited for after the accepted add, which is not repeated within 10 s', () => {
    expect(round(accepted(restoring, add, now - 9_999), healed).says).toBe('wait for the endpoint to be read again');
    expect(round(accepted(restoring, add, now - 10_000), healed).says).toBe(addSays);
  });

  it('completes the fence instead when it heals a second time', () => {
    expect(round(removed(protecting(), { ...stable, restoredOnce: true }), healed).says).toBe(detachSays);
  });

  it.each<[string, RunState]>([
    ['a fence that a person asked for', removed(fencing('site-b'), stable)],
    ['a removal that was found', removed(protecting(), { ...stable, adopted: true })],
    ['a detach that was sent', removed(protecting(), { ...stable, detachRequestedAt: now - 500 })],
    ['a detach that was read', removed(protecting(), { ...stable, detachedAt: now - 500 })],
    ['a kept site that was restarted since', removed(protecting(), { ...stable, keepSiteRestarts: 1 })],
  ])('changes nothing about %s', (_case, state) => {
    expect(round(state, healed).says).toBe(detachSays);
  });

  it('counts as not healed while a site replicates to nobody, or is not read', () => {
    const state = removed(protecting(), stable);

    expect(round(state, observed({ b: { ...out, backup: 'offline' } })).says).toBe(detachSays);
    expect(round(state, observed({ b: { ...out, backup: undefined } })).says).toBe(detachSays);
    expect(round(state, observed({ b: { ...out, backups: {} } })).says).toBe(detachSays);
  });

  it('does not take a view that is unread for a moment for a new split, and one unread for long as a healed one', () => {
    const state = removed(protecting(), { linkWholeSince: now - 11_000 });
    const unseen = observed({ b: { ...out, sees: undefined } });

    const first = round(state, unseen);
    const later = round(first.state, unseen, now + 16_000);

    expect(first.says).toMatch(/^wait for the link to stay whole/);
    expect(later.says).toBe(detachSays);
  });

  it('lets go at once of a site that somebody else has put back', () => {
    const { state } = round(removed(protecting(), stable), observed());

    expect(state.known.roles).toBeUndefined();
  });
});

describe('a site that is being put back', () => {
  it('is held out by a hold', () => {
    expect(round(held(restoring), healed).next).toEqual({
      kind: 'wait',
      for: 'release: somebody holds this run',
      until: undefined,
      pace: 'slow',
    });
  });

  it.each<[string, RunState]>([
    ['', restoring],
    [', under hold too', held(restoring)],
    [', also when it is blocked', failed(restoring, add, { count: 5 })],
  ])('is fenced again when the link breaks%s', (_case, state) => {
    const { says, state: after } = round(state, broken);

    expect(says).toBe(detachSays);
    expect(after.known).toMatchObject({
      restoringSince: undefined,
      restoredOnce: true,
      epoch: restoring.known.epoch + 1,
    });
  });

  it('is not detached while the add that was accepted may still show', () => {
    const { says, state } = round(accepted(restoring, add, now - 1_000), broken);

    expect(says).toBe('wait for an earlier command, which may still take effect');
    expect(round(state, observed(split), now + 1_000).says).toContain('remove site-b');
  });

  it('is not detached while an add that timed out may still land', () => {
    expect(round(unconfirmed(restoring, add, now + 4_000), broken).says).toBe(
      'wait for an earlier command, which may still take effect',
    );
  });

  it('is fenced again when the link was not read for so long that it has to prove itself anew', () => {
    const dark = observed({ a: { ...fine, sees: undefined }, b: { ...out, sees: undefined } });

    const first = round(restoring, dark);
    const later = round(first.state, dark, now + 15_000);

    expect([first.says, later.says]).toEqual(['wait for both sites to be read', detachSays]);
  });

  it('is fenced again when a person asks for that', () => {
    const asked = { ...restoring, heard: { ...restoring.heard, requests: fencing('site-b').heard.requests } };

    const { says, state } = round(asked, healed);

    expect(says).toBe(detachSays);
    expect(state.known.timeline.at(-1)?.what).toBe('site-b is not put back, somebody asked to fence it: fencing');
  });

  it('waits while Global Accelerator is unread', () => {
    expect(round(restoring, observed({ b: out, trafficUnread: true })).says).toBe(
      'wait for Global Accelerator to answer',
    );
  });

  it('is tried again after 1, 2, 5 and 15 s, then is Blocked until a person retries', () => {
    const waits = [1, 2, 3, 4].map((count) => round(failed(restoring, add, { count }), healed).next);
    const blocked = round(failed(restoring, add, { count: 5, at: now - 60_000 }), healed);

    expect(waits.map((next) => next.kind === 'wait' && next.until)).toEqual(
      [1, 2, 5, 15].map((seconds) => now + seconds * 1_000),
    );
    expect(blocked.next).toMatchObject({
      kind: 'blocked',
      command: add,
      type: 'TrafficThrottled',
      message: 'no',
      since: now - 60_000,
      can: ['retry', 'confirm', 'abort'],
    });
    expect(round(restoring, healed).says).toBe(addSays);
  });

  it('is Blocked at once where nobody may restore', () => {
    const type: FailureType = 'RestoreNotPermitted';

    expect(round(failed(restoring, add, { type, at: now - 60_000 }), healed).says).toBe('blocked: RestoreNotPermitted');
  });

  it.each([
    ['accepted removal', accepted(restoring, remove, now - 9_999)],
    ['removal that timed out', unconfirmed(restoring, remove, now + 1_000)],
    ['accepted return', accepted(restoring, add, now - 9_999)],
    ['return that timed out', unconfirmed(restoring, add, now + 1_000)],
  ])('is not let go, though it is there, while an %s may still take effect', (_case, state) => {
    expect(round(state, observed()).says).toBe('wait for an earlier command, which may still take effect');
    expect(round(state, observed(), now + 1_000).state.known.roles).toBeUndefined();
  });

  it('is put back only where this run removed it', () => {
    const groups = { [groupArn]: { dial: 100, endpoints: [], removedByUs: false, absentReadAt: now - 1_000 } };

    expect(round(knowing(restoring, { groups }), healed).state.known.roles).toBeUndefined();
  });

  it('waits while a replication is unread for good', () => {
    const denied = { ...healed.sites['site-b']!, backups: unread('InfinispanDenied') };

    const { says } = round(restoring, { ...healed, sites: { ...healed.sites, 'site-b': denied } });

    expect(says).toBe('wait for both sites to be read');
  });
});
