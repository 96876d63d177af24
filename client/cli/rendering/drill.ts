/** A rehearsed incident, for people: who would be fenced and why, step by step, and the way back. */
import type { Drill, DrilledIncident, DrillStep } from '../../../domain/drill/drill';
import type { Approvals, Next, Question } from '../../../domain/next';
import type { Observation } from '../../../domain/observation';
import type { Finding } from '../../../domain/readiness/finding';
import type { SitePair } from '../../../domain/site-pair';
import { lengthText } from '../../../domain/time';
import type { Colours } from '../output';
import { line } from './line';
import { evidenceLines, sayVerdict } from './observation';
import { sayFinding } from './readiness';
import { sayStep } from './plan';
import { table } from './table';

export interface DrillPage {
  pair: SitePair;
  cut: readonly string[];
  /** As read, before anything was supposed. */
  observation: Observation;
  drill: Drill;
  readiness: readonly Finding[];
  colours: Colours;
}

export function renderDrill(page: DrillPage): string {
  const { pair, cut, observation, drill, colours } = page;
  const { verdict, evidence, incidents, bounds, mode } = drill;
  const shadow =
    mode === 'shadow' ? ['The pair is in shadow mode: its run would write this down, and touch nothing.'] : [];
  return [
    `A drill of ${colours.bold(pair.name)}: supposed is the cut ${cut.join(' ')}, and that every command works at once.`,
    ...shadow,
    line('verdict', sayVerdict(verdict, colours)),
    ...evidenceLines(evidence, observation.at),
    ...(incidents.length > 0 ? [] : ['', "No site's alert would come, so no run would be started."]),
    ...incidents.flatMap((incident) => ['', ...incidentLines(page, incident)]),
    '',
    'Bounds:',
    table(bounds.map(({ what, seconds }) => [`  ${what}`, lengthText(seconds)])),
    '',
    ...notReadyLines(page),
    'Nothing was changed.',
  ].join('\n');
}

function incidentLines(page: DrillPage, { alertOf, roles, steps, ends }: DrilledIncident): string[] {
  const { colours } = page;
  const whose = alertOf.length > 1 ? `the alert of ${alertOf.join(' or ')}` : `the alert of ${alertOf.join('')} first`;
  const who = roles
    ? `${colours.bold(roles.staleSite)} would be fenced, ${roles.keepSite} kept: ${roles.because}`
    : 'nobody would be fenced';
  const split = steps.filter(({ healed }) => !healed);
  const back = steps.filter(({ healed }) => healed);
  const number = counter();
  return [
    `With ${whose}, ${who}.`,
    ...split.flatMap((step) => stepLines(page, step, number)),
    ...(back.length === 0
      ? []
      : [`Then the link heals, and people agree. The way back of ${roles?.staleSite ?? 'nobody'}:`]),
    ...back.flatMap((step) => stepLines(page, step, number)),
    ...endLines(ends),
  ];
}

function counter(): () => number {
  let last = 0;
  return () => (last += 1);
}

/** Only commands are numbered: they are what would change something. */
function stepLines({ observation, colours }: DrillPage, { afterMs, next }: DrillStep, number: () => number): string[] {
  const row = (what: string, text: string) =>
    `  ${`+${lengthText(Math.round(afterMs / 1_000))}`.padEnd(9)} ${what.padEnd(8)} ${text}`;
  const under = (text: string) => `${' '.repeat(21)}${colours.dim(text)}`;
  switch (next.kind) {
    case 'do':
      return [row(`${number()}.`, sayStep(next.command, observation)), ...because(next).map(under)];
    case 'wait':
      return [row('wait', next.for)];
    case 'ask':
      return [
        row(colours.yellow('asks'.padEnd(8)), `at the gate ${next.gate}: ${next.question}`),
        ...whoMay(next).map(under),
      ];
    case 'refuse':
      return [row(colours.red('refuses'.padEnd(8)), `${next.refusal.code}: ${next.refusal.message}`)];
    case 'blocked':
      return [
        row(colours.yellow('blocked'.padEnd(8)), `${next.type}: ${next.message}`),
        under(`a person can: ${next.can.join(', ')}`),
      ];
    case 'finish':
      return [row('ends', `the run, with ${next.outcome}`)];
  }
}

/** That a step follows from a decision is said at its gate, and the plan of a drill is nobody's. */
function because({ because: why }: Extract<Next, { kind: 'do' }>): string[] {
  return why.startsWith('by decision') ? [] : [why];
}

function whoMay(question: Question): string[] {
  const { approvals, choices = [], discards } = question;
  return [
    approvals ? sayNeeded(approvals) : 'no answer is taken: it is for people to act',
    ...(choices.length > 0 ? [`may be chosen: ${choices.join(', ')}`] : []),
    ...(discards === undefined
      ? []
      : ['how much is discarded is counted then; here the sites are supposed to be equal']),
  ];
}

/** `needs 2 approvals by members of sre; only through the API, which proves who decides; with a reason`. */
function sayNeeded({ needed, from, unattributed, reasonRequired = true }: Approvals): string {
  return [
    `needs ${needed} ${needed === 1 ? 'approval' : 'approvals'}${from ? ` by members of ${from.join(', ')}` : ''}`,
    ...(unattributed === 'refuse' ? ['only through the API, which proves who decides'] : []),
    ...(reasonRequired ? ['with a reason'] : []),
  ].join('; ');
}

function endLines(ends: DrilledIncident['ends']): string[] {
  switch (ends) {
    case 'finished':
      return [];
    case 'asks':
      return ['  What follows depends on that answer.'];
    case 'blocked':
      return ['  What follows depends on what is put right.'];
    case 'waits':
      return ['  What follows depends on the world: the rules wait, and guard what is there.'];
  }
}

function notReadyLines({ readiness, colours }: DrillPage): string[] {
  if (readiness.length === 0) return ['Nothing was found that is not ready.'];
  return ['Not ready:', ...readiness.flatMap((finding) => sayFinding(finding, colours))];
}
