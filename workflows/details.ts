/** The page that the Temporal UI shows beside a run, in Markdown. Drawn from the run's state; decides nothing. */
import { sayVotes } from '../domain/evidence';
import { sayAlertOf } from '../domain/alert';
import { healthNote } from '../domain/health-note';
import type { Next, Question } from '../domain/next';
import { known as isKnown, readAt, type Observation } from '../domain/observation';
import type { GroupMemory, Known, RunState } from '../domain/state';
import { oneLine } from '../domain/one-line';
import { clockTime, duration } from '../domain/time';
import { endpointOf } from '../domain/traffic';
import { describeCommand } from '../domain/command';
import type { RunStatus } from './contract/inputs';
import { headlineOfWay, wayBack } from './details-way-back';

type Row = readonly [what: string, state: string, proved: string, how: string];

export function renderDetails(status: RunStatus, state: RunState): string {
  const proof = status.roles ? proofTable(status, state.known) : '';
  const parts = [headline(status), story(status), evidence(status), proof, wayBack(status, text), heard(status)];
  return [...parts, whatNext(status), youCan(status)].filter((part) => part !== '').join('\n\n');
}

/** What the run waits for, or `undefined` while it works. */
export function waitingFor(next: Next): string | undefined {
  return next.kind === 'do' || next.kind === 'finish' ? undefined : sayNext(next);
}

export function sayNext(next: Next): string {
  switch (next.kind) {
    case 'do':
      return describeCommand(next.command);
    case 'wait':
      return next.for;
    case 'ask':
      return next.question;
    case 'refuse':
      return `${next.refusal.code}: ${next.refusal.message}`;
    case 'blocked':
      return `${next.type}: ${next.message}`;
    case 'finish':
      return next.report;
  }
}

function headline({ pair, phase, next, provedSince, roles, mode, pausedUntil }: RunStatus): string {
  const reached = roles && phase === 'fencing' && provedSince === undefined ? 'FENCING' : phase.toUpperCase();
  const paused = pausedUntil === undefined ? reached : `PAUSED until ${clockTime(pausedUntil)}`;
  const word = mode === 'shadow' ? `SHADOW, nothing is touched · ${paused}` : paused;
  return `### ${text(pair)} · ${word} · ${next ? headlineOf(next) : 'looking'}`;
}

function headlineOf(next: Next): string {
  if (next.kind === 'ask') return 'a person is asked';
  if (next.kind === 'refuse') return `not fencing: ${next.refusal.code}`;
  if (next.kind === 'blocked') return `BLOCKED: ${next.type}`;
  if (next.kind === 'finish') return next.outcome;
  return next.kind === 'wait' ? `waiting for ${text(next.for)}` : text(describeCommand(next.command));
}

function story(status: RunStatus): string {
  const { roles, provedSince, fencedAt, startedAt } = status;
  const why = reading(status);
  if (!roles) return why;
  const { keepSite, staleSite } = roles;
  const because = `**Why:** ${text(roles.because)}.`;
  const way = headlineOfWay(status);
  if (way !== undefined) return `**${text(way)}**\n\n${because}\n\n${why}`;
  if (provedSince === undefined || fencedAt === undefined) {
    return `**${staleSite} is to be fenced, ${keepSite} is kept. This is not proved yet.**\n\n${because}\n\n${why}`;
  }
  const took = duration(fencedAt - startedAt);
  const proof = `Fenced ${clockTime(fencedAt)}, ${took} after this run began.`;
  return `**${staleSite} is out. ${keepSite} serves everyone.** ${proof}\n\n${because}\n\n${why}`;
}

function reading({ verdict, observation, roles }: RunStatus): string {
  if (!verdict) return 'Nothing was read yet.';
  const sites = roles && ([roles.keepSite, roles.staleSite] as const);
  const note = sites && observation && healthNote({ sites }, observation);
  return `**Reads as:** ${verdict.kind}: ${[text(verdict.because), ...(note ? [text(note)] : [])].join('; ')}.`;
}

/** Ages as of the look: the page is drawn when something changes, and stays. */
function evidence({ weighed, observation }: RunStatus): string {
  if (!weighed) return '';
  const lookedAt = observation?.at ?? 0;
  const rows = weighed.testimonies.map(
    ({ by, votes, says, at }) =>
      `| ${[by, sayVotes(votes), `${clockTime(at)}${ageAt(lookedAt, at)}`, says].map(text).join(' | ')} |`,
  );
  const table = ['| evidence | weight | seen | what |', '|---|---|---|---|', ...rows].join('\n');
  return `${table}\n\n**It follows:** ${text(weighed.conclusion)}.`;
}

/** Of what was seen for this very look; of an older one the time says enough. */
function ageAt(lookedAt: number, at: number): string {
  const ageMs = lookedAt - at;
  return ageMs >= 0 && ageMs < 60_000 ? `, ${duration(ageMs)} old` : '';
}

function proofTable(status: RunStatus, known: Known): string {
  const { roles, observation } = status;
  if (!roles) return '';
  const { keepSite, staleSite } = roles;
  const groups = Object.entries(known.groups).map(([arn, memory]) =>
    groupRow(staleSite, keepSite, arn, memory, observation),
  );
  const rows: readonly Row[] = [
    ...groups,
    [
      'accelerator',
      known.deployedReadTwiceAt ? 'DEPLOYED' : statusOf(observation),
      time(known.deployedReadTwiceAt),
      'status read twice',
    ],
    ['old connections', draining(known), '', 'AWS keeps established flows up to 340 s'],
    [
      `replication ${keepSite} -> ${staleSite}`,
      backupsOf(observation, keepSite),
      time(known.allDetachedSince),
      'each cache re-read',
    ],
    [
      `replication ${staleSite} -> ${keepSite}`,
      backupsOf(observation, staleSite),
      time(known.keepSiteOfflineOnStaleSince),
      saySilenced(known),
    ],
    applicationRow(status),
  ];
  const lines = rows.map((row) => `| ${row.map(text).join(' | ')} |`);
  return ['| what | state | proved | how we know |', '|---|---|---|---|', ...lines].join('\n');
}

/** Only of a fence is the stale site made silent. */
function saySilenced({ planned, keepSiteOfflineOnStaleDueSince }: Known): string {
  if (planned !== undefined) return 'goes on, as planned';
  return keepSiteOfflineOnStaleDueSince ? 'taken offline there' : 'until the old flows are over';
}

function groupRow(stale: string, keep: string, arn: string, memory: GroupMemory, observation?: Observation): Row {
  const groups = observation?.traffic.groups;
  const group = groups && isKnown(groups) ? groups.value.find((one) => one.arn === arn) : undefined;
  const where = `${stale} in ${group?.region ?? 'an endpoint group'}`;
  if (!group) return [where, 'unknown', time(memory.absentReadAt), 'the group could not be read'];
  const kept = endpointOf(group, keep);
  const left = `re-read, ${group.endpoints.length} left: ${keep} (${kept?.health ?? 'ABSENT'})`;
  return [where, endpointOf(group, stale) ? 'PRESENT' : 'removed', time(memory.absentReadAt), left];
}

function applicationRow({ roles, observation, applicationStoppedAt }: RunStatus): Row {
  const site = roles?.staleSite ?? '';
  const read = observation && readAt(observation, site, 'application');
  const state = read ?? (applicationStoppedAt === undefined ? 'unknown' : 'said to be stopped');
  return [`${site}'s application`, state, time(applicationStoppedAt), read ? 'its driver says so' : 'not read'];
}

function draining(known: Known): string {
  const until = Object.values(known.groups).map((group) => group.drainUntil);
  if (until.length === 0 || until.some((one) => one === undefined)) return 'not drained';
  return `draining until ${clockTime(Math.max(...until.map((one) => one ?? 0)))}`;
}

function statusOf(observation?: Observation): string {
  const status = observation?.traffic.status;
  return status && isKnown(status) ? status.value : 'unknown';
}

function backupsOf(observation: Observation | undefined, site: string): string {
  const backups = observation?.sites[site]?.backups;
  if (!backups || !isKnown(backups)) return 'unknown';
  const statuses = Object.values(backups.value);
  if (statuses.length === 0) return 'no backup reported';
  const online = statuses.filter((one) => one === 'online').length;
  if (online === statuses.length) return `online, ${online} caches`;
  const offline = statuses.filter((one) => one === 'offline').length;
  if (offline === statuses.length) return `offline, ${offline} of ${offline} caches`;
  return `mixed: ${online} online, ${offline} offline, of ${statuses.length} caches`;
}

function heard({ alerts, alertsNotKept, oddities, decisions, findings, held }: RunStatus): string {
  const lines = [
    ...alerts.map(
      (alert) =>
        `- alert ${sayAlertOf({ ...alert, site: text(alert.site), reporter: text(alert.reporter) })}, ${alert.status}, heard ${alert.timesHeard} times, first ${clockTime(alert.firstHeardAt)}: ${text(alert.answer)}`,
    ),
    ...(alertsNotKept ? [`- ${alertsNotKept.count} more alerts, last ${clockTime(alertsNotKept.lastAt)}`] : []),
    ...decisions.map(
      ({ kind, by, how, at, refused }) =>
        `- ${kind} by ${text(by)} (${how}) ${clockTime(at)}${refused ? `: refused ${refused.code}` : ''}`,
    ),
    ...findings.map((finding) => `- finding: ${text(finding)}`),
    ...oddities.map(({ at, what }) => `- ${clockTime(at)}: ${text(what)}`),
    ...(held ? [`- **held** by ${text(held.by)}: ${text(held.reason ?? '')}`] : []),
  ];
  return lines.length === 0 ? '' : ['**Heard:**', ...lines].join('\n');
}

function whatNext({ next, truth }: RunStatus): string {
  if (!next) return '';
  if (next.kind !== 'blocked' && next.kind !== 'ask') return `**Next:** ${text(sayNext(next))}`;
  const why =
    next.kind === 'ask'
      ? `**Asked:** ${text(next.question)}${approvals(next)}`
      : `**Blocked since ${clockTime(next.since)}:** ${text(describeCommand(next.command))}: ${text(sayNext(next))}. Whatever protects goes on.`;
  return `${why}\n\n**True now:** ${text(truth ?? 'unknown')}`;
}

/** Who has approved, where more than one person has to, and who may. */
function approvals({ approvals: counted, expiresAt }: Question): string {
  if (!counted) return '';
  const { needed, by, from, requesters } = counted;
  const lines = [
    needed > 1 ? `${by.length} of ${needed} approvals${by.length > 0 ? ` (${by.join(', ')})` : ''}` : '',
    from ? `only members of ${from.join(' or ')} decide` : '',
    requesters ? `not ${requesters.join(' or ')}, who asked for it` : '',
    expiresAt === undefined ? '' : `until ${clockTime(expiresAt)}`,
  ].filter((line) => line !== '');
  return lines.length === 0 ? '' : ` ${text(`(${lines.join('; ')})`)}`;
}

function youCan({ pair, next }: RunStatus): string {
  const ways = next?.kind === 'blocked' ? next.can.map((way) => `${way} ${pair} --reason "..."`) : [];
  const answers = next?.kind === 'ask' ? next.answers : [];
  const lines = [`status ${pair}`, ...answers, ...ways.filter((way) => !way.startsWith('abort')), `explain ${pair}`];
  const all = [...lines, `abort ${pair} --reason "..."`].map(typed);
  return [`**You can:** ${all.join(' · ')}`, ...bySignal(next)].join('\n\n');
}

/** The signal that this very page can send; an approval that would not count is not offered. */
function bySignal(next: Next | undefined): readonly string[] {
  if (next?.kind !== 'ask' || next.signal === undefined) return [];
  const code = `\`${oneLine(next.signal, 1_000).replaceAll('`', '')}\``;
  return [`**Here, in the Temporal UI:** send the signal \`approve\`, or \`reject\`, with the input ${code}`];
}

/** A command line as one can copy it; a backtick in a name would end the code it stands in. */
function typed(line: string): string {
  return `\`sitewarden ${oneLine(line).replaceAll('`', '')}\``;
}

function time(at: number | undefined): string {
  return at === undefined ? '' : clockTime(at);
}

/** Whatever was heard may hold Markdown, HTML or line breaks; none of it may draw on the page. */
function text(raw: string): string {
  return oneLine(raw, 500).replace(/[\\`*_[\]<>|#!]/g, '\\$&');
}
