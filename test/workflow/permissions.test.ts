import { searchAttributes, searchAttributeNames } from '../../workflows/contract/search-attributes';
import { registeredSearchAttributes } from '../../worker/search-attributes';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('workers without the right to restore', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ mayRestore: false });
  });
  afterAll(() => temporal?.stop());

  it('the link heals before the detach: the run is Blocked with RestoreNotPermitted, and an abort ends it', async () => {
    const sites = new TwoSites(temporal, { name: 'blocked', policy: { stableSeconds: 1 } });
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    sites.world.cut();
    await sites.alert('site-a');
    await removal.reached;
    sites.world.heal();
    removal.release();

    const blocked = await sites.runUntil('blocked', ({ next }) => next?.kind === 'blocked');

    expect(blocked.next).toMatchObject({ type: 'RestoreNotPermitted', can: ['retry', 'confirm', 'abort'] });
    expect(sites.calls('addEndpoint')).toEqual([]);
    expect(sites.calls('takeBackupOffline')).toEqual([]);
    expect((await sites.decide('retry')).outcome).toBe('taken');
    await sites.runUntil('blocked again', ({ next, decisions }) => next?.kind === 'blocked' && decisions.length === 1);
    await sites.abort();
    await sites.golden('restore-not-permitted');
  });
});

describe('search attributes', () => {
  let temporal: RunningTemporal;
  let known: () => Promise<readonly string[]> = async () => [];
  beforeAll(async () => {
    temporal = await startTemporal({ registeredSearchAttributes: () => known() });
  });
  afterAll(() => temporal?.stop());

  it('are not upserted while the server does not know them: the fence works, and they are found once registered', async () => {
    const { nativeConnection, client } = temporal.env;
    known = registeredSearchAttributes(nativeConnection, 'default');
    const before = new TwoSites(temporal, { name: 'unregistered' });
    before.world.cut();
    await before.alert('site-a');
    await before.untilFenced();
    const undescribed = await client.workflow.getHandle(before.workflowId).describe();
    expect(undescribed.typedSearchAttributes.get(searchAttributes.phase)).toBeUndefined();
    await before.abort();
    const { operatorService } = temporal.env.connection;

    const type = 2; // INDEXED_VALUE_TYPE_KEYWORD
    await operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(searchAttributeNames.map((name) => [name, type])),
    });
    known = registeredSearchAttributes(nativeConnection, 'default');
    const after = new TwoSites(temporal, { name: 'registered' });
    after.world.cut();
    await after.alert('site-a');
    await after.runUntil('deployed', ({ timeline }) => timeline.some(({ what }) => what.includes('DEPLOYED')));

    const described = await client.workflow.getHandle(after.workflowId).describe();
    expect(described.typedSearchAttributes.get(searchAttributes.phase)).toBe('fenced');
    expect(described.typedSearchAttributes.get(searchAttributes.staleSite)).toBe('site-b');
    await after.abort();
    await after.golden('search-attributes');
  });
});
