/** The files in deploy/monitoring, as Prometheus' own tool judges them, and what they expect of Alertmanager. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { freePort } from '../../lab/ports';
import { readTools } from '../../lab/tools';
import { until } from '../../lab/until';
import { foreignMetrics } from '../support/foreign-metrics';
import { dashboardQueries, monitoringFolder, shippedDashboard, shippedRules } from '../support/monitoring';
import { ownMetrics, type OwnMetric } from '../support/own-metrics';

const run = promisify(execFile);

describe('the shipped monitoring files', () => {
  const { promtool, alertmanager } = readTools('promtool', 'alertmanager');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sitewarden-monitoring-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const answer = async (...args: string[]) => (await run(promtool, args, { cwd: monitoringFolder })).stdout;

  it('sitewarden-rules.yml is right', async () => {
    const said = await answer('check', 'rules', 'sitewarden-rules.yml');

    expect(said).toContain(`SUCCESS: ${shippedRules().length} rules found`);
  });

  it('sitewarden-rules.yml alerts when it should, and only then (sitewarden-rules_test.yml)', async () => {
    expect(await answer('test', 'rules', 'sitewarden-rules_test.yml')).toContain('SUCCESS');
  });

  it('scrape.example.yml is right, and finds the rules beside it', async () => {
    expect(await answer('check', 'config', 'scrape.example.yml')).toContain('1 rule files found');
  });

  it('every expression of grafana-dashboard.json is PromQL', async () => {
    const queries = dashboardQueries(shippedDashboard());
    const rules = queries.map(({ expr }, index) => ({ record: `panel:${index}`, expr }));
    const file = join(folder, 'panels.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));

    expect(await answer('check', 'rules', file)).toContain(`SUCCESS: ${queries.length} rules found`);
  });

  it("our metrics pass Prometheus' own linter", async () => {
    const linter = spawn(promtool, ['check', 'metrics']);
    let said = '';
    for (const stream of [linter.stdout, linter.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    linter.stdin.end(ownMetrics().map(sampleOf).join(''));
    const [code] = (await once(linter, 'close')) as [number];

    expect(said).toBe('');
    expect(code).toBe(0);
  });

  it('Alertmanager counts what it could not deliver to a webhook as the rules expect', async () => {
    const port = await freePort();
    const config = join(folder, 'alertmanager.yml');
    writeFileSync(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
    const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
    const running = spawn(alertmanager, [`--config.file=${config}`, `--storage.path=${folder}`, ...listen], {
      cwd: readTools().alertmanagerFolder,
      stdio: 'ignore',
    });
    try {
      const shown = await until(
        async () => {
          const page = await request(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(1_000) });
          return page.body.text();
        },
        { what: 'Alertmanager shows its metrics', withinSeconds: 60 },
      );

      for (const name of foreignMetrics.alertmanager) {
        expect(shown).toMatch(new RegExp(`^${name}\\{[^}]*integration="webhook"[^}]*\\} `, 'm'));
      }
    } finally {
      running.kill('SIGKILL');
    }
  });
});

/** One sample of each, as a page would show it. */
function sampleOf({ name, help, type, labels }: OwnMetric): string {
  const said = (extra: string[] = []) => `{${[...labels.map((label) => `${label}="x"`), ...extra].join(',')}}`;
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  if (type !== 'histogram') return `${head}${name}${said()} 1\n`;
  return `${head}${name}_bucket${said(['le="+Inf"'])} 1\n${name}_sum${said()} 1\n${name}_count${said()} 1\n`;
}
