import { Registry } from 'prom-client';
import type { Look } from '../../../activities/dependencies';
import type { Assessment } from '../../../domain/assess';
import { wait } from '../../../domain/next';
import { createLookJournal } from '../../../worker/look-journal';
import { readableLog } from '../../support/log-lines';
import { now, pair } from '../../support/observations';
import { fenced, latched, protecting, removed } from '../../support/run-states';

const start = protecting();
const partition = { kind: 'partition', because: 'neither sees the other' } as const;
const isFenced = { kind: 'fenced', because: 'site-b is out' } as const;

describe('the journal of looks', () => {
  let registry: Registry;
  let lines: Record<string, unknown>[];
  let elapsedMs: number;
  let tell: (look: Look) => void;
  beforeEach(() => {
    const log = readableLog();
    registry = new Registry();
    lines = log.lines;
    elapsedMs = 0;
    tell = createLookJournal({ logger: log.logger, registry, monotonicMs: () => elapsedMs });
  });

  const look = (before: Look['before'], assessment: Partial<Assessment>): Look => ({
    pair: pair.name,
    before,
    assessment: { verdict: partition, next: wait('anything'), ...assessment },
    at: now,
  });
  const sentences = () => lines.map(({ message }) => message);

  it('says a verdict and a phase once, when they change, with the ids that lead to the run', () => {
    tell(look(start, {}));
    tell(look(start, {}));
    tell(look(start, { remember: latched(start).known }));
    tell(look(latched(start), {}));

    expect(sentences()).toEqual([
      'Reads as partition: neither sees the other.',
      'The phase is fencing; it was observing.',
    ]);
    expect(lines[1]).toMatchObject({
      level: 'info',
      pair: 'keycloak-prod',
      workflowId: 'site-pair/keycloak-prod',
      incident: 'incident-1',
      phase: 'fencing',
      verdict: 'partition',
    });
  });

  it('observes each step once, however often the same look is told', async () => {
    const proved = look(removed(start), { verdict: isFenced, remember: fenced(start).known });
    tell(look(start, { remember: latched(start).known }));
    tell(proved);
    tell(proved);

    const metrics = await registry.metrics();
    const counts = [...metrics.matchAll(/fence_step_seconds_count\{pair="keycloak-prod",step="(\w+)"\} (\d+)/g)];
    expect(counts.map(([, step, count]) => `${step} ${count}`)).toEqual([
      'rolesLatched 1',
      'detachRequested 1',
      'allDetached 1',
      'proved 1',
    ]);
    expect(metrics).toContain('sitewarden_fence_step_seconds_sum{pair="keycloak-prod",step="proved"} 0.5');
  });

  it('says that the fence is proved, with the time of every step', () => {
    tell(look(removed(start), { verdict: isFenced, remember: fenced(start).known }));

    const line = lines.find(({ message }) => String(message).startsWith('Fenced'));
    expect(line).toMatchObject({
      message: 'Fenced site-b, 0.5 s after the run began: site-a serves alone.',
      keepSite: 'site-a',
      staleSite: 'site-b',
      secondsFromStart: { removalRequested: 0.2, readAbsent: 0.3, detachRequested: 0.4, allDetached: 0.5, proved: 0.5 },
    });
  });

  it('observes a new incident of the same pair anew', async () => {
    const proved = look(removed(start), { remember: fenced(start).known });
    tell(proved);
    tell({ ...proved, before: { ...proved.before, incident: 'incident-2' } });

    expect(await registry.metrics()).toContain('fence_step_seconds_count{pair="keycloak-prod",step="proved"} 2');
  });

  it('says once that a person is needed, what for, and once that it is over', () => {
    const command = { kind: 'addEndpoint' } as never;
    const can = ['retry', 'abort'] as const;
    const blocked = {
      kind: 'blocked',
      command,
      type: 'RestoreNotPermitted',
      message: 'No worker may.',
      since: now,
      can,
    } as const;
    for (const next of [
      { kind: 'ask', gate: 'keepSite', question: 'Which one is kept?', answers: [] } as const,
      { kind: 'ask', gate: 'keepSite', question: 'Which one is kept?', answers: [] } as const,
      blocked,
      blocked,
      { kind: 'refuse', refusal: { code: 'LastEndpoint', message: 'site-a is the only one.' } } as const,
      wait('the link to heal'),
      wait('something else'),
      { kind: 'finish', outcome: 'nothingToDo', report: 'Both sites serve.' } as const,
    ]) {
      tell(look(start, { next }));
    }

    expect(lines.slice(1).map(({ level, message }) => `${String(level)}: ${String(message)}`)).toEqual([
      'warn: A person is asked: Which one is kept?',
      'warn: Blocked, RestoreNotPermitted: No worker may. A person can retry or abort.',
      'warn: Not fencing, LastEndpoint: site-a is the only one.',
      'info: No person is needed any more; the run goes on.',
      'info: The run ends, nothingToDo: Both sites serve.',
    ]);
    expect(lines[1]).toMatchObject({ next: 'ask', gate: 'keepSite' });
    expect(lines[2]).toMatchObject({ next: 'blocked', type: 'RestoreNotPermitted', can: ['retry', 'abort'] });
  });

  it('says once what shadow mode would have done', () => {
    const wouldDo = {
      at: now,
      roles: { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' },
      steps: ['remove site-b', 'detach it'],
    };
    tell(look(start, { remember: { ...start.known, wouldDo } }));
    tell(look(start, { remember: { ...start.known, wouldDo: { ...wouldDo, at: now + 1 } } }));

    expect(sentences().slice(1)).toEqual([
      'Shadow mode: would fence site-b and keep site-a: remove site-b; detach it.',
    ]);
  });

  it('shows the verdict as long as it is looked at, and how long ago that was', async () => {
    tell(look(start, {}));
    elapsedMs = 59_000;
    const fresh = await registry.metrics();
    elapsedMs = 60_000;
    const old = await registry.metrics();

    expect(fresh).toContain('sitewarden_verdict{pair="keycloak-prod",verdict="partition"} 1');
    expect(fresh).toContain('sitewarden_last_look_age_seconds{pair="keycloak-prod"} 59');
    expect(old).not.toContain('sitewarden_verdict{');
    expect(old).toContain('sitewarden_last_look_age_seconds{pair="keycloak-prod"} 60');
  });

  it('shows how far a comparison has come while it goes on, and no longer than this worker looks', async () => {
    const shown = async () =>
      (await registry.metrics()).split('\n').filter((line) => line.startsWith('sitewarden_progress'));
    const progress = { what: 'comparing work', done: 450, total: 1_000, since: 1, at: 2 };

    tell({ ...look(start, {}), progress });
    expect(await shown()).toEqual([
      'sitewarden_progress_entries{pair="keycloak-prod"} 450',
      'sitewarden_progress_entries_expected{pair="keycloak-prod"} 1000',
    ]);
    elapsedMs = 60_000;
    expect(await shown()).toEqual([]);

    tell({ ...look(start, {}), progress });
    tell(look(start, {}));
    expect(await shown()).toEqual([]);
  });
});
