/** Alertmanager and the webhook over TLS, each showing a certificate to the other, by the lines of the shipped example. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { makeCertificates, type Certificates } from '../../lab/certificates';
import { projectFolder } from '../../lab/project-folder';
import { tiers } from '../../lab/tiers';
import { startWebhookLab, type WebhookLab } from '../support/webhook-lab';

describe('an alert over TLS', () => {
  let lab: WebhookLab;
  let certificates: Certificates;
  let agent: Agent;
  beforeAll(async () => {
    lab = await startWebhookLab(['tls']);
    certificates = await makeCertificates(join(lab.run.folder, 'tls'), ['webhook', 'next', 'alertmanager']);
    agent = new Agent({ connect: { ca: readFileSync(certificates.caFile) } });
    serveTls();
    speakTls();
    await Promise.all([lab.alertmanager.process.start(), startWebhook()]);
  });
  afterAll(async () => {
    await agent?.close();
    await lab?.close();
  });

  const at = (path: string) => `${lab.webhookUrl.replace('http:', 'https:')}${path}`;
  const file = (name: string): string => certificates.serverFile[name] ?? '';
  const served = () => join(lab.run.folder, 'tls', 'served.pem');

  function serveTls(): void {
    copyFileSync(file('webhook'), served());
    const tls = `{ certificate: file:tls/served.pem, key: file:tls/served.pem, clientCa: file:${certificates.caFile} }`;
    const config = readFileSync(lab.configFile, 'utf8');
    writeFileSync(lab.configFile, config.replace(/^webhook:\n/m, `webhook:\n  tls: ${tls}\n`));
  }

  /** What the example says about TLS, with its comment sign taken off. */
  function speakTls(): void {
    const { folder } = lab.alertmanager;
    const example = join(folder, 'alertmanager.yml');
    const text = readFileSync(example, 'utf8')
      .replace('- url: http:', '- url: https:')
      .replace('# tls_config:', 'tls_config:');
    writeFileSync(example, text);
    copyFileSync(certificates.caFile, join(folder, 'sitewarden-ca.pem'));
    copyFileSync(file('alertmanager'), join(folder, 'alertmanager.pem'));
    const [, key = ''] = /key_file: (\S+)/.exec(text) ?? [];
    copyFileSync(file('alertmanager'), join(folder, key));
  }

  function startWebhook() {
    return lab.run.processes.start({
      name: 'webhook',
      tier: tiers.sitewarden,
      program: process.execPath,
      args: [join(projectFolder, 'dist', 'bin', 'sitewarden.js'), 'webhook', '--config', lab.configFile],
      env: { TEMPORAL_CONFIG_FILE: join(lab.run.folder, 'no-temporal.toml') },
      ready: async () => (await request(at('/readyz'), { dispatcher: agent })).statusCode === 200,
      readyWithinSeconds: 30,
    });
  }

  const taken = (count: number) =>
    lab.run.until(() => lab.log().filter(({ pair }) => pair === 'tls').length === count, {
      what: `${count} alerts are taken`,
      withinSeconds: 60,
    });

  it('is taken, and again after the certificate was replaced under the running webhook', async () => {
    await lab.alert('tls', { round: 'first' });
    await taken(1);

    copyFileSync(file('next'), served());
    await lab.run.until(() => lab.logText().includes('new connections use them'), {
      what: 'the change',
      withinSeconds: 60,
    });
    await lab.alertmanager.process.stop();
    await lab.alertmanager.process.start();
    await lab.alert('tls', { round: 'second' });
    await taken(2);

    expect(lab.log().filter(({ pair }) => pair === 'tls')).toMatchObject([
      { outcome: 'started' },
      { outcome: 'joined' },
    ]);
    expect(lab.logText()).not.toContain('PRIVATE KEY');
  });

  it('is refused from a client without a certificate, whatever its password', async () => {
    const { username, password } = lab.webhookUser;
    const answer = await request(at('/alerts'), {
      method: 'POST',
      dispatcher: agent,
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: '{"version":"4","alerts":[]}',
    });

    expect(answer.statusCode).toBe(403);
    expect(await answer.body.json()).toMatchObject({
      error: expect.stringContaining('no client certificate') as string,
    });
  });
});
