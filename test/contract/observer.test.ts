import { ApplicationFailure } from '@temporalio/common';
import { createObserverGateway } from '../../gateways/observer';
import { observerQueue } from '../../workflows/contract/task-queues';
import { fakeObserver, observerOver, type Standing } from '../support/fake-observer';
import { FakeWorld } from '../support/fake-world';
import { startObserverWorker, type ObserverWorker } from '../support/observer-worker';
import { failureOf, noHurry } from '../support/outcome';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { observerContract } from './observer.contract';

let temporal: RunningTemporal;
beforeAll(async () => {
  temporal = await startTemporal({ startWorkers: false });
});
afterAll(() => temporal?.stop());

observerContract('fake', async () => {
  const world = new FakeWorld();
  const standing: Standing = {};
  const leave = async (): Promise<void> => void (standing.gone = true);
  return { gateway: fakeObserver(world, standing), world, standing, leave, close: async () => undefined };
});

let observers = 0;

function gatewayTo(observer: string, namespace = 'default') {
  return createObserverGateway({
    observer,
    taskQueue: observerQueue(observer),
    pair: 'a-pair',
    sites: ['site-a', 'site-b'],
    temporal: { connection: temporal.env.connection, namespace, identity: 'a test' },
    clock: Date.now,
  });
}

observerContract('through Temporal', async () => {
  const world = new FakeWorld();
  const standing: Standing = {};
  observers += 1;
  const name = `observer-${observers}`;
  const worker = await startObserverWorker(
    temporal.env.nativeConnection,
    name,
    observerOver(world, 'a-pair', standing),
  );
  const leave = () => worker.stop();
  return { gateway: gatewayTo(name), world, standing, leave, close: leave };
});

describe('asking an observer through Temporal', () => {
  const workers: ObserverWorker[] = [];
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

  async function working(name: string, answer: () => Promise<unknown>): Promise<ObserverWorker> {
    const worker = await startObserverWorker(temporal.env.nativeConnection, name, answer);
    workers.push(worker);
    return worker;
  }

  it('begins no workflow, and finds no backlog when the observer comes back', async () => {
    const unanswered = await failureOf(gatewayTo('late').see(AbortSignal.timeout(3_000)));
    const answer = observerOver(new FakeWorld(), 'a-pair', {});
    const worker = await working('late', answer);

    await gatewayTo('late').see(noHurry());

    expect(unanswered.type).toBe('ObserverSilent');
    expect(worker.asked()).toBe(1);
    const { count } = await temporal.env.client.workflow.count();
    expect(count).toBe(0);
  });

  it('whose configuration does not name it for the pair: it is said, and not taken for silence', async () => {
    const refuse = () => Promise.reject(ApplicationFailure.nonRetryable('not mine', 'PairUnknown'));
    await working('other', refuse);

    const failure = await failureOf(gatewayTo('other').see(noHurry()));

    expect(failure).toMatchObject({ type: 'PairUnknown', retryable: false });
  });

  it('where Temporal does not take the question it is said at once, and is not taken for silence', async () => {
    const failure = await failureOf(gatewayTo('third', 'no-such-namespace').see(noHurry()));

    expect(failure).toMatchObject({ type: 'ObserverNotAsked', retryable: true });
  });
});
