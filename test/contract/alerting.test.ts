/** The files in deploy/alerting, as Prometheus' and Alertmanager's own tools judge them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../../lab/project-folder';
import { readTools } from '../../lab/tools';

const run = promisify(execFile);

describe('the shipped alerting files', () => {
  const { promtool, amtool } = readTools('promtool', 'amtool');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sitewarden-alerting-'));
    cpSync(join(projectFolder, 'deploy', 'alerting'), folder, { recursive: true });
    // What an installation puts beside them.
    writeFileSync(join(folder, 'infinispan-ca.pem'), '');
    writeFileSync(join(folder, 'webhook-password'), 'any');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const answer = async (tool: string, ...args: string[]) => (await run(tool, args, { cwd: folder })).stdout;

  it('rules.yml is right', async () => {
    expect(await answer(promtool, 'check', 'rules', 'rules.yml')).toContain('SUCCESS: 3 rules found');
  });

  it('rules.yml alerts when it should, and only then (rules_test.yml)', async () => {
    expect(await answer(promtool, 'test', 'rules', 'rules_test.yml')).toContain('SUCCESS');
  });

  it('prometheus.example.yml is right, and finds rules.yml beside it', async () => {
    expect(await answer(promtool, 'check', 'config', 'prometheus.example.yml')).toContain('1 rule files found');
  });

  it('alertmanager.example.yml is right', async () => {
    expect(await answer(amtool, 'check-config', 'alertmanager.example.yml')).toContain('2 receivers');
  });

  it.each([
    ['SiteOffline', 'sitewarden'],
    ['SitewardenWatchdog', 'sitewarden'],
    ['SiteViewAbsent', 'people'],
    ['AnyOtherAlert', 'people'],
  ])('%s goes to the receiver "%s"', async (alertname, receiver) => {
    const routes = ['config', 'routes', 'test', '--config.file', 'alertmanager.example.yml'];

    expect((await answer(amtool, ...routes, `alertname=${alertname}`, 'site=site-b')).trim()).toBe(receiver);
  });
});
