/** Readiness of a pair on real parts: all that can be read there, and an alert path that was really heard. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { checkNames, type ReadinessReport } from '../../domain/readiness/report';
import { startLab, type Lab } from '../../lab/lab';
import { labPair } from '../../lab/sitewarden-config';

describe('the readiness of a pair, on real parts', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
    await lab.worker.start();
  });
  afterAll(() => lab?.close());

  async function looked(): Promise<{ report: ReadinessReport; code: number | null }> {
    const { exitCode: code, stdout } = await lab.cli('readiness', labPair, '--json');
    return { report: JSON.parse(stdout) as ReadinessReport, code };
  }

  const whatOf = (report: ReadinessReport, check: string) =>
    report.checks.find(({ name }) => name === check)?.findings.map(({ what }) => what);

  it('no watchdog arrives while the webhook is down, and nothing else is found', async () => {
    const { report } = await looked();

    expect(report.checks.map(({ name }) => name)).toEqual(checkNames);
    expect(whatOf(report, 'alertPath')).toEqual([
      'no watchdog alert arrived for the view of site-a, as far back as Temporal keeps',
      'no watchdog alert arrived for the view of site-b, as far back as Temporal keeps',
    ]);
    const others = checkNames.filter((name) => name !== 'alertPath');
    expect(Object.fromEntries(others.map((name) => [name, whatOf(report, name)]))).toEqual(
      Object.fromEntries(others.map((name) => [name, []])),
    );
  });

  it('once the webhook is up the watchdog of each site arrives from its Infinispan, and the pair is ready', async () => {
    await lab.webhook.start();

    const { report, code } = await lab.until(
      async () => {
        const now = await looked();
        return whatOf(now.report, 'alertPath')?.length === 0 ? now : undefined;
      },
      { what: 'the watchdogs of both sites were heard', withinSeconds: 60, everyMs: 1_000 },
    );

    expect(report).toMatchObject({ verdict: 'ready' });
    expect(code).toBe(0);
    // An alert of the sites' own start may have opened a run; a watchdog opens none, and is told to none.
    const { stdout } = await lab.cli('explain', labPair, '--json');
    const names = [...stdout.matchAll(/"alertname": *"([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(['SiteOffline', ...names])).toEqual(new Set(['SiteOffline']));
  });

  it('a second fencer in the running configuration of Alertmanager is found, without anybody telling', async () => {
    const file = join(lab.run.folder, 'alerting', 'alertmanager.yml');
    const route = "    - { receiver: fencing, matchers: ['alertname=SiteOffline'], continue: true }\n";
    writeFileSync(file, readFileSync(file, 'utf8').replace('  routes:\n', `  routes:\n${route}`));
    appendFileSync(
      file,
      "  - { name: fencing, webhook_configs: [{ url: 'https://a.lambda-url.eu-west-1.on.aws/' }] }\n",
    );
    const reloaded = await request(`${lab.alerting.alertmanagerUrl}/-/reload`, { method: 'POST' });
    expect(reloaded.statusCode).toBe(200);

    const { report, code } = await looked();

    expect(whatOf(report, 'otherFencers')).toEqual([
      expect.stringMatching(/tells SiteOffline to another webhook as well: receiver fencing/),
    ]);
    expect(code).toBe(3);
  });
});
