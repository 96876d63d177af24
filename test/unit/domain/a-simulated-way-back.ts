/** A simulated pair on its way back, as the tests of bad days begin with it. */
import type { Phase } from '../../../domain/state';
import { SimulatedIncident, type IncidentEvent, type SimulatedOptions } from '../../support/simulated-incident';
import { playUntil, whatIsWrong } from '../../support/simulated-operators';

export const cut: IncidentEvent = { kind: 'link', siteASees: false, siteBSees: false };
export const heal: IncidentEvent = { kind: 'link', siteASees: true, siteBSees: true };

export function pairOf(options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  return new SimulatedIncident({ groups: 1, stableSeconds: 2, preferredSite: 'site-a', ...options });
}

/** A fence of site-b, proved, whose link has healed. */
export function fencedAndHealed(options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = pairOf(options);
  incident.happens(cut);
  incident.happens({ kind: 'alert', reporter: 'site-a' });
  playUntil(incident, () => incident.run?.known.provedSince !== undefined, { answering: false });
  incident.happens(heal);
  return incident;
}

/** The same run, played on until it is in that phase. */
export function inPhase(phase: Phase, options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = fencedAndHealed(options);
  expect(playUntil(incident, () => incident.run?.known.phase === phase)).toBe(true);
  return incident;
}

export function atGate(gate: string, options: Partial<SimulatedOptions> = {}): SimulatedIncident {
  const incident = fencedAndHealed(options);
  const asks = (): boolean => incident.lastNext?.kind === 'ask' && incident.lastNext.gate === gate;
  expect(playUntil(incident, asks)).toBe(true);
  return incident;
}

/** Nothing violated, and both sites serve and are equal in the end. */
export function expectWhole(incident: SimulatedIncident): void {
  playUntil(incident, () => !incident.run, { rounds: 600 });

  expect([...incident.violations, ...whatIsWrong(incident)]).toEqual([]);
}

export function says(incident: SimulatedIncident): string {
  const { lastNext: next } = incident;
  if (next?.kind === 'ask') return `ask: ${next.gate}: ${next.question}`;
  if (next?.kind === 'wait') return `wait for ${next.for}`;
  return next?.kind === 'blocked' ? `blocked: ${next.type}: ${next.message}` : (next?.kind ?? 'nothing');
}

export function sent(incident: SimulatedIncident): string[] {
  return incident.commands.map(({ kind }) => kind);
}
