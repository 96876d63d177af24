import { Registry } from 'prom-client';
import { apiMetrics } from '../../../client/api/api-metrics';
import { Callers } from '../../../client/api/callers';
import { createApiServer, type ApiServerOptions } from '../../../client/api/server';
import type { ListedRun, PairReadiness, PairRuns } from '../../../client/pair-runs';
import type { PairStatus } from '../../../client/site-pair-client';
import { OperatingFailure } from '../../../domain/failure-types';
import type { ReadinessReport } from '../../../domain/readiness/report';
import type { Decision, GoalRequest } from '../../../domain/heard';
import { createLogger } from '../../../runtime/logging';
import type { RunResult, RunStatus } from '../../../workflows/contract/inputs';
import { exampleData, loaded, secondPair } from '../config/a-config';

// inject() loads `cookie`, an ES module, which Jest cannot load on Node 20. No test here sends or reads a cookie.
jest.mock('cookie', () => ({}));

export const now = Date.parse('2026-11-22T03:12:00Z');
export const tokens = {
  olga: 'operator-canary-0123456789',
  anna: 'approver-canary-0123456789',
  vera: 'viewer-canary-0123456789ab',
  nobody: 'no-role-canary-0123456789a',
} as const;
export type Name = keyof typeof tokens;

export const accounts = {
  olga: { token: tokens.olga, groups: ['operators'] },
  anna: { token: tokens.anna, groups: ['dba'] },
  vera: { token: tokens.vera },
  nobody: { token: tokens.nobody, groups: ['others'] },
};

export const access: ApiServerOptions['access'] = [
  { role: 'operator', groups: ['operators'], names: [] },
  { role: 'approver', pairs: ['keycloak-prod'], groups: ['dba'], names: [] },
  { role: 'viewer', pairs: ['keycloak-prod'], groups: [], names: ['vera'] },
];

/** The secret that a test can change or take away. */
export class TokenStore {
  text: string | undefined = JSON.stringify(accounts);
  reads = 0;

  read = (): Promise<string> => this.readAnew();

  readAnew = (): Promise<string> => {
    this.reads += 1;
    if (this.text !== undefined) return Promise.resolve(this.text);
    return Promise.reject(new OperatingFailure('SecretUnavailable', 'It could not be read.', { retryable: true }));
  };
}

export const result: RunResult = {
  incident: 'keycloak-prod-1',
  outcome: 'siteOnline',
  report: 'Both sites serve again.',
  timeline: [{ at: now, what: 'the run began' }],
  alerts: [],
  requests: [{ id: 'r', goal: 'fence', by: 'olga', reason: 'a test', at: now }],
  decisions: [{ kind: 'approve', by: 'anna', how: 'api', at: now, epoch: 1 }],
  findings: [],
};

/** As of four minutes before `now`. */
export const readinessReport: ReadinessReport = {
  pair: 'keycloak-prod',
  at: now - 240_000,
  verdict: 'notReady',
  checks: [
    { name: 'credentials', findings: [] },
    { name: 'endpoints', findings: [{ what: 'one is missing', consequence: 'it serves nobody', fix: 'add it' }] },
    { name: 'observers', findings: [], notLookedAt: 'the pair has no observers' },
  ],
};

export const openStatus = {
  pair: 'keycloak-prod',
  incident: 'keycloak-prod-2',
  goal: 'fence',
  phase: 'fenced',
  epoch: 1,
  startedAt: now,
  mode: 'act',
  truth: 'site-b is out of traffic.',
  waitingFor: 'the link to heal',
  next: { kind: 'wait', for: 'the link to heal', pace: 'slow' },
  verdict: { kind: 'fenced', because: 'it is' },
  alerts: [],
  requests: [],
  decisions: [],
  oddities: [],
  findings: [],
  timeline: [],
  humanWaits: [],
  costs: [],
} as unknown as RunStatus;

/** Runs that answer what a test wants, and remember what they were asked. */
export class FakeRuns implements PairRuns {
  requests: { pair: string; request: GoalRequest }[] = [];
  decisions: { pair: string; decision: Decision; id: string }[] = [];
  looks: unknown[] = [];
  listed: unknown[] = [];
  seen: PairStatus = { run: 'open', runId: 'run-2', startedAt: new Date(now), status: openStatus };

  status: PairRuns['status'] = () => Promise.resolve(this.seen);
  request: PairRuns['request'] = (pair, request) => {
    this.requests.push({ pair, request });
    return Promise.resolve({ outcome: 'started', incident: 'keycloak-prod-2' });
  };
  decide: PairRuns['decide'] = (pair, decision, id) => {
    this.decisions.push({ pair, decision, id });
    return Promise.resolve({ outcome: 'taken', incident: 'keycloak-prod-2' });
  };
  observe: PairRuns['observe'] = (input) => {
    this.looks.push(input);
    const verdict = { kind: 'healthy', because: 'all is whole' };
    return Promise.resolve({ verdict, observation: { at: now }, readiness: [] } as never);
  };
  begun: string[] = [];
  beginReadiness: PairRuns['beginReadiness'] = (pair) => {
    this.begun.push(pair);
    return Promise.resolve({ assessment: 'run-3' });
  };
  known: PairReadiness = {};
  readiness: PairRuns['readiness'] = () => Promise.resolve(this.known);
  result: PairRuns['result'] = () => Promise.resolve(result);
  runs: PairRuns['runs'] = (query) => {
    this.listed.push(query);
    const run = (pair: string, startedAt: number): ListedRun => ({
      ...{ pair, runId: `run-${startedAt}`, incident: `${pair}-1`, startedAt: new Date(startedAt), outcome: 'open' },
    });
    return Promise.resolve(
      query.pair === undefined ? [run('other', 1), run('keycloak-prod', 2)] : [run(query.pair, 2)],
    );
  };
}

/** The pair of the example, and another one. */
const bothPairs = () => {
  const data = exampleData();
  return loaded({ ...data, sitePairs: [...data.sitePairs, { ...secondPair(), name: 'other' }] });
};

export function anApi(change: Partial<ApiServerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    process: 'api',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  const store = new TokenStore();
  const clock = { now: 0 };
  const callers = new Callers({ reference: 'env:TOKENS', source: store, logger, now: () => clock.now });
  const runs = new FakeRuns();
  const registry = new Registry();
  const server = createApiServer({
    ...{ config: bothPairs(), access, perMinute: 300, callers, runs, logger, metrics: apiMetrics(registry) },
    reports: {
      find: async () => ({ document: { pair: 'keycloak-prod', headline: 'It was cut.' }, markdown: '# It was cut.' }),
    },
    temporalAnswers: () => Promise.resolve(true),
    now: () => clock.now,
    ...change,
  });
  let key = 0;
  const call = async (
    method: 'GET' | 'POST',
    url: string,
    { by = 'olga', payload, headers = {} }: { by?: Name | ''; payload?: object; headers?: Record<string, string> } = {},
  ) => {
    key += 1;
    const answer = await server.inject({
      ...{ method, url, payload },
      headers: {
        ...(by !== '' && { authorization: `Bearer ${tokens[by]}` }),
        ...(method === 'POST' && { 'idempotency-key': `a-key-of-mine-${key}` }),
        ...headers,
      },
    });
    const json = /json/.test(String(answer.headers['content-type'])) ? answer.json<Record<string, unknown>>() : {};
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, json };
  };
  const metric = async (name: string, labels: Record<string, string>): Promise<number> => {
    const found = await registry.getSingleMetric(`sitewarden_api_${name}`)?.get();
    const values = found?.values as { value: number; labels: Record<string, string> }[];
    const matches = values.filter((one) =>
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
    return matches.reduce((sum, { value }) => sum + value, 0);
  };
  return { server, call, runs, store, clock, callers, lines, metric, registry };
}
