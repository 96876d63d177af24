/**
 * Observers on real parts: two Infinispan sites, Temporal, the shipped worker and observers; AWS is the stand-in. No webhook and no
 * Alertmanager takes part. Each observer has roads of its own to the sites, which can be cut.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { labPair } from '../../lab/sitewarden-config';
import { labSites, perSiteAsync, type LabSite } from '../../lab/sites';
import { tiers } from '../../lab/tiers';
import type { RunStatus } from '../../workflows/contract/inputs';
import { IncidentLab, type LabConfig } from '../support/incident-lab';
import { Road } from '../support/road';
import { scriptedServer, type ScriptedServer } from '../support/scripted-server';

const observers = [
  { name: 'third', votes: 1, watch: { everySeconds: 1, confirmations: 2 } },
  { name: 'fourth', votes: 0 },
];

interface Roads {
  infinispan: Road;
  health: Road;
}

describe('observers, on real parts', () => {
  let incidents: IncidentLab;
  let third: Restartable;
  let fourth: Restartable;
  let roads: Record<LabSite, Roads>;
  let configFile: string;
  let neighbour: ScriptedServer;
  let connected = true;
  beforeAll(async () => {
    incidents = await IncidentLab.start();
    const { lab } = incidents;
    const { host, port } = lab.aws.accelerator;
    const url = `http://${host}:${port}/lb-check`;
    const named = (config: LabConfig): void => {
      config.sitePairs[0].observers = observers.map((one) => ({ ...one, accelerator: { url } }));
    };
    roads = await perSiteAsync(async (site) => ({
      infinispan: await Road.start({ target: lab.infinispan.sites[site].url, port: await freePort() }),
      health: await Road.start({ target: lab.applications[site].url, port: await freePort() }),
    }));
    for (const site of labSites) {
      for (const road of Object.values(roads[site])) lab.run.onClose(tiers.monitoring, () => road.close());
    }
    const worker = await incidents.worker('worker-with-observers', named);
    neighbour = await scriptedServer(() => (connected ? { status: 200 } : 'hang'));
    third = await incidents.observer('third', (config) => {
      named(config);
      const network = { urls: [neighbour.url], periodSeconds: 1, timeoutMs: 300, rounds: 2 };
      Object.assign(config.observer ?? {}, { network });
      for (const site of config.sitePairs[0].sites) {
        site.infinispan.url = `https://localhost:${roads[site.name].infinispan.port}`;
        site.health = `http://127.0.0.1:${roads[site.name].health.port}/lb-check`;
      }
    });
    fourth = await incidents.observer('fourth', named);
    configFile = join(lab.run.folder, 'sitewarden-with-observers.yaml');
    const config = incidents.config();
    named(config);
    writeFileSync(configFile, stringify(config));
    await Promise.all([worker.start(), fourth.start()]);
  });
  afterAll(async () => {
    await neighbour?.close();
    await incidents?.close();
  });

  beforeEach(() => third.start());
  afterEach(async () => {
    // First: its watch would begin a run of what is put right.
    await third.stop();
    for (const site of labSites) healRoadsTo(site);
    connected = true;
    await incidents.putRight();
  });

  const cutRoadsTo = (site: LabSite): void => Object.values(roads[site]).forEach((road: Road) => road.cut());
  const healRoadsTo = (site: LabSite): void => Object.values(roads[site]).forEach((road: Road) => road.heal());
  const saidBy = ({ weighed }: Pick<RunStatus, 'weighed'>, by: string) =>
    weighed?.testimonies.find((one) => one.by === by)?.says;
  const log = (name: string): string =>
    readFileSync(join(incidents.lab.run.folder, 'logs', `observer-${name}.log`), 'utf8');

  it('a one-way cut is noticed and fenced by its own watch, without Alertmanager; healed, it takes its word back', async () => {
    const { lab } = incidents;
    await lab.link.mute('site-b');

    const fenced = await incidents.untilFenced();
    await lab.link.heal();
    const over = await incidents.untilRun('resolved', ({ alerts }) => alerts[0]?.status === 'resolved');

    expect(fenced.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(incidents.endpointSites()).toEqual(['site-a']);
    expect(await lab.infinispan.sites['site-a'].rest.backupTo('site-b')).toBe('offline');
    expect(over.alerts).toMatchObject([{ alertname: 'observer third', reporter: 'observer third' }]);
    expect(saidBy(fenced, 'observer third')).toMatch(
      /^reaches site-a, health 200, which .*; reaches site-b, health 200/,
    );
    expect(saidBy(fenced, 'observer third')).toContain('accelerator 200');
    expect(log('third')).toMatch(/Noticed: partition.*\n.*Woke the run: partition; started\./);
  });

  it('one that is cut off together with a site still speaks for the other one, and says what it could not see', async () => {
    const { lab } = incidents;
    cutRoadsTo('site-b');
    await lab.link.cut();

    const fenced = await incidents.untilFenced();

    expect(fenced.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(saidBy(fenced, 'observer third')).toMatch(
      /^reaches site-a, health 200, which does not see site-b; could not see site-b \(HealthUnreachable, InfinispanUnreachable\)/,
    );
    expect(saidBy(fenced, 'observer fourth')).toMatch(/reaches site-b, health 200/);
  });

  it('a one-way cut, and it reaches only the site that is not preferred: the preferred one is fenced, by the votes', async () => {
    const { lab } = incidents;
    cutRoadsTo('site-a');
    await lab.link.mute('site-a');

    const fenced = await incidents.untilFenced();

    expect(fenced.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expect(incidents.endpointSites()).toEqual(['site-b']);
    expect(await lab.infinispan.sites['site-b'].rest.backupTo('site-a')).toBe('offline');
    expect(fenced.roles?.because).toContain('site-b has 2 of 3 votes; third reaches site-b only');
    expect(fenced.weighed?.conclusion).toMatch(
      /^partition, because .*; site-b has 2 of 3 votes; 3 of 3 configured votes/,
    );
  });

  it('one whose own network is isolated says so, and its vote does not count: the preferred site is kept', async () => {
    const { lab } = incidents;
    connected = false;
    cutRoadsTo('site-a');
    await lab.until(() => log('third').includes('The own network is isolated'), {
      ...{ what: 'the observer has noticed', withinSeconds: 30 },
    });
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'both views without the other site', withinSeconds: 30 });
    await incidents.alert('site-a');

    const fenced = await incidents.untilFenced();

    expect(fenced.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(saidBy(fenced, 'observer third')).toMatch(
      /^could not see site-a .*; its own network isolated; third says that it is itself isolated/,
    );
  });

  it('one that is frozen speaks for nobody, and holds up no fence; thawed, it is heard again', async () => {
    const { lab } = incidents;
    third.freeze();
    await lab.link.cut();
    await lab.until(() => lab.infinispan.isSplit(), { what: 'both views without the other site', withinSeconds: 30 });
    await incidents.alert('site-a');

    const fenced = await incidents.untilFenced();
    third.thaw();
    const again = () => incidents.client.observe({ pair: labPair }).then(({ evidence }) => evidence);
    const heard = await lab.until(
      async () => (await again())?.testimonies.find(({ by, heard }) => by.endsWith('third') && heard),
      {
        ...{ what: 'the thawed observer is heard', withinSeconds: 60 },
      },
    );

    expect(saidBy(fenced, 'observer third')).toBe('said nothing (ObserverSilent), which speaks for nobody');
    expect(fenced.roles?.staleSite).toBe('site-b');
    expect(heard.says).toContain('reaches site-a');
  });

  it('observe and explain list every piece of evidence with its weight and its age, and why the verdict follows', async () => {
    const { lab } = incidents;
    const peace = await lab.sitewarden.cli(configFile, 'observe', labPair);
    await lab.link.cut();
    await incidents.untilFenced();
    const explained = await lab.sitewarden.cli(configFile, 'explain', labPair);

    for (const { stdout } of [peace, explained]) {
      expect(stdout).toMatch(/observer third \(1 vote, \S+ \S+ old\): reaches site-a/);
      expect(stdout).toMatch(/observer fourth \(no vote, \S+ \S+ old\): reaches site-a/);
    }
    expect(peace.stdout).toMatch(/^it follows +healthy, because .*3 of 3 configured votes were heard/m);
    expect(explained.stdout).toMatch(/^it follows +partition, because/m);
  });

  it('asked to stop ends by itself, and says nothing more', async () => {
    await third.stop();

    expect(log('third')).toMatch(/Closed: watch\.[^]*Closed: worker\.[^]*Closed: connection to Temporal\./);
    expect(log('third')).not.toContain('Not everything was closed in time');
  });
});
