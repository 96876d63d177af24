import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { discardsNow } from '../../../domain/discards';
import { rememberCommand } from '../../../domain/remember';
import type { Discard } from '../../../domain/way-back';
import { archivedContent, reportOf } from '../../../domain/report/report';
import { renderReport } from '../../../domain/report/render-report';
import { evidenceOf, type ReportedRun, type RunEnd } from '../../../domain/report/reported-run';
import { learnStaleWrites } from '../../../domain/stale-writes';
import { observed } from '../../support/observations';
import { fenced, fencing, taught } from '../../support/run-states';
import { at, discard, fencedOnly, justBegun, synchronization, wholeIncident } from './runs';

const rendered = (run: ReportedRun, now = at(600)): string => renderReport(reportOf(run, now));
const ended = (outcome: RunEnd['outcome'], part: Partial<RunEnd> = {}): RunEnd => ({
  at: at(900),
  outcome,
  says: 'Nobody guards this pair any more.',
  ...part,
});

describe('report of a whole incident', () => {
  it('is the golden page, which is the example of docs/report.md (if not: SITEWARDEN_WRITE_GOLDEN=1)', () => {
    const file = join(__dirname, 'whole-incident.golden.md');
    const doc = join(__dirname, '..', '..', '..', 'docs', 'report.md');
    const page = rendered(wholeIncident());
    const [before, , after] = readFileSync(doc, 'utf8').split(/(?<=^```text\n)([^]*?)(?=^```$)/m);
    if (process.env.SITEWARDEN_WRITE_GOLDEN) {
      writeFileSync(file, page);
      writeFileSync(doc, [before, page, after].join(''));
    }

    expect(page).toBe(readFileSync(file, 'utf8'));
    expect(readFileSync(doc, 'utf8')).toBe([before, page, after].join(''));
  });

  it('tells machine, guarding and human time apart, overlaps counted once, and they make the total', () => {
    const { spent } = reportOf(wholeIncident(), at(9_999));

    expect(spent).toMatchObject({ humanMs: 338_000, guardingMs: 4_562_000, totalMs: 4_998_000 });
    expect(spent.machineMs + spent.humanMs + spent.guardingMs).toBe(spent.totalMs);
  });

  it('holds what the way from fence to online cost against the aim', () => {
    const { costs } = reportOf(wholeIncident(), at(9_999));
    const costing = (events: number) =>
      wholeIncident({ costs: [{ phase: 'fencing', from: at(3), events, actions: 1 }] });
    const [cheap, dear] = [costing(149), costing(150)];

    expect(costs).toMatchObject({ events: 363, fenceToOnline: { events: 363, actions: 54, aim: 150, reached: true } });
    expect(rendered(cheap)).toContain('149 events, 1 actions; within the aim of under 150 events');
    expect(rendered(dear)).toContain('150 events, 1 actions; above the aim of under 150 events');
    expect(rendered(wholeIncident({ ended: ended('aborted') }))).toContain('54 actions; it did not come online.');
    expect(rendered(wholeIncident({ ended: undefined }))).toContain('54 actions; it is not online yet.');
  });

  it('is as of its end, whenever it is made', () => {
    expect(reportOf(wholeIncident(), at(9_999))).toEqual(reportOf(wholeIncident(), at(99_999)));
  });

  it('is archived as canonical JSON: equal runs give equal text, and it is the report', () => {
    const run = { ...wholeIncident(), ended: ended('siteOnline') };
    const reordered = Object.fromEntries(Object.entries(run).reverse()) as unknown as typeof run;

    expect(archivedContent(run)).toBe(archivedContent(reordered));
    expect(JSON.parse(archivedContent(run))).toMatchObject({ reportVersion: 1, soFar: false, outcome: 'siteOnline' });
  });

  it('only what came through the API counts as attributed', () => {
    const { decisions } = reportOf(wholeIncident(), at(9_999));

    expect(decisions.map(({ how, attributed }) => [how, attributed])).toEqual([
      ['api', true],
      ['cli', false],
      ['temporal-ui', false],
    ]);
  });
});

describe('report of a run that is open', () => {
  it('just begun: says so far, and claims nothing', () => {
    const page = rendered(justBegun());

    expect(page).toContain('# keycloak-prod: report so far');
    expect(page).toContain(
      'So far this run of keycloak-prod fenced no site. So far it has reached the phase observing: it is at work.',
    );
    expect(page).toContain('No fence was proved in this run');
    expect(page).toContain('Nothing was discarded so far.');
    expect(page).toContain('at no time that was read a write at the stale site could have reached the kept site');
    expect(page).toContain('Nobody decided anything.');
    expect(page).toContain('The cost of the phases was not counted.');
    expect(page).toContain('The versions of the run were not kept; report format 1');
  });

  it('fenced only: what it waits for, the open stale-write interval, and a wait that goes on', () => {
    const waits = [{ for: 'hold', what: 'dave', from: at(500) }] as const;
    const page = rendered(fencedOnly({ humanWaits: waits }));

    expect(page).toContain('was fenced at 03:12:08 UTC, 6.0 s after this run began');
    expect(page).toContain('it waits for the link to heal');
    expect(page).toContain('overwritten its value: since 03:17:48 UTC, and that it ended was not read yet.');
    expect(page).toContain('| hold | dave | 03:20:20 UTC | 1 min so far |');
    expect(page).toContain('until now new connections went to one site only');
    expect(page).toContain('29 events');
  });

  it('synchronizing: what will be discarded is not said to be gone', () => {
    const open = { ...synchronization, emptiedAt: undefined, preview: undefined };
    const page = rendered(fencedOnly({ synchronization: open }));

    expect(page).toContain('37 entries of the stale site will be discarded; emptying was not begun yet');
    expect(page).not.toContain('| cache |');
  });

  it.each([
    [
      'latched, not proved',
      { roles: { keepSite: 'site-a', staleSite: 'site-b', because: 'x' } },
      'Whether site-b still got new connections is not proved.',
    ],
    ['paused', { goal: 'pause' as const }, 'keycloak-prod was paused; no fence was proved.'],
    ['in shadow mode', { mode: 'shadow' as const }, 'shadow mode: this run decided and recorded, and touched nothing'],
    ['fenced, roles forgotten', { fencedAt: at(8) }, 'one site of keycloak-prod was fenced at 03:12:08 UTC'],
    ['adopted', { fencedAt: at(8), adopted: true }, 'It was out of traffic already when this run looked first'],
    ['kept site restarted', { fencedAt: at(8), keepSiteRestarts: 1 }, 'The caches of the kept site restarted once'],
    [
      'kept site restarted again',
      { fencedAt: at(8), keepSiteRestarts: 2 },
      'The caches of the kept site restarted 2 times',
    ],
  ])('%s', (_, part, said) => {
    expect(rendered(justBegun(part))).toContain(said);
  });
});

describe('report of a planned absence', () => {
  const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'alice asked for it' };

  it.each([
    ['siteOffline', 'site-b of keycloak-prod was to leave traffic as planned, and site-a to serve everyone.'],
    ['siteOnline', 'site-b of keycloak-prod was to come back into traffic, beside site-a.'],
  ] as const)('%s: its headline speaks of no fence', (goal, said) => {
    const [, , headline] = rendered(justBegun({ goal, roles })).split('\n');

    expect(headline).toContain(said);
    expect(headline).not.toMatch(/fence/);
  });
});

describe('report of a run that ended', () => {
  it.each([
    ['siteOnline', 'Both sites serve again, and it ended at 03:27:00 UTC.'],
    ['siteOffline', 'The site was taken out as planned'],
    ['restored', 'The link healed before anything was detached and the site was put back'],
    ['refused', 'It ended at 03:27:00 UTC as refused; nothing is done about it.'],
    ['aborted', 'A person ended it at 03:27:00 UTC, and nobody guards the pair any more.'],
    ['nothingToDo', 'There was nothing to do'],
    ['pauseOver', 'The pause was over at 03:27:00 UTC.'],
    ['shadowed', 'It ended at 03:27:00 UTC.'],
  ] as const)('%s: says so', (outcome, said) => {
    const page = rendered(justBegun({ ended: ended(outcome), phase: 'finished' }));

    expect(page).toContain(said);
    expect(page).toContain('At the end the run said: Nobody guards this pair any more.');
    expect(page).toContain(`the run ended: ${outcome}`);
    expect(page).not.toContain('so far');
  });

  it('aborted after the fence: until when one site served, and that nothing was discarded', () => {
    const page = rendered(fencedOnly({ ended: ended('aborted') }));

    expect(page).toContain('until this run ended new connections went to one site only');
    expect(page).toContain('Nothing was discarded.');
    expect(page).toContain('it did not come online');
  });

  it('refused: the refusal is told with its reason', () => {
    const refusal = { code: 'LastEndpoint', message: 'site-b is the only endpoint left.' } as const;
    const page = rendered(justBegun({ ended: ended('refused', { refusal }) }));

    expect(page).toContain('as refused (LastEndpoint)');
    expect(page).toContain('- the run was refused: LastEndpoint: site-b is the only endpoint left.');
  });
});

describe('what was discarded', () => {
  it('is told of every synchronize, also of one that was void and done anew', () => {
    const { emptiedAt: _, ...begun } = { ...discard, plan: 'aaaaaaaa', by: [], at: at(3_000), entries: 5 };
    const run = wholeIncident({ discards: [begun, { ...begun, plan: 'bbbbbbbb', emptiedAt: at(3_100) }, discard] });

    expect(reportOf(run, 0).discarded.map(({ plan, done }) => [plan, done])).toEqual([
      ['aaaaaaaa', 'mayBe'],
      ['bbbbbbbb', 'yes'],
      ['7f3a9c41', 'yes'],
    ]);
    expect(rendered(run)).toContain('(nobody had to approve): 5 entries of the stale site may have been discarded: ');
  });

  it.each([
    ['being emptied', synchronization, 'yes'],
    ['not read empty yet', { ...synchronization, emptiedAt: undefined }, 'mayBe'],
  ])('of one that goes on, %s', (_, going, done) => {
    const run = fencedOnly({ synchronization: going, discards: [{ ...discard, emptiedAt: undefined }] });

    expect(reportOf(run, 0).discarded).toMatchObject([{ done, entries: 37 }]);
  });

  it('is nothing where a run ended between its approval and the emptying', () => {
    const run = wholeIncident({ discards: [], synchronization: { ...synchronization, emptiedAt: undefined } });

    expect(rendered(run)).toContain('Nothing was discarded.');
  });

  it('is "at most" where counting ended at its bound, and lists no key', () => {
    const cache = { keepEntries: 9, staleEntries: 9, onlyOnKeep: 0, onlyOnStale: 7, differing: 1, atLeast: true };
    const ended = { ...cache, uncounted: 29 };
    const page = rendered(wholeIncident({ discards: [{ ...discard, caches: { work: ended } }] }));

    expect(page).toContain('at most 37 entries');
    expect(page).toContain('| work | 9 | 9 | >= 7 | >= 1 |');
    expect(page).toContain('Keys are listed nowhere: they may be session ids.');
  });
});

describe('when a stale write could arrive', () => {
  const { known } = fenced(fencing('site-b'));
  const due = { ...known, keepSiteOfflineOnStaleDueSince: at(348) };
  const off = { ...due, keepSiteOfflineOnStaleSince: at(350) };
  const reattached = { ...due, synchronization };

  it.each([
    ['not due', known, undefined],
    ['due, and not read offline', due, [{ from: at(400) }]],
    ['due, and offline before', off, undefined],
    ['still not read offline', { ...due, staleWrites: [{ from: at(348) }] }, [{ from: at(348) }]],
    ['read offline', { ...off, staleWrites: [{ from: at(348) }] }, [{ from: at(348), to: at(400) }]],
    ['still offline', { ...off, staleWrites: [{ from: 1, to: 2 }] }, [{ from: 1, to: 2 }]],
    [
      'online again, by somebody',
      { ...due, staleWrites: [{ from: 1, to: 2 }] },
      [{ from: 1, to: 2 }, { from: at(400) }],
    ],
    [
      'online again, after an equal comparison',
      { ...reattached, staleWrites: [{ from: 1, to: 2 }] },
      [{ from: 1, to: 2 }],
    ],
  ])('%s', (_, before, wanted) => {
    expect(learnStaleWrites(before, at(400)).staleWrites).toEqual(wanted);
  });

  it('is learnt with everything else', () => {
    const state = { ...fenced(fencing('site-b')), known: due };

    expect(taught(state, observed(), at(400)).known.staleWrites).toEqual([{ from: at(400) }]);
  });

  it.each([
    [undefined, 'at no time that was read a write at site-b could have reached site-a'],
    [
      [{ from: at(1), to: at(3) }, { from: at(5) }],
      'from 03:12:01 UTC to 03:12:03 UTC (2.0 s); since 03:12:05 UTC, and',
    ],
  ])('is told: %j', (staleWrites, said) => {
    expect(rendered(wholeIncident({ staleWrites }))).toContain(said);
  });
});

describe('timeline of a report', () => {
  it('is in order, from the alert to the end, with how long each step took and what proves it', () => {
    const { timeline } = reportOf(wholeIncident(), 0);
    const times = timeline.map((step) => step.at);

    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(timeline.slice(0, 2)).toEqual([
      { at: at(2), step: 'alert "site-b is offline" from site-a is heard', tookMs: 2_000 },
      { at: at(2), step: 'this run began (protect)' },
    ]);
    expect(timeline).toContainEqual({
      ...{ at: at(5), step: 'site-b read absent from eu-west-1', tookMs: 1_000 },
      provedBy: 'the endpoint group re-read',
    });
    expect(timeline.at(-1)).toEqual({ at: at(5_000), step: 'the run ended: siteOnline', tookMs: 4_998_000 });
  });

  it.each([
    ['nonsense', undefined],
    ['2031-01-01T00:00:00Z', undefined],
    ['2026-11-22T03:11:32Z', 30_000],
  ])('an alert that says it began at %s: took %s', (startsAt, tookMs) => {
    const [alert] = fencedOnly().alerts;
    const run = fencedOnly({ alerts: [{ ...(alert as NonNullable<typeof alert>), startsAt }] });

    expect(reportOf(run, 0).timeline.find(({ step }) => step.startsWith('alert'))?.tookMs).toBe(tookMs);
  });
});

describe('hostile texts in a report', () => {
  const hostile =
    '# x\n\n| a | b |\n<script>alert(1)</script> [click](http://evil.example) ![i](x) `code` **b** &lt; ~~s~~ $m$ \u001b[31m \u202e';

  it('draw nothing: no line, cell, heading, link or tag of their own', () => {
    const clean = fencedOnly({ decisions: [{ kind: 'hold', by: 'x', how: 'cli', at: at(9), epoch: 1 }] });
    const dirty = fencedOnly({
      pair: hostile,
      incident: hostile,
      waitingFor: hostile,
      roles: { keepSite: hostile, staleSite: hostile, because: hostile },
      alerts: clean.alerts.map((alert) => ({ ...alert, site: hostile, reporter: hostile, answer: hostile })),
      timeline: clean.timeline.map((entry) => ({ ...entry, what: hostile, provedBy: hostile })),
      decisions: [{ kind: 'hold', by: hostile, how: 'cli', reason: hostile, groups: [hostile], at: at(9), epoch: 1 }],
    });

    const page = rendered(dirty);

    expect(page.split('\n')).toHaveLength(rendered(clean).split('\n').length);
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(page).not.toMatch(/(?<!\\)[<`[&~$]/);
    const cells = (line: string) => line.split(/(?<!\\)\|/).length;
    const widths = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map(cells);
    expect(widths(page)).toEqual(widths(rendered(clean)));
  });

  it.each([
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['12. item', '12\\. item'],
    ['== heading', '\\== heading'],
    ['# heading', '\\# heading'],
    ['> quote', '\\> quote'],
  ])('%j begins no list and no heading', (what, wanted) => {
    expect(rendered(fencedOnly({ findings: [what], waitingFor: undefined }))).toContain(`finding: ${wanted}`);
  });

  it('that are very long are cut off, and it says so', () => {
    expect(rendered(fencedOnly({ findings: ['long '.repeat(1_000)] }))).toContain('(cut off here)');
  });

  it('counts the alerts that were not kept', () => {
    expect(rendered(fencedOnly({ alertsNotKept: { count: 12, lastAt: at(9) } }))).toContain(
      '- 12 more alerts were counted only',
    );
  });
});

describe('what a report is made from', () => {
  it('a status of an older worker, which counted neither waits nor costs, will do', () => {
    const { humanWaits: _waits, costs: _costs, ...older } = fencedOnly();

    expect(reportOf(older, at(602))).toMatchObject({ spent: { totalMs: 600_000, humanMs: 0, machineMs: 600_000 } });
  });

  it('a stale-write interval is told without roles too', () => {
    expect(rendered(fencedOnly({ roles: undefined }))).toContain(
      'a write at the stale site could have reached the kept site',
    );
  });

  it('takes from what a run knows only what it tells', () => {
    const { known } = fenced(fencing('site-b'), { keepSiteRestarts: 2 });

    expect(evidenceOf(known)).toMatchObject({ adopted: false, detachedAt: known.detachedAt, keepSiteRestarts: 2 });
  });
});

describe('what is remembered of a synchronize before it empties a site', () => {
  const { known } = fenced(fencing('site-b'));
  const wanted = { ...discard, emptiedAt: undefined };

  it('is what it gives up; once more when the site reads empty, and it stays so', () => {
    const begun = discardsNow({ ...known, synchronization: { ...synchronization, emptiedAt: undefined } });
    const empty = discardsNow({ ...known, discards: begun, synchronization });
    const again = { ...synchronization, emptiedAt: undefined };

    expect(begun).toEqual([wanted]);
    expect(empty).toEqual([discard]);
    expect(discardsNow({ ...known, discards: empty, synchronization: again })).toEqual([discard]);
  });

  it('stands beside the earlier ones, twenty at most', () => {
    let discards: readonly Discard[] = [];
    for (let since = 0; since < 21; since += 1) {
      discards = discardsNow({ ...known, discards, synchronization: { ...synchronization, since } });
    }

    expect(discards.map((one) => one.at)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(discardsNow({ ...known, discards })).toBe(discards);
  });

  it.each([
    { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', keepSiteStartedAt: 0, caches: ['work'] },
    { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches: ['work'] },
  ] as const)('is written before %j is sent', (command) => {
    const next = { kind: 'do', command, because: 'a test' } as const;

    expect(rememberCommand({ ...known, synchronization }, next, 0).discards).toEqual([discard]);
  });
});
