/** Incidents rehearsed on what is read in peace time. */
import { describeCommand } from '../../../domain/command';
import { whatIf } from '../../../domain/what-if';
import { readCut, situationsOf } from '../../../domain/what-if-rows';
import { drill, type Drill, type DrillStep } from '../../../domain/drill/drill';
import { valueOf, type Observation } from '../../../domain/observation';
import type { FenceDevice, SitePair } from '../../../domain/site-pair';
import { gatePolicies } from '../../support/gate-policies';
import { digest, fine, observed, pair, read, unread, type Seen } from '../../support/observations';
import { witnessed, withSightings } from '../../support/witnesses';

const undecided: SitePair = { ...pair, policy: { ...pair.policy, preferredSite: undefined } };

function drilled(
  written: string,
  {
    of = pair,
    seen = {},
    observation = observed(seen),
  }: { of?: SitePair; seen?: Seen; observation?: Observation } = {},
): Drill {
  const cuts = written.split(' ').flatMap((one) => readCut(of, one) ?? []);
  return drill({ pair: of, observation, cuts, digest });
}

function brief({ next }: DrillStep): string {
  switch (next.kind) {
    case 'do':
      return describeCommand(next.command);
    case 'wait':
      return `wait: ${next.for}`;
    case 'ask':
      return `ask: ${next.gate}`;
    case 'refuse':
      return `refuse: ${next.refusal.code}`;
    case 'blocked':
      return `blocked: ${next.type}`;
    case 'finish':
      return `finish: ${next.outcome}`;
  }
}

/** Of the first incident, without what is waited for. */
function acts({ incidents }: Drill): string[] {
  return (incidents[0]?.steps ?? []).map(brief).filter((step) => !step.startsWith('wait: '));
}

const remove = 'remove site-b from Global Accelerator (1); site-a stays';
const detach = 'on site-a take the backup to site-b offline';
const keptOffline = 'on site-b take the backup to site-a offline';
const wayBack = [
  'compare every key and value of site-a and site-b',
  'ask: synchronize',
  'empty 2 caches of site-b, and of no other site',
  'on site-a push 2 caches to site-b',
  'compare every key and value of site-a and site-b',
  'on site-b bring the backup to site-a online',
];
const online = [
  'ask: siteOnline',
  'compare every key and value of site-a and site-b',
  'add site-b to Global Accelerator (1)',
  'finish: siteOnline',
];

describe('a drill', () => {
  it('plays a split both ways through to the end of the way back', () => {
    const { verdict, incidents } = drilled('site-a/site-b');

    expect(verdict.kind).toBe('partition');
    expect(incidents).toMatchObject([
      { alertOf: ['site-a', 'site-b'], ends: 'finished', roles: { keepSite: 'site-a', staleSite: 'site-b' } },
    ]);
    expect(acts(drilled('site-a/site-b'))).toEqual([remove, detach, keptOffline, ...wayBack, ...online]);
  });

  it('waits as long as the rules do: for established flows, for a stable link, and for the soak', () => {
    const [incident] = drilled('site-a/site-b').incidents;
    const at = (what: string) => (incident?.steps.find((step) => brief(step) === what)?.afterMs ?? NaN) / 1_000;

    const drained = at(keptOffline) - at(remove);
    expect([drained > 339, drained < 345]).toEqual([true, true]);
    expect(at('ask: synchronize') - at(keptOffline)).toBeGreaterThanOrEqual(60);
    expect(at('finish: siteOnline') - at('add site-b to Global Accelerator (1)')).toBeGreaterThanOrEqual(600);
  });

  it('says which step comes before the link heals, and which after it', () => {
    const steps = drilled('site-a/site-b').incidents[0]?.steps ?? [];

    const healed = steps.filter((step) => step.healed).map(brief);
    expect(healed[0]).toBe('wait: both sites to see each other for 60 s');
    expect(healed).not.toContain(keptOffline);
  });

  it('tells the alert of either site apart where the first one that is heard decides', () => {
    const { incidents } = drilled('site-a/site-b', { of: undecided });

    expect(incidents.map(({ alertOf, roles }) => [alertOf, roles?.keepSite])).toEqual([
      [['site-a'], 'site-a'],
      [['site-b'], 'site-b'],
    ]);
  });

  it('hears the one alert that a cut of one way, or of a whole site, leaves', () => {
    expect(drilled('site-a:site-b').incidents.map(({ alertOf }) => alertOf)).toEqual([['site-a']]);
    expect(drilled('site-b').incidents.map(({ alertOf }) => alertOf)).toEqual([['site-a']]);
    expect(drilled('site-b').verdict).toMatchObject({ kind: 'siteDown' });
  });

  it('starts no run where no site misses the other', () => {
    expect(drilled('accelerator/site-b').incidents).toEqual([]);
  });

  it('refuses to leave only a sick site, and then asks who is to be kept', () => {
    const both = drilled('site-a/site-b accelerator:site-a accelerator:site-b');

    expect(acts(both)).toEqual(['refuse: ReporterUnhealthy', 'ask: keepSite']);
    expect(both.incidents).toMatchObject([{ ends: 'asks' }, { ends: 'asks' }]);
    expect(both.incidents[0]?.roles).toBeUndefined();
  });

  it('asks at the gate of a fence where a person has to agree, and goes on as if enough had', () => {
    const from = ['sre'];
    const gates = gatePolicies({ fence: { approvals: 2, from, unattributed: 'refuse', expiresSeconds: 600 } });
    const of = { ...pair, policy: { ...pair.policy, gates } };

    const rehearsed = drilled('site-a/site-b', { of });

    expect(acts(rehearsed).slice(0, 3)).toEqual(['ask: fence', remove, detach]);
    expect(rehearsed.incidents[0]?.steps[0]?.next).toMatchObject({ approvals: { needed: 2, from } });
    expect(rehearsed.bounds).toContainEqual({ what: 'a question at the gate fence is asked anew after', seconds: 600 });
  });

  it('lets people choose the preferred site where a majority is required and missing', () => {
    const of = witnessed(['third'], { majority: 'required' });
    const observation = withSightings({}, { third: {} });

    const rehearsed = drilled('site-a/site-b third', { of, observation });

    const asked = ['refuse: NoQuorum', 'refuse: NoQuorum', 'ask: keepSite'];
    expect(acts(rehearsed).slice(0, 5)).toEqual([...asked, remove, detach]);
    expect(rehearsed.incidents[0]?.roles?.because).toBe('person 1 decided to keep site-a');
    expect(rehearsed.evidence?.testimonies.map(({ by, heard }) => [by, heard])).toContainEqual([
      'observer third',
      false,
    ]);
    expect(rehearsed.bounds).toContainEqual({ what: 'votes are counted again at most', seconds: 6 });
  });

  it('counts a witness that stands in the cut site for that site alone', () => {
    const of = witnessed([{ name: 'inside', votes: 1, site: 'site-b' }, 'third']);
    const observation = withSightings({}, { inside: {}, third: {} });

    const { incidents } = drilled('site-a/site-b site-b/third', { of, observation });

    expect(incidents[0]?.roles?.because).toContain('inside reaches site-b only; third reaches site-a only');
  });

  it('counts a majority against the preferred site', () => {
    const of = witnessed(['third', 'fourth']);
    const observation = withSightings({}, { third: {}, fourth: {} });

    const { incidents } = drilled('site-a/site-b third/site-a fourth/site-a', { of, observation });

    expect(incidents[0]?.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
  });

  it('hears the checks of a site: the preferred one loses the tie', () => {
    const heuristics = { 'site-a': { minimum: 2, checks: { router: 2 } } };
    const observation = { ...observed(), heuristics: { 'site-a': { router: read('failed' as const) } } };

    const { incidents } = drilled('site-a/site-b', { of: { ...pair, heuristics }, observation });

    expect(incidents[0]?.roles?.because).toContain('site-a loses the tie by its score');
  });

  it('acts in a drill of a pair in shadow mode, and says that its run would not', () => {
    const rehearsed = drilled('site-a/site-b', { of: { ...pair, mode: 'shadow' } });

    expect(rehearsed.mode).toBe('shadow');
    expect(acts(rehearsed)).toContain(remove);
  });

  it('stops and starts the application where commands do, and has the other one read anew where it can be told to', () => {
    const workloads = { 'site-a': 'keycloak', 'site-b': 'keycloak' } as const;
    const running = { ...fine, application: 'running' } as const;

    const rehearsed = drilled('site-a/site-b', { of: { ...pair, workloads }, seen: { a: running, b: running } });
    const done = acts(rehearsed);
    const kept = rehearsed.incidents[0]?.steps.find((step) => brief(step) === keptOffline);

    expect(done.slice(0, 4)).toEqual([remove, detach, 'stop the application of site-b', keptOffline]);
    // Established flows are not waited for: nobody writes there any more.
    expect([(kept?.afterMs ?? NaN) < 30_000, kept?.healed]).toEqual([true, false]);
    expect(done.slice(-6, -4)).toEqual([
      'start the application of site-b',
      'have the application of site-a read anew what the other site changed',
    ]);
  });

  it('is blocked where a person stops and starts the application, and takes their word', () => {
    const workloads = { 'site-a': 'manual', 'site-b': 'manual' } as const;

    const done = acts(drilled('site-a/site-b', { of: { ...pair, workloads } }));

    expect(done.filter((step) => step === 'blocked: WorkloadManual')).toHaveLength(2);
    expect(done.at(-1)).toBe('finish: siteOnline');
  });

  it('ends in a wait where the rules wait for what nobody can suppose', () => {
    const { incidents } = drilled('site-a/site-b', { seen: { a: { ...fine, cluster: 'DEGRADED' } } });

    expect(incidents[0]?.ends).toBe('waits');
    expect(incidents[0]?.steps.map(brief).at(-1)).toBe('wait: the cluster of site-a to be healthy');
  });

  it('ends where the start of a site cannot be read, since nothing is emptied then', () => {
    const unread = { ...fine, startedAt: undefined };

    const { incidents } = drilled('site-a/site-b', { seen: { a: unread, b: unread } });

    expect(incidents[0]?.ends).toBe('waits');
    expect(acts(drilled('site-a/site-b', { seen: { a: unread, b: unread } }))).not.toContain('ask: synchronize');
  });

  it('supposes equal sites where the size of one is unread; of none that is read, nothing is counted', () => {
    const observation = observed();
    const unsized = (...sites: string[]) => ({
      ...observation,
      sites: Object.fromEntries(
        Object.entries(observation.sites).map(([name, site]) => [
          name,
          sites.includes(name) ? { ...site, sizes: unread() } : site,
        ]),
      ),
    });
    const questions = (seen: Observation) =>
      (drilled('site-a/site-b', { observation: seen }).incidents[0]?.steps ?? []).flatMap(({ next }) =>
        next.kind === 'ask' ? [next.question] : [],
      );

    expect(questions(unsized('site-a'))[0]).toMatch(/0 entries of site-b are discarded\.(?! Beware)/);
    expect(questions(unsized('site-a', 'site-b'))).toEqual([]);
  });

  it('ends at a block that nobody’s word lifts', () => {
    const observation = observed();
    const silent = { ...observation.sites['site-b']!, stores: unread() };
    const seen = { ...observation, sites: { ...observation.sites, 'site-b': silent } };

    const { incidents } = drilled('site-a/site-b', { observation: seen });

    expect(incidents[0]?.ends).toBe('blocked');
    expect(incidents[0]?.steps.at(-1)?.next).toMatchObject({ kind: 'blocked', type: 'SiteNotQuiet' });
  });

  describe('with fence devices', () => {
    const agent: FenceDevice = { name: 'power', site: 'site-b', level: 1, kind: 'agent' };
    const fenced = (device: Partial<FenceDevice>): SitePair => ({
      ...pair,
      fencing: { trafficLevel: 1, trafficWithinSeconds: 30, devices: [{ ...agent, ...device }] },
    });
    const on = { ...observed(), devices: { power: read('on' as const) } };

    it('switches the site off beside Global Accelerator, and on again by decision once the link healed', () => {
      const rehearsed = drilled('site-a/site-b', { of: fenced({}), observation: on });

      expect(acts(rehearsed).slice(0, 5)).toEqual([
        remove,
        'switch site-b off by the fence device power; site-a stays',
        detach,
        'ask: synchronize',
        'switch site-b on again by the fence device power',
      ]);
      const asked = rehearsed.incidents[0]?.steps.findLast((step) => brief(step) === 'ask: synchronize');
      expect(asked?.healed).toBe(true);
      expect(acts(rehearsed).at(-1)).toBe('finish: siteOnline');
      expect(rehearsed.bounds).toContainEqual({
        what: 'a fence level with Global Accelerator has to confirm within',
        seconds: 30,
      });
    });

    it('asks nobody to cut it off by hand, where Global Accelerator confirms before', () => {
      const rehearsed = drilled('site-a/site-b', { of: fenced({ level: 2, kind: 'manual', instruction: 'pull it' }) });

      expect(acts(rehearsed)).toEqual([remove, detach, keptOffline, ...wayBack, ...online]);
    });
  });

  it.each<[string, SitePair]>([
    ['a preferred site', pair],
    ['no preferred site', undecided],
    ['a witness', witnessed(['third'])],
    ['two witnesses and no preferred site', witnessed(['third', 'fourth'], { preferredSite: null })],
    ['a majority that is required', witnessed(['third'], { majority: 'required' })],
  ])('keeps whom the what-if says, whatever is cut: %s', (_, of) => {
    const witnesses = Object.fromEntries((of.observers ?? []).map(({ name }) => [name, {}]));
    const observation = of.observers ? withSightings({}, witnesses) : observed();
    const said = situationsOf(of).flatMap(({ written, cuts }) => {
      const { answer } = whatIf(of, { cuts });
      const { incidents } = drill({ pair: of, observation, cuts, digest });
      return incidents.map((incident) => ({ written, answer, incident }));
    });

    expect(said.length).toBeGreaterThan(5);
    for (const { written, answer, incident } of said) {
      const { alertOf, roles, steps } = incident;
      if (answer.kind === 'keeps') expect([written, roles?.keepSite]).toEqual([written, answer.roles.keepSite]);
      if (answer.kind === 'first') expect([written, [roles?.keepSite]]).toEqual([written, alertOf]);
      if (answer.kind === 'nothing') expect([written, roles]).toEqual([written, undefined]);
      if (answer.kind === 'refuses') expect(steps.map(brief)).toContain(`refuse: ${answer.refusal.code}`);
    }
  });

  it('touches no group that does not hold the stale site', () => {
    const observation = observed();
    const [group] = valueOf(observation.traffic.groups) ?? [];
    const alone = { ...group!, arn: `${group!.arn}-2`, endpoints: group!.endpoints.slice(0, 1) };
    const traffic = { ...observation.traffic, groups: read([group!, alone]) };

    const rehearsed = drilled('site-a/site-b', { observation: { ...observation, traffic } });

    expect(acts(rehearsed)).toEqual([remove, detach, keptOffline, ...wayBack, ...online]);
  });

  it('leaves what was read as it is', () => {
    const observation = observed();
    const before = structuredClone(observation);

    drilled('site-a/site-b', { observation });

    expect(observation).toEqual(before);
  });
});
