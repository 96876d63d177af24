import { requestedFence } from '../../../domain/requested-fence';
import { newRunState, type RunState } from '../../../domain/state';
import type { GoalRequest } from '../../../domain/heard';
import { Inbox } from '../../../workflows/inbox';
import { isRunState } from '../../../workflows/shapes';

const now = Date.parse('2026-11-22T03:12:00Z');
const paused = (): RunState =>
  newRunState({ pair: 'keycloak-prod', goal: 'pause', incident: 'incident-1', startedAt: now });
const request = (part: Partial<GoalRequest>): GoalRequest => ({
  id: 'a-request',
  goal: 'fence',
  by: 'alice',
  reason: 'a test',
  ...part,
});

describe('inbox', () => {
  it('a flood of refused requests makes a paused run forget neither its pause nor the fence that ended it', () => {
    const state = paused();
    const startedWith = request({ id: 'pause', goal: 'pause', forSeconds: 3_600 });
    const inbox = new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined, startedWith });
    inbox.request(request({ id: 'fence', site: 'site-b' }));

    for (let count = 0; count < 60; count += 1) {
      expect(inbox.request(request({ id: `other-${count}`, site: 'site-a' })).outcome).toBe('refused');
    }

    expect(requestedFence(state)?.id).toBe('fence');
    expect(state.heard.requests.map(({ id }) => id).slice(0, 3)).toEqual(['pause', 'fence', 'other-10']);
    expect(state.heard.requests).toHaveLength(52);
  });

  it('a flood of refused requests does not bring an older fence back in the place of the one that was followed', () => {
    const state = paused();
    const startedWith = request({ id: 'first', site: 'site-b' });
    const inbox = new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined, startedWith });
    inbox.request(request({ id: 'latest', site: 'site-b' }));

    for (let count = 0; count < 60; count += 1) inbox.request(request({ id: `other-${count}`, site: 'site-a' }));

    const fences = state.heard.requests.filter(({ refused }) => !refused);
    expect(fences.map(({ id }) => id)).toEqual(['first', 'latest']);
  });
});

describe('a message under an id that was heard before', () => {
  const fresh = () => newRunState({ pair: 'keycloak-prod', goal: 'fence', incident: 'incident-1', startedAt: now });
  const listening = (state: RunState) =>
    new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined });

  it('is answered alike and kept once; another message under that id is refused and not kept', () => {
    const state = fresh();
    const inbox = listening(state);
    const hold = { id: 'one', kind: 'hold', by: 'alice', how: 'api', reason: 'a test' } as const;

    const answers = [hold, hold, { ...hold, kind: 'abort' } as const].map((decision) => inbox.decide(decision));

    expect(answers.map(({ outcome, refusal }) => refusal?.code ?? outcome)).toEqual(['taken', 'taken', 'KeyReused']);
    expect(state.heard.decisions).toHaveLength(1);
    expect(state.heard.abort).toBeUndefined();
  });

  it('is recognised under a later history of the run', () => {
    const state = fresh();
    listening(state).request(request({ site: 'site-b' }));

    const later = listening(JSON.parse(JSON.stringify(state)) as RunState);

    expect(later.request(request({ site: 'site-b' })).outcome).toBe('joined');
    expect(later.request(request({ site: 'site-a' })).refusal?.code).toBe('KeyReused');
    expect(state.heard.requests).toHaveLength(1);
  });
});

describe('a run that hears more than it can keep', () => {
  const alert = (fingerprint: string) =>
    ({ fingerprint, status: 'firing', alertname: 'SiteOffline', site: 'b', reporter: 'a', startsAt: 'x' }) as const;
  const listening = (state: RunState) =>
    new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined });

  it('keeps fifty alerts that fire, and counts the others', () => {
    const state = newRunState({ pair: 'keycloak-prod', goal: 'protect', incident: 'incident-1', startedAt: now });
    const inbox = listening(state);

    for (let count = 0; count < 245; count += 1) inbox.alert(alert(`f-${count}`));

    expect(Object.keys(state.heard.alerts)).toHaveLength(50);
    expect(state.heard.alertsNotKept).toEqual({ count: 195, lastAt: now });
    expect(state.heard.oddities).toEqual([]);
  });

  it('a release ends a hold first, and a pause only by another one', () => {
    const state = paused();
    const startedWith = request({ id: 'pause', goal: 'pause', forSeconds: 3_600 });
    const inbox = new Inbox(state, () => now, { verdict: () => undefined, next: () => undefined, startedWith });
    const say = (kind: 'hold' | 'release') => inbox.decide({ kind, by: 'alice', how: 'cli', reason: 'a test' }).outcome;

    expect([say('hold'), say('release')]).toEqual(['taken', 'taken']);
    expect([state.heard.hold, state.heard.pauseReleased]).toEqual([undefined, undefined]);
    expect(say('release')).toBe('taken');
    expect(state.heard.pauseReleased).toEqual({ by: 'alice', at: now });
    expect(say('release')).toBe('refused');
  });
});

describe('what a run is handed by its own former history', () => {
  it('is believed as it was written', () => {
    expect(isRunState(JSON.parse(JSON.stringify(paused())))).toBe(true);
  });

  it.each<[string, object]>([
    ['parts without anything in them', { heard: {}, known: {}, commands: {} }],
    ['alerts that are a list', { heard: { ...paused().heard, alerts: [] } }],
    ['no timeline', { known: { ...paused().known, timeline: undefined } }],
    ['an epoch that is a word', { known: { ...paused().known, epoch: 'first' } }],
    ['a goal that nobody knows', { goal: 'win' }],
  ])('is not believed with %s, which would park the run that holds the lock', (_case, part) => {
    expect(isRunState({ ...paused(), ...part })).toBe(false);
  });
});
