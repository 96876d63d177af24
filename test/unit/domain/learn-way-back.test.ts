import { admissionConditions, couldBeAdmitted } from '../../../domain/conditions/admission';
import type { Condition, Situation } from '../../../domain/conditions/condition';
import { commandKey, type Command } from '../../../domain/command';
import { learnWayBack, whatVoids } from '../../../domain/learn-way-back';
import type { Observation } from '../../../domain/observation';
import type { RunState } from '../../../domain/state';
import type { Synchronization } from '../../../domain/way-back';
import { digest, fine, now, observed, pair as nobodys, unread, type SeenSite } from '../../support/observations';
import { fenced, protecting } from '../../support/run-states';
import { accepted, knowing, withCommands } from './a-round';
import { pair, roles, way } from './a-way-back';

const detached: SeenSite = { ...fine, backup: 'offline' };
const out: SeenSite = { ...detached, endpoint: undefined };
const empty: Command = { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', keepSiteStartedAt: 0, caches: [] };
const push: Command = { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches: [] };
const start: Command = { kind: 'startApplication', site: 'site-b' };

function without(observation: Observation, site: string, ...leaves: ('sizes' | 'pushes' | 'health')[]): Observation {
  const unknown = Object.fromEntries(
    leaves.map((leaf) => [leaf, unread(leaf === 'health' ? 'NotObserved' : undefined)]),
  );
  return {
    ...observation,
    sites: { ...observation.sites, [site]: { ...observation.sites[site], ...unknown } },
  } as Observation;
}

function learnt(synchronization: Synchronization, observation: Observation, sent: [Command, number][] = []) {
  const fencedState = fenced(protecting(), { synchronization });
  const state = sent.reduce((before: RunState, [command, at]) => accepted(before, command, at), fencedState);
  return learnWayBack({ pair, state, observation, roles, now }, state.known).synchronization;
}

describe('what a read teaches of a synchronize', () => {
  const seen = observed({ a: detached, b: { ...out, sizes: { sessions: 0, work: 0 } } });
  const sent: [Command, number][] = [[empty, now - 9_000]];

  it('is empty once it reads so, and not while its sizes are unread', () => {
    expect(learnt(way, seen, sent)?.emptiedAt).toBe(now);
    expect(learnt(way, without(seen, 'site-b', 'sizes'), sent)?.emptiedAt).toBeUndefined();
    expect(learnt(way, observed({ a: detached, b: out }), sent)?.emptiedAt).toBeUndefined();
  });

  it('is empty by the answer alone once the kept site replicates to it, and never reads empty again', () => {
    const attached = { ...way, pushStarts: [now - 20_000] };

    expect(learnt(attached, without(seen, 'site-b', 'sizes'), sent)?.emptiedAt).toBe(now);
  });

  it('is not empty while an emptying that timed out may yet land', () => {
    const state = withCommands(accepted(fenced(protecting(), { synchronization: way }), empty, now - 9_000), {
      unconfirmed: { command: empty, until: now + 1_000 },
    });

    const { synchronization } = learnWayBack({ pair, state, observation: seen, roles, now }, state.known);

    expect(synchronization?.emptiedAt).toBeUndefined();
    const also = withCommands(state, {
      unconfirmed: { command: { kind: 'stopApplication', site: 'site-b' }, until: now + 2_000 },
      unconfirmedBefore: [{ command: empty, until: now + 1_000 }],
    });
    const learntToo = learnWayBack({ pair, state: also, observation: seen, roles, now }, also.known);
    expect(learntToo.synchronization?.emptiedAt).toBeUndefined();
  });

  it('learns nothing of a push whose status is unread', () => {
    const pushing = { ...way, emptiedAt: now - 20_000, pushStarts: [now - 15_000] };
    const ok = observed({ a: { ...fine, pushes: { sessions: 'OK', work: 'OK' } }, b: out });

    expect(learnt(pushing, without(ok, 'site-a', 'pushes'), [[push, now - 14_000]])?.pushedAt).toBeUndefined();
    expect(learnt(pushing, ok, [[push, now - 14_000]])?.pushedAt).toBe(now);
  });

  it('tells the progress of a push of nothing once', () => {
    const pushing = { ...way, emptiedAt: now - 20_000, pushStarts: [now - 15_000] };
    const none = { sessions: 0, work: 0 };
    const sending = { sessions: 'SENDING', work: 'SENDING' } as const;
    const nothing = observed({ a: { ...fine, sizes: none, pushes: sending }, b: { ...out, sizes: none } });
    const first = learnt(pushing, nothing, [[push, now - 14_000]]);

    expect(first?.progress).toMatchObject({ done: 0, total: 0 });
    expect(learnt({ ...pushing, progress: first?.progress }, nothing, [[push, now - 14_000]])?.progress).toBe(
      first?.progress,
    );
  });

  it('is ready by the word of its driver where it has no health URL', () => {
    const attached = { ...way, pushStarts: [now - 30_000], equalAt: now - 20_000, reattachedAt: now - 15_000 };
    const back = observed({ a: fine, b: { ...fine, endpoint: undefined, application: 'running' } });
    const started: [Command, number][] = [[start, now - 10_000]];

    expect(learnt(attached, without(back, 'site-b', 'health'), started)?.applicationReadyAt).toBe(now);
    expect(learnt(attached, back, started)?.applicationReadyAt).toBe(now);
    expect(learnt(attached, back)?.applicationReadyAt).toBeUndefined();
  });

  it("is refreshed by Keycloak's own answer, or by a person's word, which is not told as that answer", () => {
    const workloads = { 'site-a': 'keycloak', 'site-b': 'keycloak' } as const;
    const refresh: Command = { kind: 'refreshApplication', site: 'site-a' };
    const ready = { equalAt: now - 20_000, reattachedAt: now - 15_000, applicationReadyAt: now - 9_000 };
    const waiting = fenced(protecting(), { synchronization: { ...way, pushStarts: [now - 30_000], ...ready } });
    const observation = observed({ a: fine, b: { ...fine, endpoint: undefined } });
    const told = (state: RunState) => {
      const known = learnWayBack({ pair: { ...pair, workloads }, state, observation, roles, now }, state.known);
      return [known.synchronization?.refreshedAt, known.timeline.at(-1)?.provedBy];
    };
    const word = { kind: 'confirm', about: commandKey(refresh), epoch: waiting.known.epoch, round: 9 } as const;
    const vouched = (at: number) => knowing(waiting, { heeded: { until: 0, said: [{ ...word, at }] } });

    expect(told(waiting)).toEqual([undefined, undefined]);
    expect(told(accepted(waiting, refresh, now - 10_000))).toEqual([undefined, undefined]);
    expect(told(accepted(waiting, refresh, now - 5_000))).toEqual([now, 'its own answer for every realm']);
    expect(told(vouched(now - 10_000))).toEqual([undefined, undefined]);
    expect(told(vouched(now - 5_000))).toEqual([now, undefined]);
  });

  it('that needs no refresh is not told as refreshed', () => {
    const ready = { equalAt: now - 20_000, reattachedAt: now - 15_000, applicationReadyAt: now - 9_000 };
    const back = observed({ a: fine, b: { ...fine, endpoint: undefined } });

    expect(learnt({ ...way, pushStarts: [now - 30_000], ...ready }, back)?.refreshedAt).toBe(now - 9_000);
  });

  it('is not void while the backups are unread', () => {
    const state = fenced(protecting(), { synchronization: { ...way, equalAt: now } });
    const observation = observed({ a: { ...fine, backup: undefined }, b: { ...fine, endpoint: undefined } });

    expect(whatVoids({ pair, state, observation, roles, now }, state.known)).toBeUndefined();
  });
});

describe('a stale site whose application does not answer', () => {
  const silent = { ...out, health: undefined };
  const situation = (change: (state: RunState) => RunState, part = {}): Situation => {
    const state = change(fenced(protecting(), part));
    const observation = observed({ a: { ...detached, endpoint: { health: 'UNHEALTHY' } }, b: silent });
    return { pair, state, known: state.known, roles, observation, now, digest };
  };
  const unchanged = (state: RunState): RunState => state;
  const admission = { plan: 'plan', by: 'somebody', since: now - 20_000 };

  it('may take the place of a lost one only where this run stopped it, or is starting it', () => {
    const running = { command: start, commandId: 'id', since: now };
    const starting = (at: number) => (state: RunState) => accepted(state, start, at);

    expect(couldBeAdmitted(situation(unchanged))).toBe(false);
    expect(couldBeAdmitted(situation(unchanged, { applicationStoppedAt: now - 9_000 }))).toBe(true);
    expect(couldBeAdmitted(situation((state) => withCommands(state, { running })))).toBe(true);
    expect(couldBeAdmitted(situation(starting(now - 9_000), { admission }))).toBe(true);
    expect(couldBeAdmitted(situation(starting(now - 9_000)))).toBe(false);
    expect(couldBeAdmitted(situation(starting(now - 30_000), { admission }))).toBe(false);
    const long = { ...admission, since: now - 600_000 };
    expect(couldBeAdmitted(situation(starting(now - 400_000), { admission: long }))).toBe(false);
    const nobody = { ...situation(unchanged, { applicationStoppedAt: now - 9_000 }), pair: nobodys };
    expect(couldBeAdmitted(nobody)).toBe(false);
  });

  it('is waited for once it was started', () => {
    const serves = admissionConditions.find(({ name }) => name === 'staleSiteCouldServe') as Condition;

    expect(serves.make(situation(unchanged, { admission }))).toMatchObject({
      for: 'the health URL of site-b to say 200',
    });
    expect(serves.make(situation(unchanged, { admission, applicationStoppedAt: now }))).toMatchObject({
      command: start,
    });
  });
});
