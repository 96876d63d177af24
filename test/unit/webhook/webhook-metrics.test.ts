import { aWebhook, basic, prod } from './a-webhook';
import { firing, firingAlert, resolved, withLabels } from './captured-bodies';

describe('the metrics of the webhook', () => {
  it('count each alert once, by what became of it', async () => {
    const { post, metric, intake } = aWebhook();

    await post(firing);
    await post(firing);
    await post(withLabels({ site: 'nowhere' }));
    intake.before = () => Promise.reject(new Error('down'));
    await post(firing);
    await post(resolved);

    const count = (result: string) => metric('alerts_total', { result });
    expect(await Promise.all(['started', 'joined', 'ignored', 'failed'].map(count))).toEqual([1, 1, 1, 2]);
  });

  it('hold no series that a sender could make: pairs are the configured ones, reasons and routes a list', async () => {
    const { post, server, registry } = aWebhook();
    const before = (await registry.metrics()).split('\n').length;

    for (let index = 0; index < 50; index += 1) {
      await post(withLabels({ site_pair: `pair-${index}`, site: `site-${index}` }));
      await server.inject(`/path-${index}`);
      await server.inject({ method: 'POST', url: '/alerts', headers: { authorization: basic(`user-${index}`) } });
    }

    const text = await registry.metrics();
    expect(text).not.toMatch(/pair-\d|site-\d|path-\d|user-\d/);
    // Four histograms of some fifteen lines: 202, 404, 401 and 429.
    expect(text.split('\n').length - before).toBeLessThan(80);
  });

  it('tell when an alert of a pair came last, and nothing of pairs that had none', async () => {
    const quiet = { ...prod, name: 'quiet', accelerators: ['quiet.example'] };
    const { post, metric } = aWebhook({ pairs: [prod, quiet] });

    await post({ ...firing, alerts: [firingAlert] });

    expect(await metric('last_alert_timestamp_seconds', { pair: 'keycloak-prod' })).toBeGreaterThan(1_700_000_000);
    expect(await metric('last_alert_timestamp_seconds', { pair: 'quiet' })).toBe(0);
  });

  it('measure each request by route and status, and know how many are in flight', async () => {
    const { post, metric, intake } = aWebhook();
    let inFlight = 0;
    intake.before = async () => void (inFlight = await metric('requests_in_flight'));

    await post(firing);

    expect(inFlight).toBe(1);
    expect(await metric('requests_in_flight')).toBe(0);
    expect(await metric('request_duration_seconds', { route: '/alerts', status: '202', le: '+Inf' })).toBe(1);
  });
});
