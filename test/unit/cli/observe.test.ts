import { createColors } from 'picocolors';
import { renderObservation } from '../../../client/cli/rendering/observation';
import { evidenceOf } from '../../../domain/evidence';
import type { Observation, Reading } from '../../../domain/observation';
import type { Sighting } from '../../../domain/sighting';
import { verdictOf } from '../../../domain/verdict';
import { fine, now, observed, pair, type Seen } from '../../support/observations';
import { sighting } from '../../support/sightings';

const colours = createColors(false);

function rendered(seen: Seen, change: (observation: Observation) => Observation = (same) => same): string[] {
  const observation = change(observed(seen));
  return renderObservation({ pair, observation, verdict: verdictOf(pair, observation), colours }).split('\n');
}

describe('command line: what was read', () => {
  it('healthy: four lines', () => {
    expect(rendered({}).map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'traffic  site-a in, healthy, weight 128 · site-b in, healthy, weight 128 · accelerator DEPLOYED  (5 ms, Global Accelerator)',
      'replication  site-a -> site-b online 2/2 · site-b -> site-a online 2/2 · views whole on both sides  (5 ms, 5 ms, Infinispan)',
      'health  site-a 200 · site-b 200  (5 ms, 5 ms)',
      'verdict  healthy: both sites serve, see each other and replicate both ways',
    ]);
  });

  it('one-way break: says which site does not see which', () => {
    const text = rendered({ a: { ...fine, sees: false } }).join('\n');

    expect(text).toContain('site-a does not see site-b · site-b sees site-a');
    expect(text).toContain('verdict      partition: both sites answer us, but site-a does not see site-b');
  });

  it('mixed statuses: counts those that are not online', () => {
    const text = rendered({ a: { ...fine, backups: { sessions: 'offline', work: 'online' } } }).join('\n');

    expect(text).toContain('site-a -> site-b offline 1/2');
  });

  it('unknown: one line for each reason, with all that it hides', () => {
    const text = rendered({ b: { endpoint: fine.endpoint }, trafficUnread: true }).join('\n');

    expect(text).toMatch(/^traffic +unknown · accelerator unknown/m);
    expect(text).toMatch(
      /^unknown +endpoint groups, accelerator status: TrafficUnreachable: Global Accelerator did not/m,
    );
    expect(text).toMatch(
      /^unknown +site-b view, .*site-b backups.*: InfinispanUnreachable: Infinispan did not answer/m,
    );
  });

  it('what is not ready: what it is, what it means and what to do, before the verdict', () => {
    const observation = observed({});
    const readiness = [{ what: 'the backup is ASYNC', consequence: 'writes are lost', fix: 'set strategy="SYNC"' }];
    const text = renderObservation({ pair, observation, verdict: verdictOf(pair, observation), readiness, colours });

    expect(text.split('\n').slice(-4)).toEqual([
      'finding      the backup is ASYNC',
      '  means      writes are lost',
      '  fix        set strategy="SYNC"',
      expect.stringMatching(/^verdict /),
    ]);
  });

  it('of a pair with observers: each piece of evidence with its weight and age, and why the verdict follows', () => {
    const observers = [{ name: 'third', votes: 2 }];
    const cut = sighting({ 'site-a': { sees: false }, 'site-b': 'gone' });
    const sightings = { third: { value: cut, at: now - 400 } };
    const observation = { ...observed({ a: { ...fine, sees: false } }), sightings };
    const watched = { ...pair, observers };
    const verdict = verdictOf(watched, observation);
    const evidence = evidenceOf(watched, observation, verdict);
    const text = renderObservation({ pair: watched, observation, verdict, evidence, colours });

    expect(text.split('\n').slice(3)).toEqual([
      'evidence     site-a (1 vote, 0.0 s old): does not see site-b',
      '             site-b (1 vote, 0.0 s old): sees site-a',
      '             observer third (2 votes, 0.4 s old): reaches site-a, health 200, which does not see site-b; ' +
        'could not see site-b (HealthUnreachable, InfinispanUnreachable)',
      '             Sitewarden (no vote, 0.0 s old): site-a and site-b in traffic; health of site-a 200; health of site-b 200',
      'it follows   partition, because both sites answer us, but site-a does not see site-b; site-a has 3 of 4 votes; 4 of 4 configured votes were heard',
      expect.stringMatching(/^verdict +partition/),
    ]);
  });

  it('of a silent observer: it is unknown, and why', () => {
    const observers = [{ name: 'third', votes: 1 }];
    const silent: Reading<Sighting> = { unknown: 'ObserverSilent', at: now };
    const observation = { ...observed({}), sightings: { third: silent } };
    const text = renderObservation({
      ...{ pair: { ...pair, observers }, observation, colours },
      verdict: verdictOf(pair, observation),
    });

    expect(text).toMatch(/^unknown +observer third: ObserverSilent: The observer did not answer in time\.$/m);
    expect(text).toMatch(/^verdict +healthy/m);
  });

  it('split: says what a green health check is worth, and nothing of it while the link is whole', () => {
    const split = rendered({ a: { ...fine, sees: false }, b: { ...fine, sees: false } });

    expect(split.join('\n')).toMatch(
      /^health +site-a 200 · site-b 200 · health 200 of site-a and site-b says nothing about the link/m,
    );
    expect(rendered({}).join('\n')).not.toContain('says nothing about the link');
  });

  it('several endpoint groups: one line each', () => {
    const text = rendered({ dial: 50 }, (observation) => {
      const { groups } = observation.traffic;
      const value = 'value' in groups ? groups.value.flatMap((one) => [one, { ...one, region: 'us-east-1' }]) : [];
      return { ...observation, traffic: { ...observation.traffic, groups: { value, at: observation.at } } };
    });

    expect(text[0]).toMatch(/^traffic +eu-west-1: site-a in, .* · dial 50 · accelerator DEPLOYED/);
    expect(text[1]).toMatch(/^ +us-east-1: site-a in, .* · dial 50$/);
  });
});
