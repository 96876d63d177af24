import { createHealthGateway } from '../../gateways/health';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script, type ScriptedServer } from '../support/scripted-server';
import { FakeWorld } from '../support/fake-world';

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

  it('is unreachable when the time is up', async () => {
    await answering(() => ({}));

    expect((await failureOf(gateway.probe(AbortSignal.abort()))).type).toBe('HealthUnreachable');
  });
});

describe("a fake site's health URL", () => {
  it('answers 200, 503 without its application, and nothing when the site is gone', async () => {
    const world = new FakeWorld();
    const health = world.gateways().health['site-a']!;

    await expect(health.probe(noHurry())).resolves.toBe(200);
    world.setApplication('site-a', false);
    await expect(health.probe(noHurry())).resolves.toBe(503);
    world.stop('site-a');
    expect((await failureOf(health.probe(noHurry()))).type).toBe('HealthUnreachable');
  });
});
