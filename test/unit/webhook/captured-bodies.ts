/** Bodies as Alertmanager 0.25 sent them over a real connection; only host names were shortened. */
const accelerator = 'a0123456789abcdef.awsglobalaccelerator.com';
const labels = {
  accelerator,
  alertname: 'SiteOffline',
  namespace: 'default',
  reporter: 'site-a',
  severity: 'critical',
  site: 'site-b',
};
const annotations = { summary: 'site site-b is not in the cross-site view of site-a' };

export const firingAlert = {
  status: 'firing',
  labels,
  annotations,
  startsAt: '2026-11-22T09:54:21.616Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph?g0.expr=min+by+%28site%29&g0.tab=1',
  fingerprint: 'a6acd470ec1b9e31',
};

export const firing = {
  receiver: 'fence',
  status: 'firing',
  alerts: [firingAlert],
  groupLabels: { accelerator, reporter: 'site-a', site: 'site-b' },
  commonLabels: labels,
  commonAnnotations: annotations,
  externalURL: 'http://alertmanager:9093',
  version: '4',
  groupKey: `{}/{alertname="SiteOffline"}:{accelerator="${accelerator}", reporter="site-a", site="site-b"}`,
  truncatedAlerts: 0,
};

/** One JSON line with a line feed at the end and `&` written as Go writes it. */
export const firingText = `${JSON.stringify(firing).replaceAll('&', '\\u0026')}\n`;

export const resolvedAlert = { ...firingAlert, status: 'resolved', endsAt: '2026-11-22T09:56:21.616Z' };
export const resolved = { ...firing, status: 'resolved', alerts: [resolvedAlert] };

/** An alert that was put into Alertmanager's own API: nanoseconds, and no generator. */
export const byHand = {
  ...firing,
  alerts: [{ ...firingAlert, startsAt: '2026-11-22T09:54:21.616123456Z', generatorURL: '' }],
};

/** Alertmanager 0.34 adds these. */
export const newer = { ...firing, notification_reason: 'first notification', routeLabels: null };

export const withLabels = (change: Record<string, string | undefined>) => ({
  ...firing,
  alerts: [{ ...firingAlert, labels: JSON.parse(JSON.stringify({ ...labels, ...change })) as Record<string, string> }],
});
