/** The shipped worker, command line and API look a real pair through in peace time; nobody starts anything but the worker. */
import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { parse } from 'yaml';
import type { ReadinessReport } from '../../domain/readiness/report';
import { startLab, type Lab } from '../../lab/lab';
import { labPair } from '../../lab/sitewarden-config';

describe('readiness, on real parts', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
    await Promise.all([lab.worker.start(), lab.api.start()]);
  });
  afterAll(() => lab?.close());

  type Told = ReadinessReport & { ageSeconds?: number; schedule?: { isPaused: boolean } };
  const read = async (...args: string[]) => {
    const { exitCode, stdout } = await lab.cli('readiness', labPair, '--json', ...args);
    const told = JSON.parse(stdout) as Told | { error: object };
    return { exitCode, report: 'error' in told ? undefined : told };
  };
  const foundBy = (report: Told | undefined, name: string) =>
    report?.checks.find((check) => check.name === name)?.findings.map(({ what }) => what);

  it('the worker has looked through the pair by its schedule, before anybody asked', async () => {
    const { report } = await lab.until(
      async () => {
        const seen = await read('--last');
        return seen.report ? seen : undefined;
      },
      { what: 'the first report of the schedule', withinSeconds: 90 },
    );

    expect(report).toMatchObject({ pair: labPair, schedule: { isPaused: false } });
    expect(foundBy(report, 'credentials')).toEqual([]);
    expect(foundBy(report, 'endpoints')).toEqual([]);
    expect(foundBy(report, 'backups')).toEqual([]);
    expect(foundBy(report, 'caches')).toEqual([]);
  });

  it('a backup that somebody took offline for one cache is named, and it ends with 3; no run is started by it', async () => {
    const cache = 'work';
    const path = `/caches/${cache}/x-site/backups/site-b?action=take-offline`;
    expect((await lab.infinispan.sites['site-a'].rest.ask('POST', path)).status).toBe(200);

    const { exitCode, report } = await read();

    expect(exitCode).toBe(3);
    expect(foundBy(report, 'backups')).toEqual([
      expect.stringContaining(`site-a, ${cache}: the backup to site-b is offline`),
    ]);
    const { stdout } = await lab.cli('runs', labPair, '--open', '--json');
    expect((JSON.parse(stdout) as { runs: unknown[] }).runs).toEqual([]);
  });

  it('tells the same through the API, and on the metrics of the worker', async () => {
    const { exitCode, stdout } = await lab.cliAs('vera', 'readiness', labPair, '--last', '--json');
    const { worker } = parse(readFileSync(lab.configFile, 'utf8')) as { worker: { health: { listen: string } } };
    const metrics = await lab.until(
      async () => {
        const answer = await request(`http://${worker.health.listen}/metrics`, { signal: AbortSignal.timeout(10_000) });
        const page = await answer.body.text();
        return /^sitewarden_readiness_findings\{.*check="backups".*\} 1$/m.test(page) ? page : undefined;
      },
      { what: 'the metrics of the last report', withinSeconds: 60, everyMs: 1_000 },
    );

    expect(exitCode).toBe(3);
    expect(foundBy(JSON.parse(stdout) as Told, 'backups')).toHaveLength(1);
    expect(metrics).toMatch(/^sitewarden_readiness_interval_seconds\{.*\} 1800$/m);
  });
});
