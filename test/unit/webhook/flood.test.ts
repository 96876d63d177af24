import { until } from '../../../lab/until';
import { basic, username } from './a-webhook';
import { firing, firingAlert } from './captured-bodies';
import { headOf, listening, type Listening, type RawClient } from './listening';

const wrong = basic(username, 'wrong');

describe('requests that cannot show who sends them', () => {
  let webhook: Listening;
  beforeEach(async () => {
    webhook = await listening();
  });
  afterEach(() => webhook.end());

  it('are told what is wrong ten times a minute, then that they are too many; both end the connection', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const { statusCode, headers } = await webhook.send(firing, { authorization: wrong });
      statuses.push(statusCode);
      expect(headers.connection).toBe('close');
    }

    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect(await webhook.metric('rejected_requests_total', { reason: 'CredentialsWrong' })).toBe(10);
    expect(await webhook.metric('rejected_requests_total', { reason: 'TooManyFailures' })).toBe(2);
  });

  it('are held to a limit that a genuine alert from the same address never meets, whenever it comes', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 30; count += 1) {
      await webhook.send(firing, { authorization: wrong });
      statuses.push((await webhook.send({ ...firing, alerts: [alert(count)] })).statusCode);
    }

    expect(new Set(statuses)).toEqual(new Set([202]));
    expect(webhook.intake.heard).toHaveLength(30);
  });

  it('do not fill the log: sixty lines a minute of all of them, and the numbers in the metrics', async () => {
    for (let count = 0; count < 100; count += 1) await webhook.send(firing, { authorization: wrong });

    const refusals = () => webhook.log().filter(({ status }) => status === 401 || status === 429);
    expect(refusals()).toHaveLength(60);
    webhook.clock.now += 60_000;
    await webhook.send(firing, { authorization: wrong });
    expect(refusals()).toHaveLength(61);
    expect(await webhook.metric('request_duration_seconds', { status: '401' })).toBeGreaterThan(0);
    expect(await webhook.metric('rejected_requests_total')).toBe(101);
  });

  it('wait for the secret store by themselves: the genuine alert among 200 of them is answered first', async () => {
    await webhook.send();
    const store = stoppedStore(webhook);
    webhook.clock.now += 6_000;
    const strangers = await Promise.all(Array.from({ length: 200 }, () => stranger(webhook)));
    await until(async () => (await webhook.metric('requests_in_flight')) === 200, {
      what: 'all are being answered',
      withinSeconds: 30,
    });

    const answer = await webhook.send({ ...firing, alerts: [alert(1)] });

    expect(answer.statusCode).toBe(202);
    expect(strangers.filter(({ received }) => received !== '')).toEqual([]);
    store.release();
  });

  it('flood the webhook without end: between a genuine alert and its answer only a bounded number of them is served', async () => {
    await webhook.send();
    let refused = 0;
    let over = false;
    const flooding = Array.from({ length: 40 }, async () => {
      while (!over) {
        await webhook.send(firing, { authorization: wrong });
        refused += 1;
      }
    });
    await until(() => refused > 200, { what: 'a flood', withinSeconds: 60 });

    const servedMeanwhile: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      const before = refused;
      expect((await webhook.send({ ...firing, alerts: [alert(count)] })).statusCode).toBe(202);
      servedMeanwhile.push(refused - before);
    }
    over = true;
    await Promise.all(flooding);

    // Each of the forty has one request under way and may begin another: fair turns, no queue behind the flood.
    expect(Math.max(...servedMeanwhile)).toBeLessThanOrEqual(4 * 40);
  });
});

const alert = (index: number) => ({ ...firingAlert, fingerprint: `a${index.toString(16)}` });

async function stranger(webhook: Listening): Promise<RawClient> {
  const client = await webhook.raw();
  client.socket.write(`${headOf(2, wrong)}{}`);
  return client;
}

/** From now on the secret store does not answer, until it is released. */
function stoppedStore(webhook: Listening): { release: () => void } {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const { readAnew } = webhook.secrets;
  webhook.secrets.readAnew = async (reference) => {
    await released;
    return readAnew(reference);
  };
  return { release };
}
