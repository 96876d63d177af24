import type { PairConfig } from '../../../config';
import type { Command } from '../../../domain/command';
import { oneLine } from '../../../domain/one-line';
import { clockTime, type EpochMs } from '../../../domain/time';
import { defaultWaitSeconds, reasonOf, siteOf, waitSeconds } from '../asked';
import type { Emergency, EmergencyEnd } from '../emergency-port';
import { exitCodes, type ExitCode } from '../exit-codes';
import { askForOpenRun, type OpenRun } from '../open-run';
import { byHand } from '../rendering/by-hand';
import { keeps, renderEnd, renderLook, sayIncident, sayKept, sayOpenRun, type OpenRunOf } from '../rendering/emergency';
import type { Session } from '../session';
import type { WorkerSide } from '../surroundings';
import { Trouble, usage } from '../trouble';

export interface EmergencyOptions {
  site?: string;
  perform?: boolean;
  reason?: string;
  confirm?: string;
  wait?: number | boolean;
  journal?: string;
  althoughARunIsOpen?: boolean;
}

/**
 * Fences without Temporal: prints the calls in their order, or performs them by the rules and gateways of a run.
 * What is printed as fenced was read back; afterwards nobody guards it, until a run adopts it.
 */
export async function emergency(session: Session, name: string, options: EmergencyOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const site = siteOf(pair, options.site);
  if (options.perform) return perform(session, pair, site, options);
  return print(session, pair, site);
}

async function print(session: Session, pair: PairConfig, site: string): Promise<ExitCode> {
  const { output, surroundings } = session;
  const [openRun, look] = await Promise.all([
    askForOpenRun(session, pair.name),
    withGateways(session, pair, (gateways) => gateways.look({ site, by: surroundings.who() })),
  ]);
  const { plan, observation } = look;
  const commands: readonly Command[] = 'refusal' in plan ? [] : plan.commands;
  const calls = commands.map((command) => byHand(pair, command, observation));
  const forPeople = [
    sayOpenRun(pair.name, site, openRun),
    renderLook({ pair, site, look, calls, openRun: openOf(openRun), colours: output.colours }),
  ];
  output.answer(forPeople.join('\n'), { pair: pair.name, site, performed: false, openRun, ...look, calls });
  return 'refusal' in plan ? exitCodes.refused : exitCodes.done;
}

async function perform(session: Session, pair: PairConfig, site: string, options: EmergencyOptions): Promise<ExitCode> {
  const { output, surroundings } = session;
  if (pair.mode === 'shadow') throw inShadow(pair.name);
  const reason = reasonOf(options.reason);
  confirmed(site, options.confirm);
  const by = surroundings.who();
  const withinSeconds = waitSeconds(options.wait) ?? defaultWaitSeconds;
  const journalFile = options.journal ?? journalName(pair.name, surroundings.clock.now());
  const openRun = await askForOpenRun(session, pair.name);
  const open = openOf(openRun);
  if (open && !options.althoughARunIsOpen) throw twoHands(pair.name, site, open);
  output.progress(sayOpenRun(pair.name, site, openRun));
  output.progress(`Every call is written down in ${journalFile}. Ctrl-C stops before the next call.`);
  const end = await withGateways(session, pair, (gateways) =>
    gateways.perform({
      ...{ site, by, reason, withinSeconds, journalFile },
      stop: surroundings.interruption(),
      circumstances: { openRun, althoughARunIsOpen: options.althoughARunIsOpen === true },
      tell: (at, what) => output.progress(`${clockTime(at)}  ${oneLine(what, 500)}`),
    }),
  );
  output.answer(renderEnd({ pair, site, end, journalFile, openRun: open }), {
    ...{ pair: pair.name, site, performed: true, by, reason, journal: journalFile, openRun },
    ...end,
  });
  return exitCodeOf(end);
}

function inShadow(pair: string): Trouble {
  const what = `${pair} is in shadow mode: Sitewarden touches nothing there. Nothing was sent.`;
  const next = 'Type the calls yourself: without --perform they are printed. Or set mode: act for this command.';
  return new Trouble(exitCodes.refused, what, next);
}

function confirmed(site: string, confirm: string | undefined): void {
  if (confirm === site) return;
  const what =
    confirm === undefined
      ? `This cuts ${site} off: confirm it by naming the site once more.`
      : `--confirm names "${oneLine(confirm)}", and --site names ${site}. Nothing was sent.`;
  throw usage(what, `Add --confirm ${site}. Without --perform the calls are only printed.`);
}

function twoHands(pair: string, site: string, openRun: OpenRunOf): Trouble {
  const what = `${sayIncident(openRun)} of ${pair} is open, and two hands on one pair can undo each other's work. Nothing was sent.`;
  const way = keeps(openRun, site)
    ? `No fence of ${site} can join the run: ${sayKept(pair, site, openRun)}.`
    : `Use: sitewarden fence ${pair} --site ${site} --reason "...": it joins the run.`;
  const next = `${way} Only if no worker can be started for it: add --although-a-run-is-open.`;
  return new Trouble(exitCodes.refused, `${what.charAt(0).toUpperCase()}${what.slice(1)}`, next);
}

function openOf(openRun: OpenRun): OpenRunOf | undefined {
  return openRun.temporal === 'answers' && openRun.run === 'open' ? openRun : undefined;
}

/** @throws Trouble where a file that the configuration names cannot be read, or the journal cannot be written. */
async function withGateways<T>(session: Session, pair: PairConfig, use: (gateways: Emergency) => Promise<T>) {
  const { config } = session;
  const gateways = opened(session, { config, env: session.surroundings.env, pair: pair.name });
  try {
    return await use(gateways);
  } catch (error) {
    if ((error as Error).name !== 'JournalUnwritable') throw error;
    const next = 'Name a file that can be written: --journal <file>.';
    throw new Trouble(exitCodes.usageOrConfig, `${(error as Error).message} Nothing was sent.`, next, { cause: error });
  } finally {
    await gateways.close();
  }
}

function opened({ surroundings }: Session, options: Parameters<WorkerSide['openEmergency']>[0]): Emergency {
  try {
    return surroundings.openEmergency(options);
  } catch (cause) {
    const next = 'Look at the configuration: sitewarden config check.';
    throw new Trouble(exitCodes.usageOrConfig, (cause as Error).message, next, { cause });
  }
}

/** `keycloak-prod` at 03:12:01 UTC: a name that sorts by time and is another one for each attempt. */
export function journalName(pair: string, now: EpochMs): string {
  return `sitewarden-emergency-${pair}-${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z.jsonl`;
}

function exitCodeOf({ outcome }: EmergencyEnd): ExitCode {
  switch (outcome) {
    case 'fenced':
      return exitCodes.done;
    case 'refused':
      return exitCodes.refused;
    case 'asks':
    case 'stopped':
    case 'timeUp':
    case 'journalLost':
      return exitCodes.notFinished;
  }
}
