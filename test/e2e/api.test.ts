/** The API as a process of its own, and commands that go through it: the shipped program on a real Temporal. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { LabRun } from '../../lab/run';
import { Sitewarden } from '../../lab/sitewarden';
import { startTemporal } from '../../lab/temporal';
import { exampleData } from '../unit/config/a-config';

const tokens = { olga: 'olga-canary-0123456789-0', anna: 'anna-canary-0123456789-0' } as const;
const pair = 'keycloak-prod';

describe('sitewarden api', () => {
  let run: LabRun;
  let sitewarden: Sitewarden;
  let api: Restartable;
  let url: string;
  beforeAll(async () => {
    run = new LabRun();
    sitewarden = new Sitewarden(run, { TEMPORAL_CONFIG_FILE: join(run.folder, 'no-temporal.toml') });
    const [temporal, port] = await Promise.all([startTemporal(run), freePort()]);
    url = `http://127.0.0.1:${port}`;
    const served = {
      listen: `127.0.0.1:${port}`,
      tokens: { secret: 'file:tokens.json' },
      access: [{ role: 'operator', names: ['olga'] }],
    };
    const data = { ...exampleData(), temporal: { address: temporal.address }, webhook: undefined, api: served };
    delete data.webhook;
    const all = Object.entries(tokens).map(([name, token]) => [name, { token }]);
    writeFileSync(join(run.folder, 'tokens.json'), JSON.stringify(Object.fromEntries(all)));
    writeFileSync(join(run.folder, 'api.yaml'), stringify(data));
    for (const [name, token] of Object.entries(tokens)) {
      writeFileSync(join(run.folder, `${name}.token`), token);
      // Temporal is nowhere: what succeeds went through the API.
      const apiClient = { url, token: { secret: `file:${name}.token` } };
      const own = { ...data, temporal: { address: '127.0.0.1:1' }, apiClient };
      writeFileSync(join(run.folder, `${name}.yaml`), stringify(own));
    }
    api = sitewarden.api({ configFile: join(run.folder, 'api.yaml'), port });
    await api.start();
  });
  afterAll(() => run?.close());

  const as = (name: keyof typeof tokens, ...args: string[]) =>
    sitewarden.cli(join(run.folder, `${name}.yaml`), ...args);
  const log = (): string => {
    const file = join(run.folder, 'logs', 'api.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('serves commands of whoever has a token, and records who asked', async () => {
    const before = await as('olga', 'status', pair, '--json');
    const fence = await as('olga', 'fence', pair, '--site', 'site-b', '--reason', 'an e2e test asks');
    const after = await as('olga', 'status', pair, '--json');

    expect(before).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(before.stdout)).toMatchObject({ run: 'none' });
    expect(fence).toMatchObject({ exitCode: 6 });
    expect(fence.stderr).toContain('The request is recorded, and nobody is working');
    expect(JSON.parse(after.stdout)).toMatchObject({ run: 'open', workerAnswers: false });
  });

  it('refuses whoever may not, and says who that is', async () => {
    const { exitCode, stderr } = await as('anna', 'fence', pair, '--site', 'site-b', '--reason', 'an e2e test asks');

    expect(exitCode).toBe(3);
    expect(stderr).toContain('anna may not');
  });

  it('takes a token out of force as soon as it is taken out of the secret', async () => {
    writeFileSync(join(run.folder, 'tokens.json'), JSON.stringify({ olga: { token: tokens.olga } }));

    await run.until(async () => (await as('anna', 'status', pair)).exitCode === 2, {
      what: 'the token is refused',
      withinSeconds: 60,
    });
    expect(await as('olga', 'status', pair)).toMatchObject({ exitCode: 0 });
  });

  it('writes no token into its log, and ends when it is asked to; commands then say that it is gone', async () => {
    await api.stop();
    const { exitCode, stderr } = await as('olga', 'status', pair);

    expect(exitCode).toBe(5);
    expect(stderr).toContain(`The API at ${url} does not answer`);
    expect(log()).toContain('"caller":"olga"');
    expect(log()).toContain('Closed: api.');
    expect(log()).not.toContain('canary');
  });
});
