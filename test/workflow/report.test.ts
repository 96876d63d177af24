import type { Report } from '../../domain/report/report';
import { until } from '../../lab/until';
import { CommandLine } from '../support/command-line';
import { fakeArchive } from '../support/fake-archive';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('report of a run, on a Temporal server', () => {
  const archive = fakeArchive();
  let temporal: RunningTemporal;
  let sites: TwoSites;
  let cli: CommandLine;
  let soFar: Report;
  beforeAll(async () => {
    temporal = await startTemporal({ archive });
    sites = new TwoSites(temporal, { name: 'reported' });
    const surroundings = { openArchive: () => archive };
    cli = new CommandLine({ pairs: ['reported'], temporal: { address: temporal.env.address }, surroundings });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    soFar = (await cli.run('report', 'reported', '--json')).json() as Report;
    await cli.run('abort', 'reported', '--reason', 'a | test asks');
  });
  afterAll(() => temporal?.stop());

  it('tells of an open run so far what was read, and what each step proved', () => {
    expect(soFar).toMatchObject({ soFar: true, roles: { keepSite: 'site-a', staleSite: 'site-b' } });
    const proofs = soFar.timeline.flatMap(({ step, provedBy }) => (provedBy === undefined ? [] : [step]));
    expect(proofs).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^site-b read absent from /),
        'on site-a the backup to site-b read offline for 2 caches',
        'fenced: site-b is out, site-a serves alone',
      ]),
    );
    expect(soFar.costs.events).toBeGreaterThan(0);
    expect(soFar.versions).toEqual({ rules: expect.any(Number), configuration: 'cafe0000' });
  });

  it('of the run that ended is the one that was archived before it closed, and the chain holds', async () => {
    const ofResult = await cli.run('report', 'reported', '--json');
    const verified = await cli.run('report', 'reported', '--verify', '--json');
    const archived = await archive.read('reported');

    expect(ofResult.json()).toMatchObject({ soFar: false, outcome: 'aborted', incident: soFar.incident });
    expect(JSON.parse(archived?.content ?? '')).toEqual(ofResult.json());
    expect(verified).toMatchObject({ exitCode: 0 });
    expect(verified.json()).toMatchObject({ whole: true, comparedWithTemporal: true, links: [{ sequence: 1 }] });
  });

  it('as Markdown holds who decided and why, and the reason draws no cell', async () => {
    const { stdout } = await cli.run('report', 'reported', soFar.incident);

    expect(stdout).toMatch(/^# reported: report$/m);
    expect(stdout).toMatch(
      /^\| .* \| abort \| alice@laptop \(unattributed\) \| {2}\| cli \| a \\\| test asks \| taken \|$/m,
    );
  });

  it('is found under its incident once another run is open', async () => {
    sites.world.heal();
    await sites.alert('site-a');
    await until(async () => (await sites.status()).run === 'open', { what: 'another run', withinSeconds: 20 });

    const ofNow = await cli.run('report', 'reported', '--json');
    const ofThen = await cli.run('report', 'reported', soFar.incident, '--json');

    expect((ofNow.json() as Report).incident).not.toBe(soFar.incident);
    expect(ofThen.json()).toMatchObject({ incident: soFar.incident, outcome: 'aborted' });
  });

  it('that somebody changed in the archive: told, and where', async () => {
    const [[name, text] = ['', '']] = archive.shelves.get('reported') ?? [];
    archive.shelves.get('reported')?.set(name, text.replace('aborted', 'restored'));

    const ran = await cli.run('report', 'reported', '--verify');

    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toMatch(/the chain is BROKEN\.\n {2}memory:reported\/000001\.json: /);
  });
});
