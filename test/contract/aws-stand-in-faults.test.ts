import { manualClock, type ManualClock, type FaultSpec } from '../../lab/aws-stand-in';
import {
  closeAll,
  siteA,
  siteB,
  clientFor,
  startWithPair,
  removal,
  addition,
  idsRead,
  refusal,
  connectionReset,
} from '../support/aws-account';

afterEach(closeAll);

describe('faults', () => {
  /** Resolves when the stand-in next sets a timer on its clock. */
  const nextTimer = (clock: ManualClock) =>
    new Promise<void>((resolve) => {
      const after = clock.after;
      clock.after = (ms, run) => {
        clock.after = after;
        resolve();
        return after(ms, run);
      };
    });

  it.each<{ fault: FaultSpec; seen: object; left: string[] }>([
    { fault: { kind: 'throttle' }, seen: refusal('ThrottlingException', 400), left: [siteA, siteB] },
    { fault: { kind: 'internalError' }, seen: refusal('InternalServiceErrorException', 500), left: [siteA, siteB] },
    { fault: { kind: 'accessDenied' }, seen: refusal('AccessDeniedException', 403), left: [siteA, siteB] },
    { fault: { kind: 'unavailable' }, seen: { name: 'SyntaxError' }, left: [siteA, siteB] },
    {
      fault: { kind: 'error', name: 'TransactionInProgressException', httpStatus: 409 },
      seen: refusal('TransactionInProgressException', 409),
      left: [siteA, siteB],
    },
    { fault: { kind: 'resetBeforeApplying' }, seen: connectionReset, left: [siteA, siteB] },
    { fault: { kind: 'resetAfterApplying' }, seen: connectionReset, left: [siteA] },
  ])('$fault.kind reaches the caller, for as many calls as said', async ({ fault, seen, left }) => {
    const { standIn, groupArn, client } = await startWithPair();
    const armed = standIn.faults.inject(fault, { operation: 'RemoveEndpoints', times: 2 });

    for (let call = 1; call <= 2; call += 1) {
      await expect(client.send(removal(groupArn, siteB))).rejects.toMatchObject(seen);
    }

    expect(armed.hits).toBe(2);
    expect(await idsRead(client, groupArn)).toEqual(left);
    expect(standIn.journal.of('RemoveEndpoints')).toMatchObject([
      { fault: fault.kind, applied: left.length === 1, endpoints: left.map((endpointId) => ({ endpointId })) },
      { fault: fault.kind },
    ]);
    await client.send(removal(groupArn, siteB));
  });

  it('are retried by the SDK like those of AWS', async () => {
    const { standIn, groupArn } = await startWithPair();
    const client = clientFor(standIn, { maxAttempts: 3 });
    standIn.faults.inject({ kind: 'unavailable' });
    standIn.faults.inject({ kind: 'resetAfterApplying' });

    const { $metadata } = await client.send(removal(groupArn, siteB));

    expect($metadata.attempts).toBe(3);
    expect(standIn.journal.of('RemoveEndpoints').map(({ outcome }) => outcome)).toEqual([
      'ServiceUnavailable',
      'ConnectionReset',
      'ok',
    ]);
  });

  it('hit the chosen operation and caller only, until removed', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const other = clientFor(standIn, { userAgent: 'cmd/keycloak-1/0/4' });
    const armed = standIn.faults.inject(
      { kind: 'throttle' },
      { operation: 'RemoveEndpoints', userAgentContains: 'cmd/keycloak-1/0/4', times: Infinity },
    );

    await client.send(removal(groupArn, siteB));
    await other.send(addition(groupArn, { EndpointId: siteB }));
    await expect(other.send(removal(groupArn, siteB))).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(other.send(removal(groupArn, siteB))).rejects.toMatchObject({ name: 'ThrottlingException' });
    armed.remove();
    await other.send(removal(groupArn, siteB));

    expect(armed.hits).toBe(2);
    expect(standIn.snapshot().faults).toEqual([]);
  });

  it('follow a script: each matching call meets the first step that is not used up', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    standIn.faults.script([
      { operation: 'RemoveEndpoints', kind: 'pass' },
      { operation: 'RemoveEndpoints', kind: 'throttle', times: 2 },
      { operation: 'DescribeEndpointGroup', kind: 'internalError' },
      { operation: 'RemoveEndpoints', kind: 'resetAfterApplying' },
    ]);
    const outcomes: string[] = [];
    for (let call = 1; call <= 5; call += 1) {
      const removed = client.send(removal(groupArn, siteB));
      outcomes.push(
        await removed.then(
          () => 'ok',
          ({ name }: Error) => name,
        ),
      );
    }

    expect(outcomes).toEqual(['ok', 'ThrottlingException', 'ThrottlingException', expect.any(String), 'ok']);
    expect(standIn.journal.of('RemoveEndpoints')[3]).toMatchObject({ outcome: 'ConnectionReset', applied: true });
    expect(standIn.snapshot().faults).toEqual([{ operation: 'DescribeEndpointGroup', kind: 'internalError', hits: 0 }]);
  });

  it('delay one call, half before and half after it takes effect', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock });
    standIn.faults.inject({ kind: 'delay', ms: 80 }, { operation: 'RemoveEndpoints' });
    const timer = nextTimer(clock);

    const call = client.send(removal(groupArn, siteB));
    await timer;
    clock.advance(40);
    const entry = await standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints');
    clock.advance(40);
    await call;

    expect([entry.at - entry.arrivedAt, (entry.answeredAt ?? 0) - entry.arrivedAt]).toEqual([40, 80]);
  });

  it('charge the first call on a connection for setting it up', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock, behaviour: { connectionMs: 70 } });
    const timer = nextTimer(clock);

    const first = client.send(removal(groupArn, siteB));
    await timer;
    clock.advance(70);
    await first;
    await client.send(removal(groupArn, siteB));

    expect(standIn.journal.entries.map(({ at, arrivedAt }) => at - arrivedAt)).toEqual([70, 0]);
  });

  it('hold keeps the reply of one caller back after the call took effect, and nobody else', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const slow = clientFor(standIn, { userAgent: 'cmd/keycloak-1/0/4' });
    const hold = standIn.faults.inject({ kind: 'hold' }, { userAgentContains: 'cmd/keycloak-1/0/4' });
    let answered = false;

    const call = slow.send(removal(groupArn, siteB)).then(() => (answered = true));
    const held = await hold.reached;
    const during = await idsRead(client, groupArn);

    expect(held).toMatchObject({ operation: 'RemoveEndpoints', target: { groupArn, endpointIds: [siteB] } });
    expect(during).toEqual([siteA]);
    expect(answered).toBe(false);
    expect(standIn.journal.of('RemoveEndpoints')[0]?.answeredAt).toBeUndefined();
    hold.release();
    await call;
    expect(standIn.journal.of('RemoveEndpoints')[0]?.answeredAt).toEqual(expect.any(Number));
  });

  it('holdBeforeApplying lets a call take effect late, even after its caller has given up', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const hold = standIn.faults.inject({ kind: 'holdBeforeApplying' }, { operation: 'RemoveEndpoints' });
    const giveUp = new AbortController();

    const call = client.send(removal(groupArn, siteB), { abortSignal: giveUp.signal });
    await hold.reached;
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    const before = await idsRead(client, groupArn);
    hold.release();
    const entry = await standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints');

    expect(before).toEqual([siteA, siteB]);
    expect(entry).toMatchObject({ applied: true, fault: 'holdBeforeApplying', endpoints: [{ endpointId: siteA }] });
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });

  it('latency is spent half before and half after the call takes effect', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock });
    standIn.behaviour.latencyMsByOperation.RemoveEndpoints = 80;
    const timer = nextTimer(clock);

    const call = client.send(removal(groupArn, siteB));
    await timer;
    clock.advance(39);
    const early = await idsRead(client, groupArn);
    clock.advance(1);
    const entry = await standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints');
    const unanswered = entry.answeredAt;
    clock.advance(40);
    await call;

    expect(early).toEqual([siteA, siteB]);
    expect(unanswered).toBeUndefined();
    expect([entry.at - entry.arrivedAt, (entry.answeredAt ?? 0) - entry.arrivedAt]).toEqual([40, 80]);
  });
});
