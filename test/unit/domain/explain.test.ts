import { explainAlerts } from '../../../domain/explain';
import { newRunState, type RunState } from '../../../domain/state';
import type { Verdict } from '../../../domain/verdict';
import { now } from '../../support/observations';
import { heardAlert, latched, protecting } from '../../support/run-states';
import { knowing } from './a-round';

const verdict: Verdict = { kind: 'healthy', because: 'both sites serve' };

function heard(state: RunState, ...alerts: ReturnType<typeof heardAlert>[]): RunState {
  const byFingerprint = Object.fromEntries(alerts.map((alert) => [alert.fingerprint, alert]));
  return { ...state, heard: { ...state.heard, alerts: byFingerprint } };
}

const answers = (state: RunState, seen: Verdict | undefined = verdict) =>
  explainAlerts(state, seen, now).map(({ answer }) => answer);

describe('the answer to an alert', () => {
  it('tells that the first one for the stale site was acted on, and that the others joined', () => {
    const state = heard(
      latched(protecting()),
      heardAlert('site-b', { order: 1 }),
      heardAlert('site-a', { order: 0 }),
      heardAlert('site-a', { order: 2, fingerprint: 'another' }),
    );

    expect(answers(state)).toEqual([
      'acted on: site-b is fenced: a test',
      'joined: site-b is the stale site of this incident',
      'joined: site-b is being fenced already',
    ]);
  });

  it.each([
    ['offline', 'taken out of'],
    ['online', 'brought back into'],
  ] as const)('of a site that is %s as planned does not say that it is fenced', (planned, what) => {
    const state = heard(latched(protecting(), { planned }), heardAlert('site-a', { order: 0 }));

    expect(answers(state)).toEqual([
      `recorded: site-b is being ${what} traffic as planned; a split would be fenced in this run`,
    ]);
  });

  it('takes a note of a sentinel for what it is, also when it was heard first', () => {
    const did = heardAlert('site-b', { order: 0, alertname: 'SentinelStoppedSite', status: 'resolved' });

    expect(answers(heard(latched(protecting()), did))).toEqual([
      'noted: site-a was stopped by its own sentinel; that decides nothing here',
    ]);
  });

  it('says that it was not acted on, and why', () => {
    const refusal = { code: 'KeepSiteUnhealthy', message: 'site-a is sick.', since: now } as const;

    expect(answers(knowing(protecting(), { refusal }))).toEqual(['not acted on: KeepSiteUnhealthy: site-a is sick.']);
  });

  it('there was nothing to do', () => {
    expect(answers(protecting())).toEqual(['nothing to do: healthy, both sites serve']);
    expect(explainAlerts(protecting(), undefined, now).map(({ answer }) => answer)).toEqual(['not looked into yet']);
  });

  it('the pair was paused', () => {
    const state = newRunState({ pair: 'keycloak-prod', goal: 'pause', incident: 'i', startedAt: now });
    const request = { id: 'p', goal: 'pause', by: 'alice', reason: 'update', forSeconds: 60, at: now } as const;
    const paused = heard({ ...state, heard: { ...state.heard, requests: [request] } }, heardAlert('site-a'));

    expect(answers(paused)).toEqual(['recorded: paused by alice until 03:13:01 UTC (update)']);
  });

  it('the pair was in shadow mode', () => {
    const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };

    expect(answers(knowing(protecting(), { wouldDo: { at: now, roles, steps: [] } }))).toEqual([
      'shadow mode: would have fenced site-b; nothing was touched',
    ]);
  });
});
