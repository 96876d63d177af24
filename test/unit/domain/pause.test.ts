import { pauseAt } from '../../../domain/pause';
import { newRunState, type RunState } from '../../../domain/state';
import type { GoalRequest, HeardAlert, HeardRequest } from '../../../domain/heard';
import { requestRefusal } from '../../../domain/requests';
import { now, observed } from '../../support/observations';
import { heardAlert, protecting, split } from '../../support/run-states';
import { round } from './a-round';

const request: GoalRequest = { id: 'pause-1', goal: 'pause', by: 'alice', reason: 'kernel update', forSeconds: 3_600 };

function paused(part: Partial<HeardRequest> = {}): RunState {
  const state = newRunState({ pair: 'keycloak-prod', goal: 'pause', incident: 'incident-1', startedAt: now });
  return { ...state, heard: { ...state.heard, requests: [{ ...request, at: now, ...part }] } };
}

function alerted(state: RunState, alert: HeardAlert = heardAlert('site-a')): RunState {
  return { ...state, heard: { ...state.heard, alerts: { [alert.fingerprint]: alert } } };
}

describe('a pause', () => {
  it('touches nothing until its end, whatever the alerts say', () => {
    const { next } = round(alerted(paused()), observed(split));

    expect(next).toEqual({
      kind: 'wait',
      for: 'the end of the pause (alice: kernel update)',
      until: now + 3_600_000,
      pace: 'slow',
    });
  });

  it('is over at its time: an alert that still fires is acted on', () => {
    expect(round(alerted(paused()), observed(split), now + 3_600_000).says).toBe(
      'remove site-b from Global Accelerator (1); site-a stays',
    );
  });

  it('is over at its time: without an alert the run ends', () => {
    expect(round(paused(), observed(), now + 3_600_000).next).toMatchObject({ kind: 'finish', outcome: 'pauseOver' });
  });

  it('is over at its time: what a sentinel told of its own doing is no alert, and fences nobody', () => {
    const note: HeardAlert = { ...heardAlert('site-a'), alertname: 'SentinelStoppedSite', status: 'resolved' };
    const noted = alerted(paused(), note);

    expect(round(noted, observed(split), now + 3_600_000).next).toMatchObject({ kind: 'finish', outcome: 'pauseOver' });
  });

  it('is ended by a release', () => {
    const state = paused();
    const released = { ...state, heard: { ...state.heard, pauseReleased: { by: 'bob', at: now } } };

    expect(round(released, observed()).says).toBe('finish: pauseOver');
  });

  it('is ended by a person who asks for a fence: it fences now', () => {
    const state = paused();
    const fence: HeardRequest = { id: 'f', goal: 'fence', site: 'site-b', by: 'bob', reason: 'a test', at: now };
    const asked = { ...state, heard: { ...state.heard, requests: [...state.heard.requests, fence] } };

    expect(round(asked, observed()).says).toBe('remove site-b from Global Accelerator (1); site-a stays');
  });

  it.each<[string, Partial<HeardRequest>]>([
    ['a refused request', { refused: { code: 'PauseLengthWrong', message: 'no' } }],
    ['a request without a length', { forSeconds: undefined }],
    ['a request for something else', { goal: 'siteOnline' }],
  ])('is not begun by %s', (_case, part) => {
    expect(pauseAt(paused(part), now)).toBeUndefined();
  });

  it("is not begun by a request that an alert's run heard", () => {
    const state = protecting();
    const asked = { ...state, heard: { ...state.heard, requests: [{ ...request, at: now }] } };

    expect(pauseAt(asked, now)).toBeUndefined();
  });
});

describe('a request for a pause', () => {
  const starting = newRunState({ pair: 'keycloak-prod', goal: 'pause', incident: 'incident-1', startedAt: now });

  it.each([60, 7 * 86_400])('begins a run for %s s', (forSeconds) => {
    expect(requestRefusal(starting, { ...request, forSeconds }, now)).toBeUndefined();
  });

  it.each([0, 59, 7 * 86_400 + 1, undefined])('is refused for %s s', (forSeconds) => {
    expect(requestRefusal(starting, { ...request, forSeconds }, now)?.code).toBe('PauseLengthWrong');
  });

  it('is refused by an open run', () => {
    expect(requestRefusal(protecting(), request, now)).toMatchObject({
      code: 'RunOpen',
      message: 'keycloak-prod has an open run (incident-1); look at its status first.',
    });
    expect(requestRefusal(paused(), request, now)?.message).toContain('is paused already');
  });
});
