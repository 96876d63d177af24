import { verdictOf } from '../../../domain/verdict';
import { latchRoles } from '../../../domain/latch';
import type { Next } from '../../../domain/next';
import { newRunState, type Phase } from '../../../domain/state';
import { renderDetails } from '../../../workflows/details';
import { fine, now, observed, pair } from '../../support/observations';
import { aStatus } from '../cli/fake-runs';

const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'alice asked to take site-b out' };

function page(phase: Phase, next?: Next): string {
  const begun = newRunState({ pair: pair.name, goal: 'siteOffline', incident: 'incident-1', startedAt: now });
  const known = { ...latchRoles(begun.known, roles, observed(), now, 'offline'), planned: 'offline' as const };
  return renderDetails(aStatus({ goal: 'siteOffline', phase, roles, next }), { ...begun, known });
}

describe('the details page of a planned absence', () => {
  it('says on its way that the site leaves as planned, and nothing of a fence', () => {
    const said = page('goingOffline');

    expect(said).toContain('**site-b is being taken out of traffic as planned; nothing is detached.**');
    expect(said).toMatch(/replication site-b -\\> site-a .* goes on, as planned/);
    expect(said).not.toMatch(/fence|old flows are over/i);
  });

  it('says at its end that the site is out as planned', () => {
    const said = page('finished', { kind: 'finish', outcome: 'siteOffline', report: 'site-b is out.' });

    expect(said).toContain('**site-b is out of traffic as planned. site-a serves everyone; nothing is detached.**');
    expect(said).not.toMatch(/fence/i);
  });

  it('says of any other end what was proved and what was not', () => {
    const aborted = page('finished', { kind: 'finish', outcome: 'aborted', report: 'Nobody guards.' });
    const online = page('finished', { kind: 'finish', outcome: 'siteOnline', report: 'Both serve.' });

    expect(aborted).toContain('This is not proved yet.');
    expect(online).toContain('**Both sites serve.**');
  });
});

describe('the details page in a split', () => {
  const split = { ...fine, sees: false };
  const pageOf = (observation: ReturnType<typeof observed>) => {
    const status = aStatus({ phase: 'fencing', roles, observation, verdict: verdictOf(pair, observation) });
    return renderDetails(
      status,
      newRunState({ pair: pair.name, goal: 'protect', incident: 'incident-1', startedAt: now }),
    );
  };

  it('says what a green health check is worth, and nothing of it while the link is whole', () => {
    expect(pageOf(observed({ a: split, b: split }))).toMatch(
      /\*\*Reads as:\*\* partition: .*; health 200 of site-a and site-b says nothing about the link\./,
    );
    expect(pageOf(observed({}))).toMatch(/\*\*Reads as:\*\* healthy: [^;]*\.$/m);
  });
});

describe('the details page of a pair with observers', () => {
  const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'incident-1', startedAt: now });
  const weighed = {
    testimonies: [
      { by: 'site-a', votes: 1, heard: true, says: 'does not see site-b', at: now - 400 },
      { by: 'observer third', votes: 0, heard: false, says: 'said nothing (ObserverSilent)', at: now - 90_000 },
    ],
    conclusion: 'partition, because | of what was read',
  };

  it('lists each piece of evidence with its weight, when it was seen and how old it was, and why the verdict follows', () => {
    const said = renderDetails(aStatus({ phase: 'fencing', roles, weighed }), state);

    expect(said).toContain('| evidence | weight | seen | what |');
    expect(said).toContain('| site-a | 1 vote | 03:12:00 UTC, 0.4 s old | does not see site-b |');
    expect(said).toContain('| observer third | no vote | 03:10:31 UTC | said nothing (ObserverSilent) |');
    expect(said).toContain('**It follows:** partition, because \\| of what was read.');
  });

  it('has nothing of the kind without observers', () => {
    expect(renderDetails(aStatus({ phase: 'fencing', roles }), state)).not.toContain('evidence');
  });
});
