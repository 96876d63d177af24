import type { AlertMessage } from '../../../domain/alert';
import { PairWatch, type WatchJournal } from '../../../worker/observer/watch';
import { fine, observed, pair, type Seen } from '../../support/observations';

const blind = { ...fine, sees: false };
const split: Seen = { a: blind, b: blind };
const oneWay: Seen = { a: blind };
const diverging: Seen = { a: { ...fine, backup: 'offline' } };
const unseen: Seen = { a: {}, b: {} };

/** A watch of the observer third, over what is put before it. */
function watching(options: { confirmations?: number; openRun?: boolean } = {}) {
  const told: string[] = [];
  const sent: AlertMessage[] = [];
  const state = { seen: {} as Seen, down: false, nowMs: 0, openRun: options.openRun ?? true };
  const send = (message: AlertMessage) => {
    if (state.down) throw new Error('Temporal is down');
    sent.push(message);
  };
  const journal: WatchJournal = {
    looked: () => undefined,
    noticed: ({ kind, because }) => void told.push(`noticed ${kind}: ${because}`),
    woke: ({ kind, status, outcome }) => void told.push(`${status} ${kind}: ${outcome}`),
    notWoken: ({ kind, status }) => void told.push(`not told ${status} ${kind}`),
  };
  const watch = new PairWatch({
    observer: 'third',
    pair,
    confirmations: options.confirmations ?? 3,
    look: async () => observed(state.seen),
    waking: {
      firing: async (_, alert) => {
        send(alert);
        return { workflowId: 'site-pair/keycloak-prod', outcome: 'started' };
      },
      resolved: async (_, alert) => {
        send(alert);
        return state.openRun ? { workflowId: 'site-pair/keycloak-prod' } : 'NoOpenRun';
      },
    },
    journal,
    clock: { now: () => 1_000_000 + state.nowMs, monotonicMs: () => state.nowMs },
  });
  const rounds = async (count: number, seen: Seen) => {
    state.seen = seen;
    for (let round = 0; round < count; round += 1) {
      await watch.round();
      state.nowMs += 2_000;
    }
  };
  return { state, sent, told, rounds };
}

describe("an observer's own watch", () => {
  it('says nothing to anybody while all is well', async () => {
    const { rounds, sent, told } = watching();

    await rounds(100, {});

    expect({ sent, told }).toEqual({ sent: [], told: [] });
  });

  it('wakes the run once, when so many looks in a row have seen a partition', async () => {
    const { rounds, sent, told } = watching();

    await rounds(2, split);
    const early = sent.length;
    await rounds(20, split);

    expect(early).toBe(0);
    expect(sent).toEqual([
      {
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        status: 'firing',
        alertname: 'observer third',
        site: 'site-a and site-b',
        reporter: 'observer third',
        startsAt: new Date(1_000_000).toISOString(),
      },
    ]);
    expect(told).toEqual([
      'noticed partition: site-a does not see site-b, site-b does not see site-a',
      'firing partition: started',
    ]);
  });

  it('wakes it for a break of one direction as well, and names the site that is not seen', async () => {
    const { rounds, sent } = watching();

    await rounds(3, oneWay);

    expect(sent.map(({ site }) => site)).toEqual(['site-b']);
  });

  it('wakes it when the sites diverge', async () => {
    const { rounds, sent, told } = watching();

    await rounds(3, diverging);

    expect(sent.map(({ site, status }) => [site, status])).toEqual([['site-b', 'firing']]);
    expect(told[0]).toBe('noticed diverging: site-a does not replicate sessions, work to site-b');
  });

  it('takes a look that saw something else for a new beginning', async () => {
    const { rounds, sent } = watching();

    await rounds(2, split);
    await rounds(1, {});
    await rounds(2, split);

    expect(sent).toEqual([]);
  });

  it('takes what it could not see neither for a confirmation nor for an end', async () => {
    const { rounds, sent } = watching();

    await rounds(2, split);
    await rounds(10, unseen);
    const meanwhile = sent.length;
    await rounds(1, split);
    await rounds(10, unseen);

    expect(meanwhile).toBe(0);
    expect(sent.map(({ status }) => status)).toEqual(['firing']);
  });

  it('takes its word back once so many looks in a row are whole, and wakes anew for the next one', async () => {
    const { rounds, sent, told } = watching();

    await rounds(3, split);
    await rounds(2, {});
    const early = sent.length;
    await rounds(5, {});
    await rounds(3, split);

    expect(early).toBe(1);
    expect(sent.map(({ status }) => status)).toEqual(['firing', 'resolved', 'firing']);
    expect(new Set(sent.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(told).toContain('resolved partition: joined');
  });

  it('is content when there is no run any more to be told of the end', async () => {
    const { rounds, told } = watching({ openRun: false });

    await rounds(3, split);
    await rounds(6, {});

    expect(told.filter((line) => line.startsWith('resolved'))).toEqual(['resolved partition: NoOpenRun']);
  });

  it('says of a partition that became diverging that the one is over, and that the other has begun', async () => {
    const { rounds, sent } = watching();

    await rounds(3, split);
    await rounds(3, diverging);

    expect(sent.map(({ status }) => status)).toEqual(['firing', 'resolved', 'firing']);
    expect(new Set(sent.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  it('while Temporal is down tries again with every look, until it is taken', async () => {
    const { rounds, sent, told, state } = watching();

    state.down = true;
    await rounds(5, split);
    state.down = false;
    await rounds(5, split);

    expect(told.filter((line) => line === 'not told firing partition')).toHaveLength(3);
    expect(sent.map(({ status }) => status)).toEqual(['firing']);
  });

  it('repeats itself after five minutes, for a run that ended while the split stood', async () => {
    const { rounds, sent } = watching();

    await rounds(3 + 149, split);
    const before = sent.length;
    await rounds(2, split);

    expect(before).toBe(1);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });
});
