import { toSitePair, type PairConfig, type SitewardenConfig } from '../../config';
import { placesOf } from '../../domain/cuts';
import type { RequestAnswer } from '../../domain/requests';
import type { Decision, GoalRequest } from '../../domain/heard';
import type { EpochMs } from '../../domain/time';
import { readCut } from '../../domain/what-if-rows';
import type { DecisionAnswer } from '../../workflows/contract/messages';
import type { ListedRun, PairReadiness, PairRuns } from '../pair-runs';
import type { PairStatus } from '../site-pair-client';
import { doingOf, rolesFor, type Access, type Caller, type Doing } from './access';
import * as answers from './answers';
import type { ApiMetrics } from './api-metrics';
import { asked } from './asking';
import { explanationOf } from './explanation';
import * as messages from './messages';
import { ApiProblem } from './problems';
import { Refused } from './refused';
import type { Reports } from './reports';
import { route, type Route } from './route';

/** How long a look is waited for; the reads of one are done within 2 s. */
const lookWithinMs = 3_300;

export interface RouteOptions {
  config: Pick<SitewardenConfig, 'sitePairs'>;
  access: Access;
  runs: PairRuns;
  reports: Reports;
  metrics: ApiMetrics;
  /** Of the age of a report; that of this machine unless told otherwise. */
  clock?: () => EpochMs;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
}

/** Every route under /v1 but the description itself, which is made from them. */
export function routes(options: RouteOptions): Route[] {
  return [...reading(options), ...looking(options), ...writing(options)];
}

function reading({ config, access, runs, reports, temporalAnswers, clock = Date.now }: RouteOptions): Route[] {
  const ask = <T>(question: Promise<T>, pair: string) => asked(question, { pair, temporalAnswers });
  return [
    route({
      ...{ method: 'GET', path: '/v1/pairs', operationId: 'listPairs', problems: [] },
      summary: 'The pairs that the caller may see, and what the caller may do with each.',
      answer: answers.pairs,
      handle: async ({ caller }) => ({ caller, pairs: pairsOf(config.sitePairs, access, caller) }),
    }),
    route({
      ...{ method: 'GET', path: '/v1/pairs/{pair}/status', operationId: 'readStatus', doing: 'read' },
      summary:
        'What the run of a pair does and waits for, also without a worker. It holds what an approval has to name.',
      answer: answers.status,
      problems: ['TemporalUnreachable'],
      handle: async ({ pair }) => statusData(pair, await ask(runs.status(pair), pair)),
    }),
    route({
      ...{ method: 'GET', path: '/v1/pairs/{pair}/explain', operationId: 'explainPair', doing: 'read' },
      summary: 'Why the pair is as it is: every alert, request and decision, and what became of it.',
      answer: answers.explanation,
      problems: ['NoRun', 'NoWorkerAnswers', 'TemporalUnreachable'],
      handle: async ({ pair }) => {
        const seen = await ask(runs.status(pair), pair);
        const explanation = explanationOf(pair, seen);
        if (explanation) return explanation;
        throw seen.run === 'open' ? nobodyTells(pair) : noRun(pair);
      },
    }),
    route({
      ...{ method: 'GET', path: '/v1/pairs/{pair}/report', operationId: 'readReport', doing: 'read' },
      summary: 'The report of the open run so far, of the last one, or of the incident that is named.',
      ...{ query: messages.reportQuery, answer: answers.report, alsoAs: 'text/markdown' },
      problems: ['NoRun', 'NotAcceptable', 'NoWorkerAnswers', 'TemporalUnreachable', 'ArchiveUnreadable'],
      handle: async ({ pair, query, request, reply }) => {
        const form = formOf(request.headers.accept);
        const found = await ask(reports.find(pair, query.incident), pair);
        if (!found) throw noRun(pair);
        if (form === 'json') return found.document;
        if (found.markdown === undefined) throw notAcceptable('This report was archived by another version.');
        void reply.type('text/markdown; charset=utf-8');
        return found.markdown;
      },
    }),
    route({
      ...{ method: 'GET', path: '/v1/pairs/{pair}/readiness', operationId: 'readReadiness', doing: 'read' },
      summary: 'The last report on the readiness of a pair, with its age, whoever asked for it; also without a worker.',
      answer: answers.readiness,
      problems: ['TemporalUnreachable'],
      handle: async ({ pair }) => readinessData(pair, await ask(runs.readiness(pair), pair), clock()),
    }),
    route({
      ...{ method: 'GET', path: '/v1/runs', operationId: 'listRuns', query: messages.runsQuery, answer: answers.runs },
      summary: 'Open and closed runs, newest first.',
      problems: ['PairUnknown', 'NotPermitted', 'TemporalUnreachable'],
      handle: async ({ caller, query }) => {
        const { pair, limit } = query;
        const open = query.open === undefined ? undefined : query.open === 'true';
        if (pair !== undefined) assertMay(access, caller, 'read', pairNamed(config, pair).name);
        const pairs = config.sitePairs.map(({ name }) => name);
        const seen = pairs.filter((name) => access.may(caller, 'read', name));
        // One question where the caller may see every pair.
        const wanted = pair !== undefined ? [pair] : seen.length === pairs.length ? [undefined] : seen;
        const listed = await Promise.all(wanted.map((one) => ask(runs.runs({ pair: one, open, limit }), one ?? 'all')));
        return { runs: newestFirst(listed.flat()).slice(0, limit) };
      },
    }),
    route({
      ...{ method: 'GET', path: '/v1/pairs/{pair}/runs/{run}', operationId: 'readResult', doing: 'read' },
      summary: 'What a run that has ended left behind.',
      answer: answers.runResult,
      problems: ['NoRun', 'NotEnded', 'TemporalUnreachable'],
      handle: async ({ pair, run }) => {
        const seen = await ask(runs.status(pair), pair);
        if (seen.run === 'open' && seen.runId === run) throw notEnded(pair);
        return resultOf(ask(runs.result(pair, run), pair), pair);
      },
    }),
  ];
}

function looking({ config, runs, temporalAnswers }: RouteOptions): Route[] {
  return [
    route({
      ...{ method: 'POST', path: '/v1/pairs/{pair}/observe', operationId: 'observePair', doing: 'read' },
      summary: 'Has a worker look at both sites now. Changes nothing, and starts no run.',
      ...{ body: messages.look, answer: answers.seen },
      problems: ['SiteNotOfPair', 'NotCuttable', 'LookFailed', 'NoWorkerAnswers', 'TemporalUnreachable'],
      handle: async ({ pair, caller, body }) => {
        const site = siteOf(config, pair, body.fence?.site);
        const fence = site === undefined ? {} : { fence: { site, by: caller.name } };
        const drill = body.drill && { drill: { cut: cutOf(config, pair, body.drill.cut) } };
        return asked(runs.observe({ pair, ...fence, ...drill }, lookWithinMs), { pair, temporalAnswers });
      },
    }),
    route({
      ...{ method: 'POST', path: '/v1/pairs/{pair}/readiness', operationId: 'assessReadiness', doing: 'read' },
      summary:
        'Has a worker begin to look a pair through in peace time, or joins whoever does so. Changes nothing; reading the readiness tells the report.',
      ...{ body: messages.nothing, answer: answers.begunReadiness },
      problems: ['TemporalUnreachable'],
      handle: ({ pair }) => asked(runs.beginReadiness(pair), { pair, temporalAnswers }),
    }),
  ];
}

function readinessData(pair: string, seen: PairReadiness, now: EpochMs) {
  const { report } = seen;
  return { pair, ...seen, ...(report && { ageSeconds: Math.max(0, Math.round((now - report.at) / 1_000)) }) };
}

function writing({ config, access, runs, metrics, temporalAnswers }: RouteOptions): Route[] {
  const written = async <T extends RequestAnswer | DecisionAnswer>(what: string, pair: string, write: Promise<T>) => {
    const outcome = (value: string) => metrics.writes.inc({ what, outcome: value });
    const answer = await asked(write, { pair, temporalAnswers, write: true }).catch((error: unknown) => {
      outcome('failed');
      throw error;
    });
    outcome(answer.outcome);
    if (answer.refusal) throw new Refused(answer, answer.refusal, pair);
    return answer;
  };
  return [
    route({
      ...{ method: 'POST', path: '/v1/pairs/{pair}/requests', operationId: 'requestGoal', doing: 'ask', write: true },
      summary: 'Asks the run of a pair for a goal; starts a run where none is open.',
      ...{ body: messages.goalRequest, answer: answers.requestAnswer, refuses: true },
      problems: ['SiteNotOfPair', 'NotTaken', 'NoWorkerAnswers', 'TemporalUnreachable'],
      handle: async ({ pair, caller, body, key }) => {
        siteOf(config, pair, body.site);
        const request: GoalRequest = { ...body, id: key, by: caller.name };
        return written(body.goal, pair, runs.request(pair, request));
      },
    }),
    route({
      ...{ method: 'POST', path: '/v1/pairs/{pair}/decisions', operationId: 'decide', write: true },
      summary: 'Answers what the run of a pair asks, holds or releases it, or shows a way out of a block.',
      ...{ body: messages.decision, answer: answers.decisionAnswer, refuses: true },
      problems: ['NotPermitted', 'SiteNotOfPair', 'NoOpenRun', 'NotTaken', 'NoWorkerAnswers', 'TemporalUnreachable'],
      handle: async ({ pair, caller, body, key }) => {
        assertMay(access, caller, doingOf(body.kind), pair);
        siteOf(config, pair, body.site);
        const decision: Decision = { ...body, by: caller.name, groups: caller.groups, how: 'api' };
        return written(body.kind, pair, runs.decide(pair, decision, key));
      },
    }),
  ];
}

/** @throws ApiProblem when the caller has no role for it. */
export function assertMay(access: Access, caller: Caller, doing: Doing, pair: string): void {
  if (access.may(caller, doing, pair)) return;
  throw new ApiProblem(
    'NotPermitted',
    `${caller.name} may not ${words[doing]} ${pair}: that takes the role ${rolesFor(doing)}.`,
    'Roles are given by "api.access" in the configuration.',
    { headers: { 'www-authenticate': 'Bearer realm="sitewarden", error="insufficient_scope"' } },
  );
}

const words: Readonly<Record<Doing, string>> = {
  read: 'see',
  ask: 'ask anything of',
  answer: 'answer a gate of',
  brake: 'hold or release',
  unblock: 'retry, confirm or abort a run of',
};

/** @throws ApiProblem when the configuration has no such pair. */
export function pairNamed(config: Pick<SitewardenConfig, 'sitePairs'>, name: string): PairConfig {
  const found = config.sitePairs.find((pair) => pair.name === name);
  if (found) return found;
  throw new ApiProblem(
    'PairUnknown',
    'The configuration has no such pair.',
    'GET /v1/pairs lists those that you may see.',
  );
}

/** The site that was named, if any. @throws ApiProblem when it is none of the pair. */
function siteOf(config: RouteOptions['config'], name: string, site: string | undefined): string | undefined {
  const { sites } = toSitePair(pairNamed(config, name));
  if (site === undefined || sites.includes(site)) return site;
  throw new ApiProblem('SiteNotOfPair', `${name} has no such site.`, `Write ${sites.join(' or ')}.`);
}

function cutOf(config: RouteOptions['config'], name: string, written: readonly string[]): readonly string[] {
  const pair = toSitePair(pairNamed(config, name));
  if (written.every((one) => readCut(pair, one))) return written;
  const known = `Known in ${name}: ${placesOf(pair).join(', ')}.`;
  throw new ApiProblem('NotCuttable', `${name} has nothing that could be cut so.`, known);
}

function pairsOf(all: readonly PairConfig[], access: Access, caller: Caller) {
  return all
    .filter(({ name }) => access.may(caller, 'read', name))
    .map((pair) => {
      const { name, sites, mode } = toSitePair(pair);
      return { pair: name, sites, mode, roles: access.rolesOf(caller, name) };
    });
}

function statusData(pair: string, seen: PairStatus): object {
  return seen.run === 'open' ? { pair, ...seen, workerAnswers: seen.status !== undefined } : { pair, ...seen };
}

const newestFirst = (listed: readonly ListedRun[]): ListedRun[] =>
  listed.toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime());

/** Markdown only for whom asks for it; whoever takes anything is a program. @throws ApiProblem for anything else. */
function formOf(accept: string | undefined): 'json' | 'markdown' {
  const wanted = (accept ?? '*/*').toLowerCase();
  if (wanted.includes('text/markdown')) return 'markdown';
  if (/application\/(json|\*)|\*\/\*/.test(wanted)) return 'json';
  throw notAcceptable('A report has no such form.');
}

const notAcceptable = (why: string) =>
  new ApiProblem('NotAcceptable', why, 'Accept application/json, or text/markdown where this version made the report.');

async function resultOf<T>(result: Promise<T>, pair: string): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code === 'NoWorkerAnswers') throw notEnded(pair);
    if (error.code === 'NoOpenRun' || error.code === 'LookFailed') throw noRun(pair);
    throw error;
  }
}

const noRun = (pair: string) =>
  new ApiProblem('NoRun', `No run of ${pair} has left anything to tell.`, 'GET /v1/runs lists runs.');
const notEnded = (pair: string) =>
  new ApiProblem('NotEnded', `This run of ${pair} has not ended.`, 'Look at its status.');
const nobodyTells = (pair: string) =>
  new ApiProblem(
    'NoWorkerAnswers',
    `No worker answers for the run of ${pair}.`,
    'Its status tells what its memo holds.',
  );
