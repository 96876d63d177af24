import type { OpenTemporal, Runs } from '../../../client/cli/surroundings';
import type { SearchAttributeRegistry } from '../../../client/cli/search-attribute-registry';
import type { PairStatus } from '../../../client/site-pair-client';
import { verdictOf } from '../../../domain/verdict';
import type { RunResult, RunStatus } from '../../../workflows/contract/inputs';
import { CommandLine, type CommandLineOptions } from '../../support/command-line';
import { now, observed, pair } from '../../support/observations';

export const incident = 'keycloak-prod-20261122T031201Z-1a2b';

/** An open run as it tells about itself; fencing site-b unless told otherwise. */
export function aStatus(part: Partial<RunStatus> = {}): RunStatus {
  const observation = observed();
  return {
    pair: 'keycloak-prod',
    incident,
    goal: 'fence',
    phase: 'fencing',
    epoch: 0,
    startedAt: now - 8_000,
    roles: { keepSite: 'site-a', staleSite: 'site-b', because: 'alice asked to fence site-b' },
    verdict: verdictOf(pair, observation),
    observation,
    mode: 'act',
    alerts: [],
    requests: [],
    decisions: [],
    oddities: [],
    findings: [],
    timeline: [],
    humanWaits: [],
    costs: [],
    ...part,
  };
}

export function open(status: RunStatus | undefined, memo?: Extract<PairStatus, { run: 'open' }>['memo']): PairStatus {
  return { run: 'open', startedAt: new Date(now - 8_000), runId: 'run-1', memo, status };
}

export const closed = (outcome: string): PairStatus => ({
  run: 'closed',
  outcome,
  closedAt: new Date(now - 60_000),
  runId: 'run-1',
});

export function aResult(part: Partial<RunResult> = {}): RunResult {
  return { incident, outcome: 'aborted', report: 'Nobody guards this pair any more.', timeline: [], ...part };
}

/** What makes a repeat of a request or of a decision harmless: one for each that is sent. */
export const anId: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);

/** Runs that answer what a test says; `statuses` one after the other, the last one for ever. */
export class FakeRuns implements Runs {
  statuses: PairStatus[] = [{ run: 'none' }];
  request: Runs['request'] = () => Promise.resolve({ outcome: 'started', incident });
  decide: Runs['decide'] = () => Promise.resolve({ outcome: 'taken', incident });
  observe: Runs['observe'] = () => Promise.reject(new Error('nothing to observe'));
  beginReadiness: Runs['beginReadiness'] = () => Promise.reject(new Error('nothing to look through'));
  readiness: Runs['readiness'] = () => Promise.reject(new Error('nothing was looked through'));
  result: Runs['result'] = () => Promise.resolve(aResult());
  runs: Runs['runs'] = () => Promise.resolve([]);

  status = (): Promise<PairStatus> => {
    const [first, ...others] = this.statuses;
    if (others.length > 0) this.statuses = others;
    return Promise.resolve(first ?? { run: 'none' });
  };
}

export const noRegistry: SearchAttributeRegistry = {
  registered: () => Promise.reject(new Error('no registry here')),
  addKeywords: () => Promise.reject(new Error('no registry here')),
};

/** A command line whose Temporal is fake, and whose clock goes on only while a command pauses. */
export function commandLine(
  temporal: Partial<OpenTemporal> = {},
  options: Partial<CommandLineOptions> = {},
): CommandLine {
  let time = now;
  const clock = { now: () => time, pause: (ms: number) => Promise.resolve(void (time += ms)) };
  const opened: OpenTemporal = {
    namespace: 'default',
    runs: new FakeRuns(),
    searchAttributes: noRegistry,
    close: () => Promise.resolve(),
    ...temporal,
  };
  const surroundings = { clock, openTemporal: () => Promise.resolve(opened), ...options.surroundings };
  return new CommandLine({ pairs: ['keycloak-prod'], ...options, surroundings });
}
