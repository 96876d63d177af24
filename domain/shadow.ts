/**
 * Mode `shadow`: the same rules decide, what they would have done is recorded and shown, and nothing is touched. For a trial
 * beside whatever fences today.
 */
import type { Assess } from './assess';
import { describeCommand } from './command';
import { fencedUnasked } from './gates';
import { wait, type Next } from './next';
import { find, note } from './notes';
import { playOut } from './play-out';
import type { Known, Roles } from './state';

interface Decided {
  known: Known;
  next: Next;
}

/** A run that would fence now: it records once what it would do, and goes on looking until the split is over. */
export function inShadow(assess: Assess, assessing: Parameters<Assess>[0], roles: Roles): Decided {
  const { state, now } = assessing;
  const { known } = state;
  const { keepSite, staleSite } = roles;
  const next = wait(`the split to be over; shadow mode: it would fence ${staleSite} and keep ${keepSite}`, {
    pace: 'slow',
  });
  const { wouldDo } = known;
  if (wouldDo?.roles.staleSite === staleSite && wouldDo.roles.because === roles.because) return { known, next };
  const commands = playOut(assess, { ...assessing, pair: { ...fencedUnasked(assessing.pair), mode: 'act' } });
  const steps = commands.map(describeCommand);
  const told = note(known, now, `shadow mode: would fence ${staleSite}, keep ${keepSite}: ${roles.because}`);
  const lines = steps.reduce((so, step) => note(so, now, `would ${step}`), told);
  return { known: { ...lines, wouldDo: { at: now, roles, steps } }, next };
}

/** Holds back the command of a run that had begun to act before its pair was put into shadow mode. */
export function shadowed({ known, next }: Decided): Decided {
  if (next.kind !== 'do') return { known, next };
  const what = describeCommand(next.command);
  return {
    known: find(known, `shadow mode holds back: ${what}`),
    next: wait(`the pair to leave shadow mode; it would ${what}`),
  };
}
