import {
  asksForFence,
  decideSentinel,
  rememberFacts,
  type SentinelFacts,
  type SentinelMemory,
} from '../../../domain/sentinel';

const at = Date.UTC(2026, 0, 1);
const up: SentinelMemory = {};
const isolatedDown: SentinelMemory = { down: { because: 'isolated', since: at } };
const lockDown: SentinelMemory = { down: { because: 'withoutLock', since: at } };
const facts = (part: Partial<SentinelFacts> = {}): SentinelFacts => ({
  network: 'connected',
  stopped: true,
  lock: 'notUsed',
  ...part,
});

describe('a sentinel', () => {
  it('lets a site be that is connected', () => {
    expect(decideSentinel(up, facts())).toEqual({ kind: 'nothing' });
    expect(decideSentinel(up, facts({ network: 'unsettled' }))).toEqual({ kind: 'nothing' });
    expect(rememberFacts(up, facts(), at)).toEqual({});
  });

  it('stops an isolated site without asking anybody, and remembers why and since when', () => {
    const isolated = facts({ network: 'isolated', stopped: false });

    expect(decideSentinel(up, isolated)).toEqual({ kind: 'stop', because: 'isolated' });
    expect(rememberFacts(up, isolated, at)).toEqual(isolatedDown);
    expect(asksForFence(up, isolated)).toBe(false);
  });

  it('stops again until a stop has succeeded, also after a restart', () => {
    expect(decideSentinel(isolatedDown, facts({ network: 'isolated', stopped: false }))).toEqual({
      kind: 'stop',
      because: 'isolated',
    });
    expect(decideSentinel(isolatedDown, facts({ network: 'isolated' }))).toMatchObject({ kind: 'nothing' });
  });

  it('starts the site again once the network is back and it is known not to be fenced', () => {
    expect(asksForFence(isolatedDown, facts())).toBe(true);
    expect(decideSentinel(isolatedDown, facts())).toMatchObject({ kind: 'nothing' });
    expect(decideSentinel(isolatedDown, facts({ fence: { known: 'notFenced' } }))).toEqual({ kind: 'start' });
  });

  it('does so after a restart too, without stopping it first', () => {
    const restarted = facts({ stopped: false, fence: { known: 'notFenced' } });

    expect(asksForFence(isolatedDown, restarted)).toBe(true);
    expect(decideSentinel(isolatedDown, restarted)).toEqual({ kind: 'start' });
  });

  it('leaves a site down that was fenced meanwhile', () => {
    const fence = { known: 'fenced', says: 'by incident demo-1' } as const;

    expect(decideSentinel(isolatedDown, facts({ fence }))).toEqual({
      kind: 'nothing',
      waits: 'the site is fenced: by incident demo-1',
      releaseLock: false,
    });
  });

  it('leaves it down as well when it cannot know, and says so', () => {
    const fence = { known: 'nothing', says: 'Temporal does not answer' } as const;

    expect(decideSentinel(isolatedDown, facts({ fence }))).toMatchObject({
      waits: 'it cannot be known whether the site is fenced: Temporal does not answer',
    });
  });

  it.each(['isolated', 'unsettled'] as const)('starts nothing while the network is %s', (network) => {
    const next = decideSentinel(isolatedDown, facts({ network, fence: { known: 'notFenced' } }));

    expect(next).toMatchObject({ kind: 'nothing', waits: expect.stringContaining('network') as string });
  });
});

describe('a sentinel with a lock', () => {
  it('stops what runs without the lock, at its own start too', () => {
    const withoutLock = facts({ lock: 'notHeld', stopped: false });

    expect(decideSentinel(up, withoutLock)).toEqual({ kind: 'stop', because: 'withoutLock' });
    expect(rememberFacts(up, withoutLock, at)).toEqual(lockDown);
    expect(decideSentinel(lockDown, withoutLock)).toEqual({ kind: 'stop', because: 'withoutLock' });
    expect(asksForFence(lockDown, withoutLock)).toBe(false);
  });

  it('takes the lock, then starts, then lets be', () => {
    const fence = { known: 'notFenced' } as const;

    expect(decideSentinel(lockDown, facts({ lock: 'notHeld' }))).toEqual({ kind: 'acquireLock' });
    expect(asksForFence(lockDown, facts({ lock: 'held' }))).toBe(true);
    expect(decideSentinel(lockDown, facts({ lock: 'held', fence }))).toEqual({ kind: 'start' });
    expect(decideSentinel(up, facts({ lock: 'held' }))).toEqual({ kind: 'nothing' });
  });

  it('leaves the lock to the other site while it may not start', () => {
    const fence = { known: 'fenced', says: 'by incident demo-1' } as const;

    expect(decideSentinel(lockDown, facts({ lock: 'held', fence }))).toMatchObject({ releaseLock: true });
    expect(decideSentinel(lockDown, facts({ lock: 'held', network: 'unsettled' }))).toMatchObject({
      releaseLock: true,
    });
    expect(decideSentinel(lockDown, facts({ lock: 'held' }))).not.toHaveProperty('releaseLock');
  });

  it('stops what a failed start may have left, before it frees the lock', () => {
    const unsettled = facts({ lock: 'held', network: 'unsettled', stopped: false });

    expect(decideSentinel(lockDown, unsettled)).toEqual({ kind: 'stop', because: 'withoutLock' });
  });

  it('goes by the lock alone when Temporal is away, but not after an isolation', () => {
    const blind = facts({ lock: 'held', fence: { known: 'nothing', says: 'Temporal does not answer' } });

    expect(decideSentinel(lockDown, blind)).toEqual({ kind: 'start' });
    expect(decideSentinel(isolatedDown, blind)).toMatchObject({ kind: 'nothing', releaseLock: true });
  });

  it('remembers that the site was fenced, until it reads that it is not: Temporal going away changes nothing', () => {
    const known = facts({ lock: 'held', fence: { known: 'fenced', says: 'by incident demo-1' } });
    const blind = facts({ lock: 'held', fence: { known: 'nothing', says: 'Temporal does not answer' } });
    const free = facts({ lock: 'held', fence: { known: 'notFenced' } });
    const fenced = rememberFacts(lockDown, known, at + 1);

    expect(fenced).toEqual({ down: { ...lockDown.down, fenced: true } });
    expect(rememberFacts(fenced, blind, at + 2)).toEqual(fenced);
    expect(decideSentinel(fenced, blind)).toMatchObject({ kind: 'nothing', releaseLock: true });
    expect(decideSentinel(fenced, free)).toEqual({ kind: 'start' });
    expect(rememberFacts(fenced, free, at + 2)).toEqual(lockDown);
  });

  it('remembers the graver reason, whichever came first', () => {
    const isolated = facts({ network: 'isolated', lock: 'notHeld' });

    expect(rememberFacts(lockDown, isolated, at + 1)).toEqual(isolatedDown);
    expect(rememberFacts(isolatedDown, facts({ lock: 'notHeld' }), at + 1)).toEqual(isolatedDown);
  });
});
