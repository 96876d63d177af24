/** A report as Markdown for people. Nothing is decided here, and nothing is told that the report does not hold. */
import { sayOffline } from '../alert';
import { isDiscardBounded } from '../comparison';
import type { Refusal } from '../refusals';
import { clockTime, duration, type EpochMs } from '../time';
import type { Discarded } from './losses';
import { asText, list, section, table } from './markdown';
import type { Report } from './report';

export function renderReport(report: Report): string {
  const parts = [
    top(report),
    section('From cut to clean', timeline(report)),
    section('Where the time went', spent(report)),
    section('What clients may have felt', list(report.clients.map((one) => asText(one)))),
    section('What was discarded', discarded(report), staleWrites(report)),
    section('Decisions', decisions(report)),
    section('Refused, repeated and odd', list(beside(report))),
    section('What Temporal was asked for', costs(report)),
    section('Versions', versions(report)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function top(report: Report): string {
  const { pair, incident, soFar, startedAt, endedAt, madeAt, headline, ending, roles } = report;
  const when = endedAt === undefined ? `so far, as of ${moment(madeAt)}` : `ended ${moment(endedAt)}`;
  return [
    `# ${asText(pair)}: ${soFar ? 'report so far' : 'report'}`,
    asText(headline),
    `Incident ${asText(incident)}, began ${moment(startedAt)}, ${when}.`,
    ...(roles ? [`Why ${asText(roles.staleSite)}: ${asText(roles.because)}.`] : []),
    ...(ending === undefined ? [] : [`At the end the run said: ${asText(ending)}`]),
  ].join('\n\n');
}

function timeline({ timeline }: Report): string {
  const rows = timeline.map(({ at, step, tookMs, provedBy = '' }) => [
    clockTime(at),
    asText(step),
    tookMs === undefined ? '' : duration(tookMs),
    asText(provedBy),
  ]);
  return table(['time', 'step', 'took', 'proved by'], rows);
}

function spent({ spent, soFar }: Report): string {
  const { machineMs, humanMs, guardingMs, totalMs, waits } = spent;
  const parts = [
    ['machine', duration(machineMs), 'the run was at work'],
    ['guarding', duration(guardingMs), 'looking on until the link healed, or the soak was over'],
    ['people', duration(humanMs), 'the run could not go on without a person'],
    [soFar ? 'total so far' : 'total', duration(totalMs), ''],
  ];
  const waited = waits.map(({ for: kind, what, from, to, tookMs }) => [
    kind,
    asText(what),
    clockTime(from),
    `${duration(tookMs)}${to === undefined && soFar ? ' so far' : ''}`,
  ]);
  return [table(['time of', 'how long', ''], parts), table(['waited at', 'what', 'from', 'how long'], waited)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function discarded({ discarded, soFar }: Report): string {
  if (discarded.length === 0) return `Nothing was discarded${soFar ? ' so far' : ''}.`;
  return [...discarded.map(oneDiscard), 'Keys are listed nowhere: they may be session ids.'].join('\n\n');
}

const howDone = {
  yes: 'were discarded',
  mayBe: 'may have been discarded: emptying was begun, and the caches were not read empty',
  notYet: 'will be discarded; emptying was not begun yet',
} as const;

function oneDiscard({ plan, at, by, entries, caches, done }: Discarded): string {
  const who = by.length === 0 ? 'nobody had to approve' : `approved by ${by.map((one) => asText(one)).join(', ')}`;
  const counted = isDiscardBounded(caches) ? 'at most ' : '';
  const says = `Plan ${asText(plan)}, ${clockTime(at)} (${who}): ${counted}${entries} entries of the stale site ${howDone[done]}.`;
  const rows = Object.entries(caches ?? {}).map(([cache, one]) => [
    asText(cache),
    String(one.keepEntries),
    String(one.staleEntries),
    ...[one.onlyOnStale, one.differing].map((count) => `${one.uncounted ? '>= ' : ''}${count}`),
  ]);
  const head = ['cache', 'kept site', 'stale site', 'only on the stale site', 'values that differed'];
  return [says, table(head, rows)].filter((part) => part !== '').join('\n\n');
}

function staleWrites({ staleWrites, roles, soFar }: Report): string {
  const [stale, kept] = [asText(roles?.staleSite ?? 'the stale site'), asText(roles?.keepSite ?? 'the kept site')];
  const what = `a write at ${stale} could have reached ${kept} and overwritten its value`;
  if (staleWrites.length === 0) return `**Stale writes:** at no time that was read ${what}.`;
  const when = staleWrites.map(({ from, to }) => {
    if (to !== undefined) return `from ${clockTime(from)} to ${clockTime(to)} (${duration(to - from)})`;
    return `since ${clockTime(from)}, and that it ended was not read${soFar ? ' yet' : ''}`;
  });
  return `**Stale writes:** while the sites saw each other ${what}: ${when.join('; ')}.`;
}

function decisions({ decisions }: Report): string {
  const rows = decisions.map(({ at, kind, gate, plan, by, groups = [], how, attributed, reason, refused, ...rest }) => {
    const bound = rest.discardAtMost === undefined ? '' : `discard at most ${rest.discardAtMost}`;
    const what = [kind, gate, rest.site, plan, bound].filter((word) => word).join(' ');
    const who = `${asText(by)} (${attributed ? 'proved' : 'unattributed'})`;
    const cells = [clockTime(at), asText(what), who, groups.map((group) => asText(group)).join(', '), how];
    return [...cells, asText(reason ?? ''), refused ? asText(sayRefusal(refused)) : 'taken'];
  });
  const head = ['time', 'what', 'who', 'groups', 'how', 'reason', 'answer'];
  return rows.length === 0 ? 'Nobody decided anything.' : table(head, rows);
}

function beside({ refusal, requests, alerts, alertsNotKept, findings, oddities }: Report): readonly string[] {
  return [
    ...(refusal ? [`the run was refused: ${asText(sayRefusal(refusal))}`] : []),
    ...requests.map(({ at, goal, site, by, reason, refused }) => {
      const wish = site === undefined ? goal : `${goal} ${site}`;
      const answer = refused ? `refused: ${sayRefusal(refused)}` : 'taken';
      return asText(`${clockTime(at)} request ${wish} by ${by} (${reason}): ${answer}`, 2_000);
    }),
    ...alerts.map(({ site, reporter, status, firstHeardAt, timesHeard, answer }) => {
      const times = timesHeard === 1 ? 'once' : `${timesHeard} times`;
      const what = `alert "${sayOffline(site)}" from ${reporter}, ${status}, heard ${times}`;
      return asText(`${clockTime(firstHeardAt)} ${what}: ${answer}`, 2_000);
    }),
    ...(alertsNotKept === 0 ? [] : [`${alertsNotKept} more alerts were counted only`]),
    ...findings.map((finding) => `finding: ${asText(finding)}`),
    ...oddities.map(({ at, what }) => `${clockTime(at)} odd: ${asText(what)}`),
  ];
}

function costs({ costs, soFar }: Report): string {
  if (costs.phases.length === 0) return 'The cost of the phases was not counted.';
  const rows = costs.phases.map(({ phase, from, tookMs, events, actions }) => [
    phase,
    clockTime(from),
    duration(tookMs),
    String(events),
    String(actions),
  ]);
  const all = ['all', '', '', String(costs.events), String(costs.actions)];
  const { events, actions, aim, reached } = costs.fenceToOnline;
  const against = events < aim ? 'within' : 'above';
  const held = reached
    ? `${against} the aim of under ${aim} events without retries`
    : soFar
      ? 'it is not online yet'
      : 'it did not come online';
  const sum = `From fence to online: ${events} events, ${actions} actions; ${held}.`;
  return [table(['phase', 'from', 'took', 'events', 'actions'], [...rows, all]), sum].join('\n\n');
}

function versions({ versions, reportVersion }: Report): string {
  const run = versions
    ? [`Rules version ${versions.rules}`, `configuration ${asText(versions.configuration)}`]
    : ['The versions of the run were not kept'];
  return `${[...run, `report format ${reportVersion}`].join('; ')}. As of the last assessment.`;
}

function sayRefusal({ code, message }: Refusal): string {
  return `${code}: ${message}`;
}

/** With its day: a report is read years later. */
function moment(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 10)} ${clockTime(at)}`;
}
