import { assess } from '../../../domain/assess';
import { admissionConditions, askAdmitStaleSite, couldBeAdmitted } from '../../../domain/conditions/admission';
import type { Situation } from '../../../domain/conditions/condition';
import { keepSiteServes, lostBeforeDetach } from '../../../domain/conditions/lost-site';
import { giveUpUnhealthy, siteOnlineConditions } from '../../../domain/conditions/site-online';
import { synchronizeConditions } from '../../../domain/conditions/synchronize';
import { isKeptLostUndetached } from '../../../domain/phase';
import { learnWayBack } from '../../../domain/learn-way-back';
import type { EndpointHealth } from '../../../domain/observation';
import type { SitePair } from '../../../domain/site-pair';
import type { Known } from '../../../domain/state';
import { digest, fine, groupArn, now, observed, type Seen } from '../../support/observations';
import { fenced, latched, protecting } from '../../support/run-states';
import { out, pair as usual, roles, row, said, situation, way } from './a-way-back';

const pair: SitePair = { ...usual, activePassive: true };
const unhealthy = (health: EndpointHealth) => ({ ...fine, endpoint: { health, weight: 128 } });
const standsBy: Seen = { b: { ...unhealthy('UNHEALTHY'), application: 'stopped' } };

function seen(what: Seen, part: Partial<Known> = {}, of = pair): Situation {
  return { ...situation(what, part), pair: of };
}

describe('a passive site, which its sentinel starts when it holds the lock, on its way back', () => {
  const reattached = { ...way, equalAt: now - 9_000, reattachedAt: now - 8_000, pushStarts: [now - 30_000] };

  it('is synchronized without being started', () => {
    const state = fenced(protecting(), { synchronization: reattached });
    const learnt = (of: SitePair) => {
      const observation = observed({ b: { ...out, application: 'stopped', health: 503 } });
      return learnWayBack({ pair: of, state, observation, roles, now }, state.known).synchronization;
    };

    expect(learnt(pair)).toMatchObject({ applicationReadyAt: now, refreshedAt: now });
    expect(learnt(usual)?.applicationReadyAt).toBeUndefined();
    const ready = { ...reattached, applicationReadyAt: now };
    expect(row(synchronizeConditions, 'applicationReady').holds(seen(standsBy, { synchronization: ready }))).toBe(true);
  });

  it('is let in although its application is stopped', () => {
    const runs = row(siteOnlineConditions, 'applicationRuns');

    expect(runs.holds(seen(standsBy))).toBe(true);
    expect(runs.holds(seen(standsBy, {}, usual))).toBe(false);
  });

  it.each<[string, EndpointHealth | undefined, EndpointHealth | undefined, boolean]>([
    ['it is passive', 'HEALTHY', 'UNHEALTHY', true],
    ['it became the active one', 'UNHEALTHY', 'HEALTHY', true],
    ['neither is active', 'UNHEALTHY', 'UNHEALTHY', false],
    ['it is not there', 'HEALTHY', undefined, false],
    ['the active one vanished', undefined, 'UNHEALTHY', false],
  ])('is back, or not: %s', (_case, a, b, isBack) => {
    const back = { plan: 'plan', by: ['somebody'], since: now - 30_000, round: 4, addRequestedAt: now - 600_000 };
    const held = [
      { site: 'site-b', endpointId: 'b', weight: 128, health: 'HEALTHY', clientIpPreservation: true },
    ] as const;
    const groups = { [groupArn]: { dial: 100, endpoints: held, putBackByUs: true } };
    const before = fenced(protecting(), { planned: 'online', return: back, groups });
    const endpoint = (health: EndpointHealth | undefined) =>
      health ? unhealthy(health) : { ...fine, endpoint: undefined };
    const observation = observed({ a: endpoint(a), b: endpoint(b) });
    const known = learnWayBack({ pair, state: before, observation, roles, now }, before.known);

    expect(known.return?.servingAt).toBe(isBack ? now : undefined);
    // Not even late: that the other one is the active one is no fault of it.
    expect(giveUpUnhealthy({ ...situation({}, {}), pair, observation, known: before.known })).toBeUndefined();
  });

  it('is waited for, and asked about where no site is healthy in a group', () => {
    const over = { plan: 'plan', by: ['somebody'], since: now, round: 4, addRequestedAt: now - 600_000 };
    const serves = (what: Seen) => row(siteOnlineConditions, 'staleSiteServes').make(seen(what, { return: over }));

    expect(serves(standsBy)).toMatchObject({
      for: 'a site to be healthy in every endpoint group, and the accelerator DEPLOYED',
    });
    expect(serves({ a: unhealthy('UNHEALTHY'), ...standsBy })).toMatchObject({ kind: 'ask' });
  });
});

describe('a passive site in place of a lost active one', () => {
  const fencing = { detachRequestedAt: undefined, detachedAt: undefined } as const;
  const lost: Seen = { a: { sees: undefined, backup: undefined, endpoint: { health: 'UNHEALTHY', weight: 128 } } };
  const passive = { ...fine, ...out, backup: 'offline', health: 503 } as const;

  it('may be let in, since its sentinel starts it then; the run waits for that, and starts nothing', () => {
    const admission = { plan: 'plan', by: 'somebody', since: now };
    const decided = seen({ ...lost, b: passive }, { admission, applicationStoppedAt: now - 9_000 });
    const couldServe = row(admissionConditions, 'staleSiteCouldServe');

    expect(couldBeAdmitted(decided)).toBe(true);
    expect(askAdmitStaleSite(decided).question).toContain(
      "site-b's application stands by; its sentinel starts it first, once it holds the lock.",
    );
    expect(couldBeAdmitted({ ...decided, pair: { ...usual, workloads: { 'site-a': 'none', 'site-b': 'none' } } })).toBe(
      false,
    );
    expect(couldServe.holds(decided)).toBe(false);
    expect(said(couldServe.make(decided))).toBe(
      "wait for the health URL of site-b to say 200: its sentinel starts it once it holds the pair's lock",
    );
    expect(said(couldServe.make({ ...decided, pair: usual }))).toBe('startApplication');
    expect(couldServe.make(seen({ ...lost, b: passive }))).toMatchObject({ kind: 'wait' });
  });

  it('that is not started, since the lost one holds the lock on, is no wait without end: a person is told what to do', () => {
    const admission = { plan: 'plan', by: 'somebody', since: now - 301_000 };
    const decided = seen({ ...lost, b: passive }, { admission });

    expect(row(admissionConditions, 'staleSiteCouldServe').make(decided)).toMatchObject({
      kind: 'ask',
      gate: 'admitStaleSite',
      question: expect.stringContaining('If the sentinel of site-a holds the lock, stop that sentinel') as string,
      answers: [],
    });
  });

  it('keeps the loss from becoming final: nothing is detached, and it is put back, so that its sentinel may start it', () => {
    const losing = seen(
      {
        a: { ...fine, endpoint: { health: 'UNHEALTHY', weight: 128 } },
        b: { ...fine, endpoint: undefined, health: 503 },
      },
      { ...fencing, keepSiteLostSince: now - 11_000 },
    );

    expect(keepSiteServes.holds(losing)).toBe(false);
    expect(keepSiteServes.holds({ ...losing, pair: usual })).toBe(true);
    expect(lostBeforeDetach(losing)).toMatchObject({ next: { command: { kind: 'addEndpoint', site: 'site-b' } } });
    const silent = seen(
      { a: { ...fine, endpoint: { health: 'UNHEALTHY', weight: 128 } }, b: { ...passive, sees: undefined } },
      { ...fencing, keepSiteLostSince: now - 11_000 },
    );
    expect(keepSiteServes.holds(silent)).toBe(true);
  });
});

it('a passive site that people keep before anything was detached takes over once its sentinel has started it', () => {
  const choice = {
    kind: 'approve',
    gate: 'keepSite',
    site: 'site-b',
    by: 'alice',
    how: 'cli',
    reason: 'a test',
  } as const;
  const run = latched(protecting());
  const decisions = [{ ...choice, at: now, epoch: run.known.epoch }];
  const state = { ...run, heard: { ...run.heard, decisions } };
  const a = { sees: undefined, backup: undefined, ...{ endpoint: { health: 'UNHEALTHY', weight: 128 } as const } };
  const b = { ...unhealthy('UNHEALTHY'), sees: false, health: 503 };
  const round = (seen: Seen) => assess({ pair, state, observation: observed(seen), now, digest });
  const waits = round({ a, b });

  expect(waits.next).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUnhealthy' } });
  const known = waits.remember as Known;
  expect(isKeptLostUndetached(known, now + 9_000)).toBe(false);
  expect(isKeptLostUndetached(known, now + 10_001)).toBe(true);
  expect(isKeptLostUndetached({ ...known, detachRequestedAt: now }, now + 10_001)).toBe(false);
  expect(round({ a, b: { ...b, ...unhealthy('HEALTHY'), sees: false, health: 200 } }).remember?.roles?.keepSite).toBe(
    'site-b',
  );
});
