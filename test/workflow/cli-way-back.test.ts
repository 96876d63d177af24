/** The way back as people lead it from the command line, on a real Temporal server over fake sites. */
import { CommandLine } from '../support/command-line';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const because = ['--reason', 'a test asks'];

describe('command line: the way back', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function twoSites(name: string) {
    const sites = new TwoSites(temporal, { name, applications: true });
    return { sites, cli: new CommandLine({ pairs: [name], temporal: { address: temporal.env.address } }) };
  }

  it('a fenced site is synchronized and brought online by what the status shows to type', async () => {
    const name = 'cli-back';
    const { sites, cli } = twoSites(name);
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    sites.world.setBackup('site-b', 'offline');
    expect(sites.world.put('site-b', 'work', 'only-b', 'lost')).toBe(true);
    sites.world.heal();
    const asked = await sites.runUntil('a question', ({ next }) => next?.kind === 'ask' && next.gate === 'synchronize');
    const plan = asked.next?.kind === 'ask' ? (asked.next.plan ?? '') : '';

    const page = await cli.run('status', name);
    const without = await cli.run('approve', name, '--gate', 'synchronize', ...because);
    const tooFew = await cli.run(
      ...['approve', name, '--gate', 'synchronize', '--plan', plan, '--discard-at-most', '0', ...because],
    );
    const approved = await cli.run(
      ...['approve', name, '--gate', 'synchronize', '--plan', plan, ...because, '--wait', '60'],
    );

    expect(page.stdout).toMatch(/A synchronize discards 1 entry of site-b/);
    expect(page.stdout).toContain(`sitewarden approve ${name} --gate synchronize --plan ${plan} --discard-at-most 1`);
    expect(without.exitCode).toBe(2);
    expect(tooFew).toMatchObject({ exitCode: 3 });
    expect(tooFew.stdout).toContain('Refused: DiscardExceeded');
    expect(approved).toMatchObject({ exitCode: 0, stderr: '' });
    expect(approved.stdout).toContain('You allow at most 1 entry to be discarded.');
    expect(approved.stdout).toMatch(
      /^Synchronized: site-b holds what site-a holds; every key and value compared equal/m,
    );

    const back = await sites.runUntil(
      'asks to come back',
      ({ next }) => next?.kind === 'ask' && next.gate === 'siteOnline',
    );
    const online = back.next?.kind === 'ask' ? (back.next.plan ?? '') : '';
    const admitted = await cli.run(
      ...['approve', name, '--gate', 'siteOnline', '--plan', online, ...because, '--wait', '60'],
    );

    expect(admitted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
    expect(sites.world.entries('site-b', 'work')).toEqual(sites.world.entries('site-a', 'work'));
    await sites.result();
  });

  it('site-offline --wait ends when the site is proved to be out; synchronize of a healthy pair is refused', async () => {
    const name = 'cli-offline';
    const { sites, cli } = twoSites(name);

    const refused = await cli.run('synchronize', name, ...because, '--wait', '30');
    const out = await cli.run('site-offline', name, '--site', 'site-b', ...because, '--wait', '60');

    expect(refused.exitCode).toBe(3);
    expect(out).toMatchObject({ exitCode: 0, stderr: '' });
    expect(out.stdout).toContain('site-b is out of traffic as planned');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
  });
});
