import { manualClock, type ForeignWriterSpec } from '../../lab/aws-stand-in';
import {
  addition,
  closeAll,
  endpointsRead,
  idsRead,
  removal,
  siteA,
  siteB,
  startWithPair,
} from '../support/aws-account';

afterEach(closeAll);

/** A pair whose second site somebody else sees to. */
async function startWithWriter(spec: Pick<ForeignWriterSpec, 'wants' | 'times'>) {
  const clock = manualClock();
  const pair = await startWithPair({ clock });
  const { standIn, groupArn } = pair;
  const writer = standIn.startForeignWriter({
    name: 'a controller',
    groupArn,
    endpointId: siteB,
    afterMs: 2_000,
    ...spec,
  });
  return { ...pair, clock, writer };
}

describe('somebody else', () => {
  it('adds a removed endpoint again as it was, so long after each removal', async () => {
    const { standIn, clock, writer, groupArn, client } = await startWithWriter({ wants: 'present' });
    const seen: number[] = [];

    for (let round = 1; round <= 2; round += 1) {
      await client.send(removal(groupArn, siteB));
      clock.advance(1_999);
      seen.push((await idsRead(client, groupArn)).length);
      clock.advance(1);
      seen.push((await idsRead(client, groupArn)).length);
    }

    expect(seen).toEqual([1, 2, 1, 2]);
    expect(writer.writes).toBe(2);
    expect(standIn.journal.of('AddEndpoints')).toMatchObject([
      { userAgent: 'a controller', applied: true, target: { endpointIds: [siteB] } },
      { userAgent: 'a controller', applied: true },
    ]);
    expect(await endpointsRead(client, groupArn)).toMatchObject([{ Weight: 128 }, { Weight: 128 }]);
  });

  it('does so as often as said, or until stopped', async () => {
    const once = await startWithWriter({ wants: 'present', times: 1 });
    const stopped = await startWithWriter({ wants: 'present' });
    for (let round = 1; round <= 2; round += 1) {
      await once.client.send(removal(once.groupArn, siteB));
      once.clock.advance(2_000);
    }
    await stopped.client.send(removal(stopped.groupArn, siteB));

    stopped.writer.stop();
    stopped.clock.advance(60_000);

    expect(await idsRead(once.client, once.groupArn)).toEqual([siteA]);
    expect(await idsRead(stopped.client, stopped.groupArn)).toEqual([siteA]);
    expect(stopped.standIn.snapshot().foreignWriters).toEqual([]);
  });

  it('removes an endpoint that is there, now and each time it comes back', async () => {
    const { clock, groupArn, client } = await startWithWriter({ wants: 'absent' });

    clock.advance(2_000);
    const removed = await idsRead(client, groupArn);
    await client.send(addition(groupArn, { EndpointId: siteB }));
    clock.advance(2_000);

    expect([removed, await idsRead(client, groupArn)]).toEqual([[siteA], [siteA]]);
  });

  it('sets its settings by replacing the whole list', async () => {
    const { standIn, clock, groupArn, client } = await startWithWriter({ wants: { weight: 0 } });

    clock.advance(2_000);

    expect(standIn.journal.of('UpdateEndpointGroup')).toMatchObject([{ userAgent: 'a controller', applied: true }]);
    expect(await endpointsRead(client, groupArn)).toMatchObject([
      { EndpointId: siteA, Weight: 128 },
      { EndpointId: siteB, Weight: 0 },
    ]);
  });

  it('tries again after as long when its write is refused', async () => {
    const { standIn, clock, writer, groupArn, client } = await startWithWriter({ wants: 'present' });
    standIn.behaviour.conflictWhileInProgress = true;
    standIn.behaviour.deploymentMs = 3_000;

    await client.send(removal(groupArn, siteB));
    clock.advance(2_000);
    const refused = [writer.writes, standIn.journal.of('AddEndpoints').map(({ outcome }) => outcome)];
    clock.advance(2_000);

    expect(refused).toEqual([0, ['TransactionInProgressException']]);
    expect(await idsRead(client, groupArn)).toEqual([siteA, siteB]);
  });
});
