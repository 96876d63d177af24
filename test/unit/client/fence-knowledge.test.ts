import { readFence } from '../../../client/fence-knowledge';
import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import type { PairStatus } from '../../../client/site-pair-client';
import { verdictOf } from '../../../domain/verdict';
import type { RunMemo, RunStatus } from '../../../workflows/contract/inputs';
import { fine, observed, pair, type Seen } from '../../support/observations';

const stale = { keepSite: 'site-a', staleSite: 'site-b' };

const open = (roles: object, by: 'status' | 'memo' | 'whole' = 'status'): PairStatus => ({
  run: 'open',
  startedAt: new Date(),
  runId: 'run-1',
  ...(by === 'memo'
    ? { memo: { incident: 'demo-1', ...roles } as RunMemo }
    : { status: { incident: 'demo-1', ...(by === 'whole' ? roles : { roles }) } as RunStatus }),
});

function knowledge(status: PairStatus | Error, seen: Seen | Error = {}) {
  const runs = {
    status: async () => {
      if (status instanceof Error) throw status;
      return status;
    },
    observe: async () => {
      if (seen instanceof Error) throw seen;
      const observation = observed(seen);
      return { observation, verdict: verdictOf(pair, observation) };
    },
  };
  return readFence(runs, pair.name, 'site-b');
}

describe('what is known of a fence of site-b', () => {
  it.each(['status', 'memo'] as const)('the open run fences it, by its %s: fenced, with the incident', async (by) => {
    const status =
      by === 'memo' ? open({ staleSite: 'site-b' }, by) : open({ keepSite: 'site-a', staleSite: 'site-b' });

    expect(await knowledge(status)).toMatchObject({
      known: 'fenced',
      says: expect.stringContaining('demo-1') as string,
    });
  });

  it.each<[string, PairStatus, Seen]>([
    ['there is no run, and all is well', { run: 'none' }, {}],
    ['the last run is over, and all is well', { run: 'closed', outcome: 'healed', runId: 'run-1' }, {}],
    [
      'the open run fences the other site',
      open({ keepSite: 'site-b', staleSite: 'site-a' }),
      { a: { ...fine, endpoint: undefined } },
    ],
    ['the open run sends clients to it again', open({ phase: 'admitting', roles: stale }, 'whole'), {}],
    ['the same, by its memo', open({ phase: 'admitting', staleSite: 'site-b' }, 'memo'), {}],
    ['the open run watches it serve', open({ phase: 'soaking', roles: stale }, 'whole'), {}],
    ['the open run has not decided yet', open({}), { a: { ...fine, sees: false }, b: { ...fine, sees: false } }],
  ])('%s: not fenced', async (_what, status, seen) => {
    expect(await knowledge(status, seen)).toEqual({ known: 'notFenced' });
  });

  it.each<[string, Seen, RegExp]>([
    ['somebody took it out by hand', { b: { ...fine, endpoint: undefined } }, /out of traffic/],
    ['the other site does not replicate to it', { a: { ...fine, backup: 'offline' } }, /does not replicate/],
  ])('%s: fenced', async (_what, seen, says) => {
    const known = await knowledge({ run: 'none' }, seen);

    expect(known.known).toBe('fenced');
    expect('says' in known && known.says).toMatch(says);
  });

  it('the open run decided to let it in, and it is not in yet: fenced', async () => {
    const admitting = open({ phase: 'admitting', roles: stale }, 'whole');

    expect(await knowledge(admitting, { b: { ...fine, endpoint: undefined } })).toMatchObject({ known: 'fenced' });
  });

  it('a person decided that it serves in place of a lost one: not fenced, so that its sentinel starts it', async () => {
    const admission = { plan: 'plan', by: 'somebody', since: 0 };
    const decided = open({ phase: 'fenced', roles: stale, admission }, 'whole');

    expect(await knowledge(decided, { b: { ...fine, endpoint: undefined } })).toEqual({ known: 'notFenced' });
    const ofTheOther = open({ roles: { keepSite: 'site-b', staleSite: 'site-a' }, admission }, 'whole');
    expect(await knowledge(ofTheOther, { b: { ...fine, endpoint: undefined } })).toMatchObject({ known: 'fenced' });
  });

  it('the kept site is lost before anything was detached: what is read decides, or nobody could ever take its place', async () => {
    const lost = open({ phase: 'fencing', roles: stale, isKeptLostUndetached: true }, 'whole');
    const a = { sees: undefined, backup: undefined, endpoint: { health: 'UNHEALTHY', weight: 128 } } as const;
    const passive = { ...fine, sees: false, health: 503, endpoint: { health: 'UNHEALTHY', weight: 128 } } as const;

    expect(await knowledge(lost, { a, b: passive })).toEqual({ known: 'notFenced' });
    expect(await knowledge(lost, { a, b: { ...passive, endpoint: undefined } })).toMatchObject({ known: 'fenced' });
    const fencing = open({ phase: 'fencing', roles: stale }, 'whole');
    expect(await knowledge(fencing, { a, b: passive })).toMatchObject({ known: 'fenced' });
  });

  it.each<[string, PairStatus | Error, Seen | Error, string]>([
    ['Temporal is away', new Error('unavailable'), {}, 'Temporal does not answer'],
    ['no worker answers', { run: 'none' }, new NoWorkerAnswers(false), 'no worker answers'],
    [
      'Global Accelerator cannot be read',
      { run: 'none' },
      { trafficUnread: true },
      'Global Accelerator could not be read',
    ],
    [
      'the replication cannot be read',
      { run: 'none' },
      { a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } },
      'it could not be read whether the sites see each other',
    ],
  ])('%s: nothing', async (_what, status, seen, says) => {
    expect(await knowledge(status, seen)).toEqual({ known: 'nothing', says });
  });
});
