/** By policy people are asked before a site is fenced; never by a run that touches nothing, nor before a rehearsal. */
import { assess } from '../../../domain/assess';
import { rehearseFence } from '../../../domain/rehearse';
import type { Gate, GatePolicy, SitePair } from '../../../domain/site-pair';
import type { RunState } from '../../../domain/state';
import type { HeardDecision } from '../../../domain/heard';
import { gatePolicies } from '../../support/gate-policies';
import { digest, now, observed, pair } from '../../support/observations';
import { fencing, protecting, split } from '../../support/run-states';
import { knowing } from './a-round';

const diverging = observed({ a: { ...split.a, backup: 'offline' }, b: split.b });

function asking(gate: Gate, policy: Partial<GatePolicy> = {}, mode: SitePair['mode'] = 'act'): SitePair {
  const gates = gatePolicies({ [gate]: { approvals: 1, ...policy } });
  return { ...pair, mode, policy: { ...pair.policy, gates } };
}

const look = (asked: SitePair, state: RunState, observation = observed(split), at = now) =>
  assess({ pair: asked, state, observation, now: at, digest });

function saying(state: RunState, part: Partial<HeardDecision>): RunState {
  const decision = { kind: 'approve', by: 'alice', how: 'api', reason: 'a test', at: now, epoch: 0, ...part } as const;
  return { ...state, heard: { ...state.heard, decisions: [...state.heard.decisions, decision] } };
}

describe('the gate before a fence', () => {
  const plan = '{"epoch":0,"gate":"fence","incident":"incident-1","keepSite":"site-a","staleSite":"site-b"}';

  it('is asked before roles are latched, and nothing is touched meanwhile', () => {
    const { next, remember } = look(asking('fence'), protecting());

    expect(next).toMatchObject({
      kind: 'ask',
      gate: 'fence',
      plan,
      question: expect.stringMatching(/; site-a is preferred\. Is site-b to be fenced, and site-a kept\?$/),
    });
    expect(remember).toMatchObject({ phase: 'observing', asked: { gate: 'fence', plan, since: now } });
    expect(remember?.roles).toBeUndefined();
  });

  it('is passed by an approval, and the roles say whose', () => {
    const { next, remember } = look(asking('fence'), saying(protecting(), { gate: 'fence', plan }));

    expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-b' } });
    expect(remember?.roles?.because).toMatch(/; approved by alice$/);
  });

  it('stays open after a rejection', () => {
    const { next } = look(
      asking('fence'),
      saying(protecting(), { kind: 'reject', gate: 'fence', plan, reason: 'wait' }),
    );

    expect(next).toMatchObject({ kind: 'ask', question: expect.stringContaining('alice rejected it: wait.') });
  });

  it('is asked also when a person requested the fence, who may be kept from approving it', () => {
    const { next } = look(asking('fence', { notRequester: true }), fencing('site-b'));

    expect(next).toMatchObject({ kind: 'ask', gate: 'fence', approvals: { requesters: ['somebody'] } });
  });

  it('takes the place of a refusal that was told before', () => {
    const refusal = { code: 'TrafficUnknown', message: 'a test', since: now } as const;

    expect(look(asking('fence'), knowing(protecting(), { refusal })).remember?.refusal).toBeUndefined();
  });

  it('is no more asked once the split is over', () => {
    const asked = look(asking('fence'), protecting('site-a', { status: 'resolved' }));
    const state = knowing(protecting('site-a', { status: 'resolved' }), asked.remember ?? {});

    expect(asked.next.kind).toBe('ask');
    expect(look(asking('fence'), state, observed()).next).toMatchObject({ kind: 'finish', outcome: 'nothingToDo' });
  });
});

describe('the gate before a fence of sites that diverge', () => {
  const policy = { approvals: 1 };

  it('is asked, and says that writes will have to be discarded', () => {
    const { next } = look(asking('fenceDiverging', policy), protecting(), diverging);

    expect(next).toMatchObject({
      kind: 'ask',
      gate: 'fenceDiverging',
      question: expect.stringContaining('those of site-b will have to be discarded'),
    });
  });

  it('is not asked where a person requested the fence, nor where the sites do not diverge', () => {
    expect(look(asking('fenceDiverging', policy), fencing('site-b'), diverging).next.kind).toBe('do');
    expect(look(asking('fenceDiverging', policy), protecting()).next.kind).toBe('do');
  });
});

describe('whoever touches nothing', () => {
  it('asks nobody in shadow mode, and records what would be done once it was approved', () => {
    const { next, remember } = look(asking('fence', {}, 'shadow'), protecting());

    expect(next.kind).toBe('wait');
    expect(remember?.wouldDo?.steps.length).toBeGreaterThan(1);
  });

  it('asks nobody in a rehearsal', () => {
    const plan = rehearseFence({
      pair: asking('fence'),
      observation: observed(split),
      fence: { site: 'site-b', by: 'somebody' },
      now,
    });

    expect('commands' in plan && plan.commands.slice(0, 2).map(({ kind }) => kind)).toEqual([
      'removeEndpoint',
      'takeBackupOffline',
    ]);
  });
});
