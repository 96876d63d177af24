import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHealthGateway } from '../../gateways/health';
import { createHealthClock } from '../../gateways/health/clock';
import { makeCertificates } from '../../lab/certificates';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script, type ScriptedServer } from '../support/scripted-server';
import { FakeWorld } from '../support/fake-world';
import { healthContract } from './health.contract';

healthContract('fake', async () => {
  const world = new FakeWorld();
  return {
    gateway: world.gateways().health['site-a']!,
    setApplication: (up) => world.setApplication('site-a', up),
    stop: async () => world.stop('site-a'),
    close: async () => undefined,
  };
});

healthContract('over HTTP', async () => {
  let status = 200;
  const server = await scriptedServer(() => ({ status }));
  const gateway = createHealthGateway({ site: 'site-a', url: `${server.url}/lb-check` });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.close());
  return {
    gateway,
    setApplication: (up) => void (status = up ? 200 : 503),
    stop,
    close: async () => {
      await gateway.close();
      await stop();
    },
  };
});

describe("a site's clock", () => {
  it.each([
    ['the header Date of any answer', { date: 'Sun, 22 Nov 2026 03:12:01 GMT' }, Date.parse('2026-11-22T03:12:01Z')],
    ['a Date that is none', { date: 'yesterday' }, 'NotObserved'],
  ])('%s', async (_name, headers, expected) => {
    const server = await scriptedServer(() => ({ status: 503, headers }));
    const clock = createHealthClock({ site: 'site-a', url: `${server.url}/lb-check` });
    const told = await clock.readTime(noHurry()).then(
      ({ theirs }) => theirs,
      (failure: { type: string }) => failure.type,
    );
    await Promise.all([clock.close(), server.close()]);

    expect(told).toBe(expected);
  });

  it('of a site that does not answer is unknown, and not one that tells no time', async () => {
    const clock = createHealthClock({ site: 'site-a', url: 'http://127.0.0.1:9/lb-check' });
    const failure = await failureOf(clock.readTime(noHurry()));
    await clock.close();

    expect(failure).toMatchObject({ type: 'HealthUnreachable' });
  });
});

describe("a site's health URL", () => {
  let server: ScriptedServer;
  let gateway: ReturnType<typeof createHealthGateway>;

  async function answering(script: Script): Promise<void> {
    server = await scriptedServer(script);
    gateway = createHealthGateway({
      site: 'site-a',
      url: `${server.url}/lb-check?full=1`,
      timeouts: { connectMs: 1_000, answerMs: 200 },
    });
  }

  afterEach(async () => {
    await gateway.close();
    await server.close();
  });

  it.each([200, 204, 302, 404, 503])('is read as it is: %i', async (status) => {
    await answering(() => ({ status, headers: { location: '/elsewhere' }, body: status === 204 ? '' : 'text' }));

    await expect(gateway.probe(noHurry())).resolves.toBe(status);
    expect(server.requests).toEqual(['GET /lb-check?full=1']);
  });

  it.each(['hang', 'reset'] as const)('is unreachable after a %s', async (answer) => {
    await answering(() => answer);

    expect((await failureOf(gateway.probe(noHurry()))).type).toBe('HealthUnreachable');
  });

  it('over TLS is unreachable while no configured CA vouches for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sitewarden-health-'));
    const { caFile, serverFile } = await makeCertificates(folder, ['site-a']);
    const pem = readFileSync(serverFile['site-a'] as string, 'utf8');
    server = await scriptedServer(() => ({}), { key: pem, cert: pem });
    const trusting = createHealthGateway({ site: 'site-a', url: server.url, ca: readFileSync(caFile, 'utf8') });
    gateway = createHealthGateway({ site: 'site-a', url: server.url });

    await expect(trusting.probe(noHurry())).resolves.toBe(200);
    expect((await failureOf(gateway.probe(noHurry()))).type).toBe('HealthUnreachable');
    await trusting.close();
    await rm(folder, { recursive: true });
  });
});
