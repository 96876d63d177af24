import { aWebhook } from './a-webhook';
import { firing, firingAlert, withLabels } from './captured-bodies';

const watchdog = (change: Record<string, string | undefined> = {}) =>
  withLabels({ alertname: 'SitewardenWatchdog', severity: 'none', ...change });
const watchdogAlert = watchdog().alerts[0]!;

describe('a watchdog alert', () => {
  it('is kept as heard for the site that would report, and starts or wakes no run', async () => {
    const { post, intake, alertPath } = aWebhook();
    intake.open.add('keycloak-prod');

    const response = await post(watchdog());

    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({
      accepted: [],
      ignored: [],
      heard: [{ pair: 'keycloak-prod', reporter: 'site-a' }],
    });
    expect(alertPath.heardOf).toEqual(['keycloak-prod/site-a']);
    expect(intake.heard).toEqual([]);
  });

  it('is known by its name alone: in one body with an alert, that one starts the run', async () => {
    const { post, intake, alertPath, metric } = aWebhook();

    const response = await post({ ...firing, alerts: [watchdogAlert, firingAlert, watchdogAlert] });

    expect(response.statusCode).toBe(202);
    expect(intake.heard.map(({ alert }) => alert.alertname)).toEqual(['SiteOffline']);
    expect(alertPath.heardOf).toEqual(['keycloak-prod/site-a']);
    expect(await metric('alerts_total', { result: 'heard' })).toBe(1);
  });

  it.each([
    ['PairUnknown', { accelerator: 'another.example' }],
    ['SitesUnknown', { reporter: 'site-z' }],
    ['NoPairNamed', { accelerator: undefined }],
  ])('with labels by which an alert would be ignored is ignored as well: %s', async (reason, change) => {
    const { post, alertPath } = aWebhook();

    const response = await post(watchdog(change));

    expect(response.statusCode).toBe(202);
    expect(response.json()).toMatchObject({ accepted: [], ignored: [{ reason }] });
    expect(alertPath.heardOf).toEqual([]);
  });

  it('that ended is no sign of life, and no end of any alert', async () => {
    const { post, intake, alertPath } = aWebhook();
    intake.open.add('keycloak-prod');

    const response = await post({ ...firing, alerts: [{ ...watchdogAlert, status: 'resolved' }] });

    expect(response.json()).toMatchObject({ accepted: [], ignored: [{ reason: 'WatchdogEnded' }] });
    expect([alertPath.heardOf, intake.heard]).toEqual([[], []]);
  });

  it('that Temporal does not take is sent again, and takes no alert of its body with it', async () => {
    const { post, intake, alertPath, metric } = aWebhook();
    alertPath.before = () => Promise.reject(new Error('down'));

    const response = await post({ ...firing, alerts: [firingAlert, watchdogAlert] });

    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ error: expect.stringContaining('1 of 2 alerts are not recorded') });
    expect(intake.heard).toHaveLength(1);
    expect(await metric('alerts_total', { result: 'failed' })).toBe(1);
  });

  it('that hangs is not waited for beyond the time of a delivery', async () => {
    const { post, alertPath } = aWebhook({ handOverWithinMs: 50 });
    alertPath.before = () => new Promise(() => undefined);

    expect((await post(watchdog())).statusCode).toBe(503);
  });
});
