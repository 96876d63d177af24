/** The sentinel of site-b as it is shipped, on real parts: a real ping, a real Temporal with its worker, real sites; only the cable is ours. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { stringify } from 'yaml';
import { freePort } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { labPair } from '../../lab/sitewarden-config';
import { readTools } from '../../lab/tools';
import { stepSeconds } from '../support/chosen';
import { IncidentLab } from '../support/incident-lab';
import { scriptedServer, type ScriptedServer } from '../support/scripted-server';

const cabledPing = join(__dirname, '..', 'support', 'cabled-ping.sh');
const neighbour = '127.0.0.1';

describe('the sentinel of a site', () => {
  let incident: IncidentLab;
  let witness: ScriptedServer;
  let sentinel: Restartable;
  let configFile: string;
  let port: number;
  let connected = true;

  beforeAll(async () => {
    incident = await IncidentLab.start();
    witness = await scriptedServer(() => (connected ? { status: 200 } : 'hang'));
    port = await freePort();
    configFile = writeConfig('sentinel', {});
    sentinel = incident.lab.sitewarden.sentinel({ name: 'sentinel', configFile, pair: labPair, site: 'site-b', port });
    await incident.lab.worker.start();
    await sentinel.start();
  });
  afterAll(async () => {
    await witness?.close();
    await incident?.close();
  });

  function writeConfig(name: string, change: Record<string, unknown>): string {
    const { folder } = incident.lab.run;
    const config = incident.config();
    const ping = [cabledPing, folder, readTools('ping').ping, '-c', '1', '-W', '{timeoutSeconds}', '{address}'];
    Object.assign(config.sitePairs[0].sites.find((site) => site.name === 'site-b') ?? {}, {
      sentinel: {
        listen: `127.0.0.1:${port}`,
        network: { addresses: [neighbour], urls: [witness.url], ping, periodSeconds: 1, timeoutMs: 500, rounds: 2 },
        ...change,
      },
    });
    const file = join(folder, `sitewarden-${name}.yaml`);
    writeFileSync(file, stringify(config));
    return file;
  }

  /** No answer to a ping, none from the witness. */
  function isolate(): void {
    connected = false;
    writeFileSync(join(incident.lab.run.folder, `pulled-${neighbour}`), '');
  }
  function heal(): void {
    connected = true;
    rmSync(join(incident.lab.run.folder, `pulled-${neighbour}`), { force: true });
  }

  const application = () => incident.lab.applications['site-b'];
  const log = (): string => readFileSync(join(incident.lab.run.folder, 'logs', 'sentinel.log'), 'utf8');
  const until = (what: string, condition: () => Promise<boolean> | boolean) =>
    incident.lab.until(condition, { what, withinSeconds: stepSeconds });
  const untilRunning = () => until('the application to run', () => application().isRunning);
  const untilStopped = () => until('the application to be stopped', () => !application().isRunning);
  const untilLbCheck = (status: number) =>
    until(`/lb-check to answer ${status}`, async () => (await lbCheck()) === status);

  async function lbCheck(): Promise<number> {
    const answer = await request(`http://127.0.0.1:${port}/lb-check`, { signal: AbortSignal.timeout(2_000) });
    await answer.body.dump();
    return answer.statusCode;
  }

  async function page(): Promise<Record<string, unknown>> {
    const answer = await request(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
    return (await answer.body.json()) as Record<string, unknown>;
  }

  it('stops an isolated site, and starts it again when its network is back and it was not fenced', async () => {
    await untilLbCheck(200);
    isolate();
    await untilStopped();
    await untilLbCheck(503);
    heal();
    await untilRunning();
    await untilLbCheck(200);

    expect(log()).toContain('[sentinel] site-b is stopped: its network is isolated.');
    expect(log()).toContain('[sentinel] site-b is started.');
  });

  it('needs one answer of many: a site that reaches its witness is not isolated', async () => {
    const before = log().length;
    writeFileSync(join(incident.lab.run.folder, `pulled-${neighbour}`), '');
    const asked = witness.requests.length;
    await until('some rounds', () => witness.requests.length > asked + 4);
    heal();

    expect(application().isRunning).toBe(true);
    expect(log().slice(before)).not.toContain('is isolated');
  });

  it('stops without Temporal, and stays down as long as it cannot know, and says so', async () => {
    incident.lab.temporal.server.freeze();
    isolate();
    await untilStopped();
    heal();
    await until('word of it', () => log().includes('it cannot be known whether the site is fenced'));
    expect(application().isRunning).toBe(false);
    incident.lab.temporal.server.thaw();

    await untilRunning();
    await untilLbCheck(200);
  });

  it('killed and restarted while its site is down, knows what it stopped', async () => {
    isolate();
    await untilStopped();
    await untilLbCheck(503);
    await sentinel.kill();
    heal();
    await sentinel.start();
    await untilRunning();

    expect(log()).toContain('[sentinel] site-b was down when the sentinel ended before.');
  });

  it('frozen while its network fails and heals, does nothing', async () => {
    await untilLbCheck(200);
    const before = log().length;
    sentinel.freeze();
    isolate();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    heal();
    sentinel.thaw();
    const asked = witness.requests.length;
    await until('some rounds', () => witness.requests.length > asked + 4);

    expect(application().isRunning).toBe(true);
    expect(log().slice(before)).not.toContain('is being stopped');
  });

  it('isolated while its site is fenced, then healed: stays down, tells the run, and leaves the start to it', async () => {
    isolate();
    await untilStopped();
    await incident.lab.link.cut();
    await incident.lab.until(() => incident.lab.infinispan.isSplit(), { what: 'a split', withinSeconds: 60 });
    await incident.alert('site-a');
    await incident.untilFenced();
    heal();
    await until('word of it', () => log().includes('site-b stays down: the site is fenced: demo-'));
    await until('the notes', async () => {
      const names = (await incident.status())?.alerts.map(({ alertname }) => alertname) ?? [];
      return names.includes('SentinelStoppedSite') && names.includes('SentinelKeepsSiteDown');
    });
    const { stdout } = await incident.lab.cli('explain', labPair);

    expect(stdout).toContain('"site-b is kept down" from the sentinel of site-b');
    expect(stdout).toContain('noted: site-b was stopped by its own sentinel; that decides nothing here');
    expect(application().isRunning).toBe(false);
    expect(await page()).toMatchObject({ up: false, network: 'connected' });
    await incident.putRight();
    await untilLbCheck(200);
  });

  it('without a ping says so at its start, in one sentence with what to do', async () => {
    const network = { addresses: [neighbour], ping: ['no-such-ping', '{address}'] };
    const file = writeConfig('no-ping', { network, listen: `127.0.0.1:${await freePort()}` });

    const { exitCode, stderr } = await incident.lab.sitewarden.cli(file, 'sentinel', labPair, '--site', 'site-b');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/The program "no-such-ping" is missing.*install it/);
  });

  it('told to answer 503 only, leaves the application alone', async () => {
    const lbPort = await freePort();
    const file = writeConfig('lb-check', {
      ...{ onIsolation: 'lbCheck', listen: `127.0.0.1:${lbPort}`, stateFolder: 'lb-check' },
      network: { urls: [witness.url], periodSeconds: 1, timeoutMs: 500, rounds: 2 },
    });
    await sentinel.stop();
    const other = incident.lab.sitewarden.sentinel({
      ...{ name: 'sentinel-lb', configFile: file, pair: labPair, site: 'site-b', port: lbPort },
    });
    await other.start();
    const mainPort = port;
    port = lbPort;
    await untilLbCheck(200);
    isolate();
    await untilLbCheck(503);
    expect(application().isRunning).toBe(true);
    heal();
    await untilLbCheck(200);
    await other.stop();
    port = mainPort;
  });
});
