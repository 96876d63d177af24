import { commandLine } from './fake-runs';

describe('command line: pairs', () => {
  const refusing = () => Promise.reject(new Error('Temporal was asked'));
  const cli = (tty = false) =>
    commandLine({}, { pairs: ['keycloak-prod', 'test'], tty, surroundings: { openTemporal: refusing } });

  it('sites, accelerator, mode, preferred site and configuration of each, without Temporal', async () => {
    const ran = await cli().run('pairs');

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    const [head, first, second] = ran.stdout.split('\n');
    expect(head).toMatch(/^PAIR +SITES +ACCELERATOR +MODE +PREFERRED +CONFIG$/);
    expect(first).toMatch(
      /^keycloak-prod +site-a, site-b +keycloak-prod\.awsglobalaccelerator\.com +act +site-a +[0-9a-f]{8}$/,
    );
    expect(second).toMatch(/^test +site-a, site-b +test\.awsglobalaccelerator\.com /);
  });

  it('--json: the same for programs; the hash tells two configurations apart', async () => {
    const { pairs } = (await cli().run('pairs', '--json')).json();

    expect(pairs).toMatchObject([{ pair: 'keycloak-prod', sites: ['site-a', 'site-b'] }, { pair: 'test' }]);
    expect(pairs[0].configHash).not.toBe(pairs[1].configHash);
  });
});
