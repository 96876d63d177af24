import { until } from '../../../lab/until';
import { basic } from './a-webhook';
import { firing, firingText } from './captured-bodies';
import { drip, headOf, listening, type Listening, type RawClient } from './listening';

/** As in production, twenty times faster. */
const bounds = { headersMs: 250, requestMs: 500, checkedEveryMs: 50 };

describe('clients that take their time', () => {
  let webhook: Listening;
  beforeEach(async () => {
    webhook = await listening({ bounds });
  });
  afterEach(() => webhook.end());

  it('that send nothing at all are closed', async () => {
    const client = await webhook.raw();

    await client.ended;

    expect(client.received).toMatch(/^$|408/);
  });

  it('that send their headers byte by byte are told so and closed', async () => {
    const client = await webhook.raw();
    drip(client, 'x');

    await client.ended;

    expect(client.received).toMatch(/^HTTP\/1\.1 (408|400) /);
    expect(webhook.intake.heard).toEqual([]);
  });

  it('that never end their headers are told that they took too long', async () => {
    const client = await webhook.raw();
    client.socket.write('POST /alerts HTTP/1.1\r\nhost: webhook\r\nx-slow: ');
    drip(client, 'y');

    await client.ended;

    expect(client.received).toMatch(/^HTTP\/1\.1 408 /);
    expect(client.received).toContain('The request did not arrive in time.');
    expect(await webhook.metric('rejected_requests_total', { reason: 'RequestTimedOut' })).toBe(1);
  });

  it('that have the credentials and send their body byte by byte are told so, and none of it is used', async () => {
    const client = await webhook.raw();
    client.socket.write(headOf(10_000));
    drip(client, ' ');

    await client.ended;

    expect(client.received).toMatch(/^HTTP\/1\.1 408 /);
    expect(webhook.intake.heard).toEqual([]);
  });

  it('that have no credentials are refused and closed before they send a body', async () => {
    const client = await webhook.raw();
    client.socket.write(headOf(1_000_000_000, basic('x', 'y')));

    await client.ended;

    expect(client.received).toMatch(/^HTTP\/1\.1 401 /);
    expect(client.received).toMatch(/connection: close/i);
  });
});

describe('many clients that take their time', () => {
  const patient = { headersMs: 120_000, requestMs: 120_000 };

  it('do not keep a genuine alert waiting: it is taken while all of them are still there', async () => {
    const webhook = await listening({ bounds: patient });
    const clients = await Promise.all(Array.from({ length: 30 }, () => slow(webhook)));

    const answer = await webhook.send();

    expect(answer.statusCode).toBe(202);
    expect(clients.filter(({ socket }) => !socket.closed)).toHaveLength(30);
    await webhook.end();
  });

  it('and are too many make the oldest of them go, never a known one or a new one', async () => {
    const webhook = await listening({ bounds: patient, mostStrangers: 40 });
    const known = await webhook.raw();
    known.socket.write(headOf(firingText.length) + firingText);
    await until(() => known.received.includes(' 202 '), { what: 'a known client', withinSeconds: 10 });

    const clients: RawClient[] = [];
    for (let count = 0; count < 60; count += 1) clients.push(await slow(webhook));
    await until(() => clients.slice(0, 20).every(({ socket }) => socket.closed), {
      what: 'the oldest are gone',
      withinSeconds: 10,
      everyMs: 5,
    });
    expect(clients.filter(({ socket }) => !socket.closed)).toHaveLength(40);
    known.received = '';
    known.socket.write(headOf(firingText.length) + firingText);
    await until(() => known.received.includes(' 202 '), { what: 'the known client again', withinSeconds: 10 });

    expect((await webhook.send()).statusCode).toBe(202);
    expect(await webhook.metric('rejected_requests_total', { reason: 'TooManyConnections' })).toBeGreaterThanOrEqual(
      20,
    );
    await webhook.end();
  });
});

describe('clients that break off', () => {
  it('in the middle of a body leave nothing behind: no alert, no error of ours', async () => {
    const webhook = await listening();
    const client = await webhook.raw();
    client.socket.write(headOf(firingText.length) + firingText.slice(0, 500));
    await until(async () => (await webhook.metric('requests_in_flight')) === 1, { what: 'begun', withinSeconds: 10 });

    client.socket.destroy();
    await until(async () => (await webhook.metric('requests_in_flight')) === 0, { what: 'over', withinSeconds: 10 });

    expect(webhook.intake.heard).toEqual([]);
    expect(webhook.log().filter(({ level }) => level === 'error')).toEqual([]);
    expect(await webhook.metric('rejected_requests_total', { reason: 'ClientGone' })).toBe(1);
    expect((await webhook.send(firing)).statusCode).toBe(202);
    await webhook.end();
  });

  it('or never spoke HTTP are told so', async () => {
    const webhook = await listening();
    const client = await webhook.raw();
    client.socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n');

    await client.ended;

    expect(client.received).toMatch(/^HTTP\/1\.1 400 [^]*http or https/);
    expect(await webhook.metric('rejected_requests_total', { reason: 'RequestMalformed' })).toBe(1);
    await webhook.end();
  });
});

async function slow(webhook: Listening): Promise<RawClient> {
  const client = await webhook.raw();
  client.socket.write('POST /alerts HTTP/1.1\r\n');
  return client;
}
