import { until } from '../../../lab/until';
import { firing, firingAlert, firingText } from './captured-bodies';
import { drip, headOf, listening, type Listening } from './listening';

describe('a webhook that is asked to stop', () => {
  let webhook: Listening;
  let letGo: () => void;
  beforeEach(async () => {
    webhook = await listening();
    const held = new Promise<void>((resolve) => (letGo = resolve));
    webhook.intake.before = () => held;
  });
  afterEach(() => webhook.end());

  const inFlight = (count: number) =>
    until(async () => (await webhook.metric('requests_in_flight')) === count, { what: 'begun', withinSeconds: 10 });

  it('in the middle of a request answers it, takes no other one, and is gone', async () => {
    const answer = webhook.send();
    await inFlight(1);

    const closed = webhook.server.close();
    await expect(webhook.raw()).rejects.toThrow(/ECONN(REFUSED|RESET)/);
    letGo();

    expect(await answer).toMatchObject({ statusCode: 202, headers: { connection: 'close' } });
    await closed;
    expect(webhook.intake.heard).toHaveLength(1);
  });

  it('in the middle of a body of 300 alerts hands all of them over first', async () => {
    const alerts = Array.from({ length: 300 }, (_, index) => ({ ...firingAlert, fingerprint: index.toString(16) }));
    const answer = webhook.send({ ...firing, alerts });
    await inFlight(1);

    const closed = webhook.server.close();
    letGo();

    expect((await answer).statusCode).toBe(202);
    await closed;
    expect(webhook.intake.heard).toHaveLength(300);
  });

  it('does not wait for those who have not shown who they are, nor for idle connections', async () => {
    const silent = await webhook.raw();
    const slow = await webhook.raw();
    slow.socket.write('POST /alerts HTTP/1.1\r\nhost: webhook\r\nx-slow: ');
    drip(slow, 'y');
    letGo();
    const idle = await webhook.raw();
    idle.socket.write(headOf(firingText.length) + firingText);
    await until(() => idle.received.includes(' 202 '), { what: 'an idle known connection', withinSeconds: 10 });

    await webhook.server.close();
    await Promise.all([silent.ended, slow.ended, idle.ended]);

    expect(webhook.intake.heard).toHaveLength(1);
  });

  it('answers 503 to what still comes over a connection that is open', async () => {
    const busy = await webhook.raw();
    busy.socket.write(headOf(firingText.length) + firingText);
    await inFlight(1);

    const closed = webhook.server.close();
    busy.socket.write(headOf(firingText.length) + firingText);
    letGo();
    await Promise.all([busy.ended, closed]);

    expect(busy.received.match(/HTTP\/1\.1 \d+/g)?.[0]).toBe('HTTP/1.1 202');
    expect(webhook.intake.heard).toHaveLength(1);
  });
});
