/**
 * The lab with a real Keycloak in each site: that users can log in at both, and that nothing of it stays.
 * Every other test with Keycloak stands on what is promised here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ApplicationVerb } from '../../lab/application-control';
import type { LabKeycloak } from '../../lab/keycloak/keycloak';
import { passwordLogin } from '../../lab/keycloak/oidc';
import { startPostgres } from '../../lab/keycloak/postgres';
import { labCaches } from '../../lab/infinispan';
import { startLab, type Lab } from '../../lab/lab';
import { LabRun } from '../../lab/run';
import { labSites, peerOf, perSiteAsync } from '../../lab/sites';
import { until } from '../../lab/until';
import { KeycloakPeople } from '../support/keycloak-people';

const startsWithinMs = 240_000;

describe('the lab with Keycloak', () => {
  let lab: Lab;
  let keycloak: LabKeycloak;
  let people: KeycloakPeople;

  beforeAll(async () => {
    lab = await startLab({ keycloak: true });
    keycloak = lab.keycloak!;
    people = new KeycloakPeople(lab);
  }, startsWithinMs);

  afterAll(() => lab?.close());

  const user = () => keycloak.realm.users[0]!;

  it.each(labSites)('a user who logs in at %s is known at both sites, and goes on at the other', async (site) => {
    const tokens = await people.session(site, user());

    const refreshed = await people.refresh(peerOf(site), tokens);

    const { username } = user();
    expect(await people.namesOf(refreshed)).toEqual({ 'site-a': username, 'site-b': username });
  });

  it('a user who logs in through the accelerator is known at both sites', async () => {
    const tokens = await people.session('accelerator', user());

    expect(await people.refreshes(tokens)).toEqual({ 'site-a': 200, 'site-b': 200 });
  });

  it('a wrong password is refused as such, and is counted for both sites', async () => {
    const mistyping = { ...keycloak.realm.users[1]!, password: 'wrong' };

    const answer = await passwordLogin(people.at('site-a'), mistyping);

    expect(answer).toEqual({ kind: 'answered', status: 400, says: 'Invalid user credentials' });
    // Keycloak answers first, and counts then.
    const counted = async () => {
      const sizes = await perSiteAsync((site) => lab.infinispan.sites[site].rest.size('loginFailures'));
      return labSites.every((site) => sizes[site] === 1);
    };
    await lab.until(counted, { what: 'the wrong password is counted in both sites', withinSeconds: 30 });
  });

  it('everything is replicated both ways, cache by cache', async () => {
    const backups = await perSiteAsync((site) => lab.infinispan.sites[site].rest.backupsTo(peerOf(site), labCaches));

    const online = Object.fromEntries(labCaches.map((cache) => [cache, 'online']));
    expect(backups).toEqual({ 'site-a': online, 'site-b': online });
  });

  it('no secret stands on a command line', () => {
    const users = [keycloak.admin, keycloak.database.user, ...Object.values(lab.infinispan.users)];
    const passwords = [...users, ...keycloak.realm.users].map(({ password }) => password);
    const secrets = [...passwords, keycloak.serviceAccount.secret];
    const lines = lab.run.processes.pids().map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));

    expect(lines.length).toBeGreaterThan(7);
    expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });

  it('one is stopped and started by the commands of the configuration; users go on at the other site', async () => {
    const says = async (verb: ApplicationVerb) => {
      const [program = '', ...args] = lab.applicationControl.command('site-b', verb);
      const [exitCode] = (await once(spawn(program, args, { stdio: 'ignore' }), 'close')) as [number];
      return exitCode;
    };
    const health = () => keycloak.servers['site-b'].check().catch(() => 'refused');
    const tokens = await people.session('site-b', user());

    expect([await says('status'), await health()]).toEqual([0, 200]);
    expect([await says('stop'), await says('status'), await health()]).toEqual([0, 3, 'refused']);
    await lab.until(() => people.refresh('accelerator', tokens), {
      what: 'the accelerator leads to site-a',
      withinSeconds: 30,
    });
    expect([await says('start'), await says('status')]).toEqual([0, 0]);
    await lab.until(async () => (await health()) === 200, { what: 'Keycloak of site-b is ready', withinSeconds: 120 });

    expect((await people.refreshes(tokens))['site-b']).toBe(200);
  });

  it('leaves nothing behind: no process, no open port, no database', async () => {
    const pids = lab.run.processes.pids();
    expect(pids.length).toBe(9);

    await lab.close();

    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    const urls = [...Object.values(keycloak.servers).map(({ url }) => url), keycloak.publicUrl];
    for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(await accepts(keycloak.database.port)).toBe(false);
    expect(existsSync(join(lab.run.folder, 'postgres', 'data'))).toBe(false);
  });
});

describe('the database', () => {
  const script = `
    const { LabRun } = require('./dist/lab/run.js');
    const { startPostgres } = require('./dist/lab/keycloak/postgres.js');
    startPostgres(new LabRun()).then(({ port }) => console.log(port));
  `;

  it('of a lab that is killed ends with it', async () => {
    const killed = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = (await once(killed.stdout, 'data')) as [Buffer];
    const port = Number(output.toString());
    expect(await accepts(port)).toBe(true);

    killed.kill('SIGKILL');

    await until(async () => !(await accepts(port)), { what: 'nothing listens there any more', withinSeconds: 10 });
  });

  it('of a lab that is stopped while it is being made leaves nothing', async () => {
    const run = new LabRun();
    const data = join(run.folder, 'postgres', 'data');
    const stop = async () => {
      await until(() => existsSync(data), { what: 'the database is being made', withinSeconds: 30, everyMs: 5 });
      await run.close();
    };

    await Promise.all([expect(startPostgres(run)).rejects.toThrow('aborted'), stop()]);

    expect(existsSync(data)).toBe(false);
  });
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
