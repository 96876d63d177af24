import type { Known, RunState } from '../../../domain/state';
import { newRunState } from '../../../domain/state';
import { digest, fine, now, observed, pair, unread, type Seen } from '../../support/observations';
import { fencing, protecting, split } from '../../support/run-states';
import { assess } from '../../../domain/assess';
import { knowing, round } from './a-round';

const resolved = protecting('site-a', { status: 'resolved' });
const out = { ...fine, endpoint: undefined };
const noView = { a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } };
const sick = {
  a: { ...split.a, endpoint: { health: 'UNHEALTHY' } },
  b: { ...split.b, endpoint: { weight: 0 } },
} as const;
const alsoAlerted = (state: RunState): RunState => ({ ...state, heard: { ...state.heard, ...alerts(protecting()) } });
const alerts = ({ heard }: RunState) => ({ alerts: heard.alerts });

describe('a run that an alert started', () => {
  it('fences as soon as a split is read', () => {
    const { says, state } = round(protecting(), observed(split));

    expect(says).toBe('remove site-b from Global Accelerator (1); site-a stays');
    expect(state.known.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
  });

  it('ends with nothing to do when all is well and the alert is resolved', () => {
    const { next, state } = round(resolved, observed());

    expect(next).toMatchObject({
      kind: 'finish',
      outcome: 'nothingToDo',
      report: expect.stringContaining('both sites'),
    });
    expect(state.known.phase).toBe('finished');
  });

  it('waits while all is well and the alert fires', () => {
    const { next } = round(protecting('site-a', { lastHeardAt: now - 5_000 }), observed());

    expect(next).toEqual({
      kind: 'wait',
      for: 'both views to stay whole for 60 s, or the alert to be resolved',
      until: now + 60_000,
      pace: 'fast',
    });
  });

  it('ends when the alert is not heard any more and the link has been whole for long enough', () => {
    const state = knowing(protecting('site-a', { lastHeardAt: now - 60_000 }), { linkWholeSince: now - 60_000 });

    expect(round(state, observed()).says).toBe('finish: nothingToDo');
  });

  it.each<[string, Seen, string]>([
    ['no site can be kept', sick, 'ReporterUnhealthy'],
    ['traffic is unread', { ...split, trafficUnread: true }, 'TrafficUnknown'],
    ['no view is read', noView, 'LinkUnknown'],
    ['neither site has an endpoint', { a: { ...out, sees: false }, b: out }, 'NoEligibleSite'],
    ['a site is out and no view is read', { a: noView.a, b: { ...out, sees: undefined } }, 'LinkUnknown'],
  ])('refuses, stays open, and asks a human after 60 s: %s', (_case, seen, code) => {
    const first = round(protecting(), observed(seen));
    const soon = round(first.state, observed(seen), now + 59_999);
    const late = round(soon.state, observed(seen), now + 60_000);

    expect([first.says, soon.says]).toEqual([`refuse: ${code}`, `refuse: ${code}`]);
    expect(late.next).toMatchObject({
      kind: 'ask',
      gate: 'keepSite',
      question: expect.stringContaining('Which site is to be kept?'),
    });
  });

  it('refuses while all is whole but a replication unread, and ends so when the alert is over', () => {
    const seen = observed({ b: { ...fine, backup: undefined } });

    const first = round(protecting(), seen);
    const late = round(first.state, seen, now + 60_000);

    expect([first.says, late.says]).toEqual(['refuse: ReplicationUnknown', 'finish: refused']);
  });

  it('counts the 60 s anew when it is refused for something else', () => {
    const first = round(protecting(), observed(sick));
    const other = round(first.state, observed({ ...split, trafficUnread: true }), now + 60_000);

    expect(other.says).toBe('refuse: TrafficUnknown');
  });

  it('acts as soon as facts allow', () => {
    const { state } = round(protecting(), observed(sick));

    expect(round(state, observed(split), now + 1_000).says).toContain('remove site-b');
  });

  it('ends refused once no alert fires, and says that nothing was touched', () => {
    const { next } = round(resolved, observed(sick));

    expect(next).toMatchObject({
      kind: 'finish',
      outcome: 'refused',
      refusal: { code: 'ReporterUnhealthy' },
      report: expect.stringContaining('Nothing was touched.'),
    });
  });

  it('has nothing to do when what it refused is well again', () => {
    const { state } = round(protecting(), observed(sick));
    const whole = round(state, observed(), now + 1_000);

    expect(whole.state.known.refusal).toBeUndefined();
  });

  it('asks, and never adds, when a site is out though the link is whole', () => {
    let { says, state } = round(protecting(), observed({ b: out }));
    for (const minutes of [1, 10, 100]) {
      expect(says).toBe('ask: siteOnline');
      ({ says, state } = round(state, observed({ b: out }), now + minutes * 60_000));
    }
    expect(state.known).toMatchObject({ planned: 'online', roles: { keepSite: 'site-a' } });
  });

  it('adopts a half-done fence of somebody else', () => {
    const { says, state } = round(protecting(), observed({ a: split.a, b: { ...split.b, endpoint: undefined } }));

    expect(says).toBe('on site-a take the backup to site-b offline');
    expect(state.known.adopted).toBe(true);
  });

  it('does nothing without any alert or request', () => {
    const state = newRunState({ pair: pair.name, goal: 'pause', incident: 'incident-1', startedAt: now });

    expect(round(state, observed(split)).says).toBe('finish: pauseOver');
  });

  it('remembers nothing when a round taught nothing', () => {
    const { state } = round(protecting(), observed(sick));

    expect(assess({ pair, state, observation: observed(sick), now: now + 1_000, digest }).remember).toBeUndefined();
  });
});

describe('a run that a person started', () => {
  it('fences the site that was named, also while all is well', () => {
    const { says, state } = round(fencing('site-a'), observed());

    expect(says).toBe('remove site-a from Global Accelerator (1); site-b stays');
    expect(state.known.roles).toMatchObject({ keepSite: 'site-b', because: 'somebody asked to fence site-a' });
  });

  it('ends refused at once for a definite obstacle', () => {
    const { next, state } = round(fencing('site-b'), observed({ a: { ...fine, endpoint: { weight: 0 } } }));

    expect(next).toMatchObject({ kind: 'finish', outcome: 'refused', refusal: { code: 'KeepSiteGetsNoTraffic' } });
    expect(state.known.refusedRequests['request-1']?.code).toBe('KeepSiteGetsNoTraffic');
  });

  it('waits 60 s for a passing obstacle, then ends refused', () => {
    const seen = observed({ trafficUnread: true });

    const first = round(fencing('site-b'), seen);
    const late = round(first.state, seen, now + 59_000);

    expect([first.says, late.says]).toEqual(['refuse: TrafficUnknown', 'finish: refused']);
  });

  it('goes on for an alert after the request was refused', () => {
    const { says, state } = round(alsoAlerted(fencing('site-a')), observed({ ...split, b: sick.b }));

    expect(Object.keys(state.known.refusedRequests)).toEqual(['request-1']);
    expect(says).toContain('remove site-b');
  });

  it('ends refused when its request names no site', () => {
    const state = fencing('site-b');
    const [request] = state.heard.requests;
    const nameless: RunState = { ...state, heard: { ...state.heard, requests: [{ ...request!, site: undefined }] } };

    expect(round(nameless, observed()).says).toBe('finish: refused');
  });

  it('is refused at once when our user lacks the ADMIN permission on the kept site', () => {
    const observation = observed();
    const denied = { ...observation.sites['site-a']!, backups: unread('InfinispanDenied') };

    const { says } = round(fencing('site-b'), { ...observation, sites: { ...observation.sites, 'site-a': denied } });

    expect(says).toBe('finish: refused');
  });
});

describe('a run that put a site back', () => {
  const restored: Partial<Known> = { restoredOnce: true };

  it('ends restored once no alert fires', () => {
    expect(round(knowing(resolved, restored), observed()).next).toMatchObject({
      kind: 'finish',
      outcome: 'restored',
      report: expect.stringContaining('the site was put back'),
    });
  });
});

describe('requests that were refused', () => {
  it('are remembered as long as they are kept, so that weeks of them do not fill the state', () => {
    const older = { code: 'KeepSiteUnhealthy', message: 'no' } as const;
    const state = knowing(fencing('site-c'), { refusedRequests: { forgotten: older } });

    expect(Object.keys(round(state, observed(split)).state.known.refusedRequests)).toEqual(['request-1']);
  });
});
