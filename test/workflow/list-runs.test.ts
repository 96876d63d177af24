import { listRuns } from '../../client/list-runs';
import type { ListedRun } from '../../client/pair-runs';
import { until } from '../../lab/until';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('runs as Temporal lists them, without any of our search attributes', () => {
  let temporal: RunningTemporal;
  let fenced: TwoSites;
  beforeAll(async () => {
    temporal = await startTemporal();
    fenced = new TwoSites(temporal, { name: "it's-fenced" });
    const other = new TwoSites(temporal, { name: 'other' });
    for (const sites of [fenced, other]) {
      sites.world.cut();
      await sites.alert('site-a');
      await sites.untilFenced();
    }
    await temporal.client.decide('other', { kind: 'abort', by: 'a test', how: 'cli', reason: 'done' }, 'abort-1');
    await temporal.env.client.workflow.getHandle(other.workflowId).result();
    other.world.heal();
    await other.alert('site-a');
    await until(async () => (await other.status()).run === 'open', { what: 'another run', withinSeconds: 20 });
    await temporal.env.client.workflow.getHandle(other.workflowId).terminate();
    const past = () => list({ open: false, limit: 9 });
    await until(async () => (await past()).length === 2, { what: 'visibility to catch up', withinSeconds: 20 });
  });
  afterAll(() => temporal?.stop());

  const list = (query: Parameters<typeof listRuns>[1]): Promise<readonly ListedRun[]> =>
    listRuns(temporal.env.client, query);

  it('open ones first, then the newest; each with its incident, its phase and how it ended', async () => {
    const [open, terminated, aborted, ...more] = await list({ limit: 9 });

    expect(more).toEqual([]);
    expect(open).toMatchObject({ pair: "it's-fenced", outcome: 'open', phase: 'fenced', closedAt: undefined });
    expect(open?.incident).toMatch(/^it's-fenced-\d{8}T\d{6}Z-[0-9a-f]{4}$/);
    expect(open?.waitingFor).toMatch(/\w/);
    expect(terminated).toMatchObject({ pair: 'other', outcome: 'terminated', closedAt: expect.any(Date) });
    expect(aborted).toMatchObject({ pair: 'other', outcome: 'aborted', waitingFor: undefined });
    expect(aborted?.incident).toMatch(/^other-/);
  });

  it('of one pair, of the open ones, of the past ones, and no more than asked for', async () => {
    const pairsOf = async (query: Parameters<typeof listRuns>[1]) => (await list(query)).map(({ pair }) => pair);

    expect(await pairsOf({ pair: "it's-fenced", limit: 9 })).toEqual(["it's-fenced"]);
    expect(await pairsOf({ pair: 'nobody', limit: 9 })).toEqual([]);
    expect(await pairsOf({ open: true, limit: 9 })).toEqual(["it's-fenced"]);
    expect(await pairsOf({ open: false, limit: 9 })).toEqual(['other', 'other']);
    expect(await pairsOf({ limit: 2 })).toHaveLength(2);
  });

  it('a name that would end its quotation finds nothing, and breaks nothing', async () => {
    expect(await list({ pair: "x' OR WorkflowType != 'y", limit: 9 })).toEqual([]);
  });

  it('a look at a pair is no run of it', async () => {
    await temporal.client.observe({ pair: "it's-fenced" });

    expect(await list({ limit: 9 })).toHaveLength(3);
  });
});
