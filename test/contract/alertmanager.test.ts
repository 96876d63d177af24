/** Who hears the alerts, read from a real Alertmanager with the shipped route, and from answers that no Alertmanager gives. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAlertmanagerGateway, type AlertmanagerOptions } from '../../gateways/alertmanager';
import { createCredentialSource } from '../../gateways/secrets';
import { prepareAlertmanager } from '../../lab/alerting';
import { LabRun } from '../../lab/run';
import { makeUser } from '../../lab/secrets';
import { failureOf, noHurry } from '../support/outcome';
import { scriptedServer, type Script } from '../support/scripted-server';

const options = (url: string): AlertmanagerOptions => ({
  url,
  receiver: 'sitewarden',
  notifying: [],
  pair: { sites: ['site-a', 'site-b'], accelerator: 'a1.awsglobalaccelerator.com' },
});

async function withGateway<T>(
  change: AlertmanagerOptions,
  look: (gateway: ReturnType<typeof createAlertmanagerGateway>) => Promise<T>,
): Promise<T> {
  const gateway = createAlertmanagerGateway(change);
  try {
    return await look(gateway);
  } finally {
    await gateway.close();
  }
}

describe('a real Alertmanager', () => {
  let run: LabRun;
  beforeEach(() => (run = new LabRun()));
  afterEach(() => run.close());

  async function running(change: (file: string) => void = () => undefined) {
    const user = makeUser(join(run.folder, 'secrets'), 'webhook', 'sitewarden');
    const prepared = await prepareAlertmanager(run, { address: '127.0.0.1:1', user });
    change(join(prepared.folder, 'alertmanager.yml'));
    await prepared.process.start();
    return prepared.url;
  }

  it('with the shipped route tells lost sites and watchdogs to Sitewarden alone', async () => {
    const url = await running();

    await expect(withGateway(options(url), (gateway) => gateway.readRoutes(noHurry()))).resolves.toEqual({
      ours: 'sitewarden',
      notifying: [],
      webhooks: [{ receiver: 'sitewarden', hosts: [expect.stringMatching(/^127\.0\.0\.1:1$|^hidden$/)] }],
      watchdog: ['sitewarden'],
    });
  });

  it('with a Lambda beside Sitewarden: both are told', async () => {
    const lambda = `
  - name: fencing
    webhook_configs: [{ url: 'https://abc.lambda-url.eu-west-1.on.aws/' }]
  - name: of-other-alerts
    webhook_configs: [{ url: 'https://elsewhere.example/' }]
`;
    const url = await running((file) => {
      appendFileSync(file, lambda);
      const text = readFileSync(file, 'utf8');
      // Before Sitewarden's own, and going on to it.
      writeFileSync(
        file,
        text.replace(
          '  routes:\n',
          "  routes:\n    - { receiver: fencing, matchers: ['alertname=SiteOffline'], continue: true }\n",
        ),
      );
    });

    const { webhooks } = await withGateway(options(url), (gateway) => gateway.readRoutes(noHurry()));

    expect(webhooks.map(({ receiver }) => receiver)).toEqual(['sitewarden', 'fencing']);
    expect(webhooks[1]?.hosts).toEqual([expect.stringMatching(/lambda-url|hidden/)]);
  });
});

describe('what answers as no Alertmanager does', () => {
  const status = (original: string) => JSON.stringify({ config: { original } });
  const failing = async (script: Script, change: Partial<AlertmanagerOptions> = {}) => {
    const server = await scriptedServer(script);
    try {
      return await withGateway({ ...options(server.url), ...change }, (gateway) =>
        failureOf(gateway.readRoutes(AbortSignal.timeout(500))),
      );
    } finally {
      await server.close();
    }
  };

  it.each<[string, Script, string]>([
    ['no JSON', () => ({ status: 200, body: 'login please' }), 'AlertmanagerAnswerUnreadable'],
    ['no route', () => ({ status: 200, body: status('receivers: []') }), 'AlertmanagerAnswerUnreadable'],
    ['no YAML', () => ({ status: 200, body: status('route: [}') }), 'AlertmanagerAnswerUnreadable'],
    ['404', () => ({ status: 404, body: '{}' }), 'AlertmanagerAnswerUnreadable'],
    ['401', () => ({ status: 401, body: '' }), 'AlertmanagerRefused'],
  ])('%s', async (_name, script, type) => {
    expect((await failing(script)).type).toBe(type);
  });

  it('is never quoted: a configuration may hold anything', async () => {
    const failure = await failing(() => ({ status: 200, body: status('route: { receiver: [canary-secret] }') }));

    expect(failure.type).toBe('AlertmanagerAnswerUnreadable');
    expect(`${failure.message}${String(failure.cause)}`).not.toContain('canary');
  });

  it('is asked with the credentials, where there are any', async () => {
    const seen: (string | undefined)[] = [];
    const source = createCredentialSource({
      clock: Date.now,
      env: { ALERTMANAGER: JSON.stringify({ username: 'reader', password: 'pw' }) },
    });
    await failing(
      (request) => {
        seen.push(request.headers.authorization);
        return { status: 200, body: '{}' };
      },
      { credentials: { source, reference: 'env:ALERTMANAGER' } },
    );

    expect(seen).toEqual([`Basic ${Buffer.from('reader:pw').toString('base64')}`]);
  });

  it('nobody at all: that is said', async () => {
    const failure = await withGateway(options('http://127.0.0.1:9'), (gateway) =>
      failureOf(gateway.readRoutes(noHurry())),
    );

    expect(failure).toMatchObject({
      type: 'AlertmanagerUnreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
