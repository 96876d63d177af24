import { assess } from '../../../domain/assess';
import type { RunState } from '../../../domain/state';
import { digest, fine, groupArn, now, observed, pair } from '../../support/observations';
import { fenced, fencing, latched, protecting, split } from '../../support/run-states';

const failure = { type: 'TrafficThrottled', message: 'busy', count: 1 } as const;
const removal = `removeEndpoint/site-b/${groupArn}`;

function withFailure(state: RunState, at: number): RunState {
  return { ...state, commands: { ...state.commands, failures: { [removal]: { ...failure, at } } } };
}

describe('a run whose roles are latched', () => {
  it('forgets them when the link heals before any removal took effect', () => {
    const state = withFailure(latched(protecting()), now - 60_000);

    const { remember, next } = assess({ pair, state, observation: observed(), now, digest });

    expect(remember).toMatchObject({ phase: 'observing', groups: {} });
    expect(remember?.roles).toBeUndefined();
    expect(remember?.restoredOnce).toBeUndefined();
    expect(next).toMatchObject({ kind: 'wait', for: expect.stringContaining('both views to stay whole') });
  });

  it('waits with that as long as a removal that timed out may still land', () => {
    const state = latched(protecting());
    const command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' } as const;
    const commands = { ...state.commands, unconfirmed: { command, until: now + 3_000 } };

    const { remember, next } = assess({ pair, state: { ...state, commands }, observation: observed(), now, digest });

    expect(next).toMatchObject({ kind: 'wait', for: 'an earlier command, which may still take effect' });
    expect((remember ?? state.known).roles).toBeDefined();
  });

  it('does not forget them for a person who asked for the fence', () => {
    const { next } = assess({ pair, state: latched(fencing('site-b')), observation: observed(), now, digest });

    expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-b' } });
  });

  it('asks a person when the kept site has been unfit for longer than a minute', () => {
    const sick = observed({
      a: { ...split.a, endpoint: { health: 'UNHEALTHY' } },
      b: { ...split.b, health: 503 },
    });
    const state = latched(protecting());

    const first = assess({ pair, state, observation: sick, now, digest });
    const waiting = { ...state, known: first.remember ?? state.known };
    const later = assess({ pair, state: waiting, observation: sick, now: now + 60_000, digest });

    expect(first.next).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUnhealthy' } });
    expect(later.next).toMatchObject({ kind: 'ask', gate: 'keepSite', question: expect.stringContaining('sick site') });
  });

  it('forgets the refusal as soon as it may go on', () => {
    const state = latched(protecting(), { refusal: { code: 'KeepSiteUnhealthy', message: 'sick', since: now - 9 } });

    const { remember, next } = assess({ pair, state, observation: observed(split), now, digest });

    expect(next.kind).toBe('do');
    expect(remember?.refusal).toBeUndefined();
  });

  it('says that somebody fights it when the site was put back three times within ten minutes', () => {
    const out = { ...split, b: { ...split.b, endpoint: fine.endpoint } };
    const state = fenced(protecting(), { reRemovals: [now - 400_000, now - 200_000] });

    const { remember, next } = assess({
      pair,
      state,
      observation: observed({ ...out, a: { ...out.a, backup: 'offline' } }),
      now,
      digest,
    });

    expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint' } });
    expect(remember?.findings).toContain('site-b was put back 3 times within 10 minutes: find out who does it');
  });
});

describe('a whole pair in which nothing was touched yet', () => {
  it.each([
    ['a configured cache is not reported', { a: { ...fine, backups: { work: 'online' } } }, {}],
    ['the kept site restarted meanwhile', {}, { keepSiteRestarts: 1 }],
  ] as const)('loses no endpoint although %s', (_, seen, part) => {
    const { remember, next } = assess({
      pair,
      state: latched(protecting(), part),
      observation: observed(seen),
      now,
      digest,
    });

    expect(next.kind).toBe('wait');
    expect(remember?.roles).toBeUndefined();
  });
});
