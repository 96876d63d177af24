/** What `sitewarden emergency` says: before anything is done, and when it has ended. */
import { toSitePair, type PairConfig } from '../../../config';
import { oneLine } from '../../../domain/one-line';
import type { Observation } from '../../../domain/observation';
import { clockTime, type EpochMs } from '../../../domain/time';
import { allDetached } from '../../../domain/verdict';
import { whatIsTrue } from '../../../domain/what-is-true';
import type { EmergencyEnd, EmergencyLook } from '../emergency-port';
import type { OpenRun } from '../open-run';
import type { Colours } from '../output';
import { byHand, type ByHand } from './by-hand';
import { renderObservation } from './observation';

export type OpenRunOf = Extract<OpenRun, { run: 'open' }>;

/** Who else may be at work on the pair. */
export function sayOpenRun(pair: string, site: string, said: OpenRun): string {
  if (said.temporal === 'silent') {
    return (
      `Temporal tells nothing: ${oneLine(said.because, 500)} Whether a run of ${pair} is open is not known; ` +
      'if Temporal is only out of reach from here, a run may be at work.'
    );
  }
  if (said.run === 'none') {
    return `Temporal answers, and no run of ${pair} is open: sitewarden fence ${pair} --site ${site} would do the same, and guard it.`;
  }
  const open = `Temporal answers, and ${sayIncident(said)} of ${pair} is open`;
  return keeps(said, site)
    ? `${open}: ${sayKept(pair, site, said)}`
    : `${open}: sitewarden fence ${pair} --site ${site} is the way.`;
}

/** Whether the open run has chosen this site as the one that serves everyone: it refuses to fence it. */
export function keeps({ keepSite }: OpenRunOf, site: string): boolean {
  return keepSite === site;
}

/** Why the run is no way to fence this site. */
export function sayKept(pair: string, site: string, { staleSite }: OpenRunOf): string {
  return `it keeps ${site}, and would refuse to fence it (OppositeSiteFenced). Its stale site is ${staleSite}: sitewarden status ${pair}`;
}

function sayGoesOn(pair: string, { incident }: OpenRunOf): string {
  const run = incident === undefined ? 'The open run' : `The open run ${incident}`;
  return `${run} goes on with what it reads: sitewarden status ${pair}`;
}

export function sayIncident({ incident }: { incident?: string }): string {
  return incident === undefined ? 'a run' : `incident ${incident}`;
}

export interface Looked {
  pair: PairConfig;
  site: string;
  look: EmergencyLook;
  /** The plan's commands. */
  calls: readonly ByHand[];
  /** Where one is known to be open. */
  openRun?: OpenRunOf;
  colours: Colours;
}

/** What is true now, and each call in its order, to be typed by hand or performed. */
export function renderLook({ pair, site, look, calls, openRun, colours }: Looked): string {
  const { observation, verdict, notRead } = look;
  const seen = renderObservation({ pair: toSitePair(pair), observation, verdict, colours });
  const why = notRead.map(({ what, type, message }) => `not read     ${what}: ${type}: ${oneLine(message, 300)}`);
  return [seen, ...why, '', ...renderPlan({ pair, site, look, calls, openRun })].join('\n');
}

function renderPlan({ pair, site, look: { observation, plan }, calls, openRun }: Omit<Looked, 'colours'>): string[] {
  if ('refusal' in plan) {
    const { code, message } = plan.refusal;
    return [`Would be refused: ${code}: ${message}`, 'Nothing was changed. By hand: docs/runbooks/emergency.md'];
  }
  const { keepSite, staleSite } = plan.roles;
  const perform = `sitewarden emergency ${pair.name} --site ${site} --perform --reason "..." --confirm ${site}`;
  if (calls.length === 0) {
    return [
      `${staleSite} reads as fenced already: there is nothing to send.`,
      ...(openRun ? [sayGoesOn(pair.name, openRun)] : []),
      ...watching(pair, { keepSite, staleSite, observation, openRun }),
    ];
  }
  return [
    `Would fence ${staleSite}, keep ${keepSite}. In this order, each read before the next:`,
    ...calls.flatMap(({ says, typed, proof }, index) => [
      `  ${index + 1}. ${says}`,
      `     ${typed}`,
      `     read: ${proof.typed}`,
      `     shows: ${proof.shows}`,
    ]),
    'Nothing was changed. To do it, with every call checked, read back and written down:',
    `  ${perform}`,
  ];
}

export interface Ended {
  pair: PairConfig;
  site: string;
  end: EmergencyEnd;
  journalFile: string;
  /** Where one is known to be open. */
  openRun?: OpenRunOf;
}

/** How it ended, what is true now, and what nobody does from here on. */
export function renderEnd({ pair, site, end, journalFile, openRun }: Ended): string {
  const { roles, observation, drainUntil, journalTrouble } = end;
  // A proved fence is past whatever of it was in doubt.
  const landing = end.outcome === 'fenced' ? undefined : end.mayStillLandUntil;
  return [
    headline(site, end),
    `Now: ${whatIsTrue(toSitePair(pair), observation)}`,
    ...(landing === undefined ? [] : [`What was sent last may still take effect until ${clockTime(landing)}.`]),
    ...end.findings.map((finding) => `Found: ${finding}.`),
    ...(openRun ? [sayGoesOn(pair.name, openRun)] : []),
    ...(roles ? watching(pair, { ...roles, observation, drainUntil, openRun }) : []),
    ...adoption({ pair, site, end, openRun }),
    `Journal: ${journalFile}${journalTrouble === undefined ? '' : `, incomplete: ${journalTrouble}`}`,
  ].join('\n');
}

function headline(site: string, { outcome, says, refusal, roles, provedSince, ...end }: EmergencyEnd) {
  const again = `To go on, give the same command again: what was done is found done.`;
  switch (outcome) {
    case 'fenced':
      return `Fenced: ${site} is out, ${roles?.keepSite} serves everyone; proved since ${clockTime(provedSince ?? end.observation.at)}.`;
    case 'refused':
      return `Refused: ${refusal ? `${refusal.code}: ${refusal.message}` : says}`;
    case 'asks':
      return `${provedSince === undefined ? 'Not fenced' : 'Fenced'}, and a person has to decide: ${says} What can be done: docs/runbooks/fence.md, "What a run asks".`;
    case 'journalLost':
      return `Not fenced: ${says} ${again.replace('.', ', with another --journal.')}`;
    case 'stopped':
    case 'timeUp':
      return `Not fenced: ${says} ${again}`;
  }
}

interface Unguarded {
  keepSite: string;
  staleSite: string;
  observation: Observation;
  /** Until when old connections to the stale site may live, where that is known. */
  drainUntil?: EpochMs;
  openRun?: OpenRunOf;
}

/** What nobody looks after once this command has ended. */
function watching(pair: PairConfig, { keepSite, staleSite, observation, drainUntil, openRun }: Unguarded): string[] {
  const drop = byHand(pair, { kind: 'takeBackupOffline', onSite: staleSite, backupSite: keepSite }, observation);
  const when = drainUntil === undefined ? '340 s after the removal' : `at ${clockTime(drainUntil)}`;
  const due = allDetached(observation, staleSite)
    ? []
    : [`  - ${when}, or as soon as ${staleSite} answers again or sees ${keepSite}: ${drop.says}`, `    ${drop.typed}`];
  const unguarded = openRun
    ? `While no worker answers for it, nobody guards ${pair.name}.`
    : `Nobody guards ${pair.name}.`;
  return [
    `${unguarded} Watch, for example by "sitewarden emergency ${pair.name} --site ${staleSite}", which only reads:`,
    `  - ${keepSite}'s Infinispan: after a restart it is empty, and replicates to ${staleSite} again`,
    `  - Global Accelerator: somebody or something may add ${staleSite}'s endpoint again`,
    ...due,
  ];
}

function adoption({ pair, site, end: { outcome, commands }, openRun }: Omit<Ended, 'journalFile'>): string[] {
  const sent = commands.some((command) => command.sent);
  if (outcome !== 'fenced' && !sent) return ['Nothing was changed.'];
  if (openRun) return [];
  const fence = `sitewarden fence ${pair.name} --site ${site} --reason "guard the emergency fence"`;
  return [`The next run adopts what was done and guards it: an alert starts one, or: ${fence}`];
}
