import { z } from 'zod';

/**
 * What the API answers, as its description says it. Objects may have more than is named here: what a run tells of itself
 * grows with its version, and is handed on as it is.
 */
const time = z.int().describe('Milliseconds since 1970-01-01T00:00:00Z.');
const instant = z.iso.datetime();
const role = z.enum(['viewer', 'operator', 'approver']);

const refusal = z.looseObject({ code: z.string(), message: z.string() });
const verdict = z.looseObject({ kind: z.string(), because: z.string() });
const next = z.looseObject({ kind: z.enum(['do', 'wait', 'ask', 'refuse', 'blocked', 'finish']) });
const timeline = z.array(z.looseObject({ at: time, what: z.string() }));

export const pairs = z.strictObject({
  caller: z.strictObject({ name: z.string(), groups: z.array(z.string()) }),
  pairs: z.array(
    z.strictObject({
      pair: z.string(),
      sites: z.array(z.string()).length(2),
      mode: z.enum(['act', 'shadow']),
      roles: z.array(role).describe("The caller's own."),
    }),
  ),
});

const runStatus = z.looseObject({
  pair: z.string(),
  incident: z.string(),
  goal: z.string(),
  phase: z.string(),
  epoch: z.int(),
  startedAt: time,
  verdict: verdict.optional(),
  next: next.optional(),
  waitingFor: z.string().optional(),
  truth: z.string().optional().describe('What was read last, in one sentence.'),
  timeline,
});

export const runResult = z.looseObject({ incident: z.string(), outcome: z.string(), report: z.string(), timeline });

export const status = z.discriminatedUnion('run', [
  z.strictObject({ pair: z.string(), run: z.literal('none') }),
  z.strictObject({
    pair: z.string(),
    run: z.literal('open'),
    runId: z.string(),
    startedAt: instant,
    workerAnswers: z.boolean().describe('Without a worker there is only the memo.'),
    memo: z.looseObject({ incident: z.string(), phase: z.string(), at: time }).optional(),
    status: runStatus.optional(),
  }),
  z.strictObject({
    pair: z.string(),
    run: z.literal('closed'),
    runId: z.string(),
    outcome: z.string(),
    closedAt: instant.optional(),
    result: runResult.optional().describe('Absent where the run was ended from outside.'),
  }),
]);

export const seen = z.looseObject({
  verdict,
  observation: z.looseObject({ at: time }),
  findings: z.array(z.string()).optional(),
  readiness: z
    .array(z.strictObject({ what: z.string(), consequence: z.string(), fix: z.string() }))
    .optional()
    .describe('What would make an incident worse than it has to be.'),
  plan: z.looseObject({}).optional().describe('What a fence would do.'),
});

export const runs = z.strictObject({
  runs: z.array(
    z.looseObject({
      pair: z.string(),
      runId: z.string(),
      incident: z.string().optional(),
      startedAt: instant,
      closedAt: instant.optional(),
      outcome: z.string().describe('`open`, or how it ended.'),
      phase: z.string().optional(),
      waitingFor: z.string().optional(),
    }),
  ),
});

export const requestAnswer = z.looseObject({
  outcome: z.enum(['started', 'joined']),
  incident: z.string(),
  verdict: verdict.optional(),
});

export const decisionAnswer = z.looseObject({ outcome: z.literal('taken'), incident: z.string() });

/** What a refusal's problem has as its `answer`. */
export const refused = z.looseObject({ outcome: z.literal('refused'), incident: z.string(), refusal });

export const explanation = z.strictObject({
  pair: z.string(),
  incident: z.string().optional(),
  truth: z.string().optional(),
  waitingFor: z.string().optional(),
  verdict: verdict.optional(),
  next: next.optional(),
  outcome: z.string().optional().describe('Of a run that has ended.'),
  alerts: z.array(z.looseObject({ fingerprint: z.string(), answer: z.string() })),
  requests: z.array(z.looseObject({ id: z.string(), goal: z.string(), by: z.string(), reason: z.string(), at: time })),
  decisions: z.array(z.looseObject({ kind: z.string(), by: z.string(), how: z.string(), at: time })),
  findings: z.array(z.string()),
});

export const report = z.looseObject({ pair: z.string() }).describe('The report as a document for programs.');
