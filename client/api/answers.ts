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

const evidence = z
  .looseObject({
    testimonies: z.array(
      z.looseObject({ by: z.string(), votes: z.int(), heard: z.boolean(), says: z.string(), at: time }),
    ),
    conclusion: z.string().describe('Why the verdict follows, in one sentence.'),
  })
  .describe('Of a pair with observers: who saw what, when, and how much it counts.');

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

const finding = z.strictObject({ what: z.string(), consequence: z.string(), fix: z.string() });

export const seen = z.looseObject({
  verdict,
  observation: z.looseObject({ at: time }),
  readiness: z.array(finding).optional().describe('What would make an incident worse than it has to be.'),
  devices: z.record(z.string(), z.looseObject({})).optional().describe('What the fence devices say.'),
  evidence: evidence.optional(),
  plan: z.looseObject({}).optional().describe('What a fence would do.'),
  drill: z
    .looseObject({})
    .optional()
    .describe('What would be done if it were cut so. Absent while the pair is not healthy: a drill is for peace time.'),
});

export const begunReadiness = z.strictObject({
  assessment: z.string().describe('What reading the readiness tells beside its report.'),
});

const readinessReport = z.looseObject({
  pair: z.string(),
  at: time,
  verdict: z.enum(['ready', 'notReady']).describe('What could not be read is a finding: it is never `ready`.'),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      findings: z.array(finding),
      notLookedAt: z.string().optional().describe('Why there was nothing to look at.'),
    }),
  ),
});

export const readiness = z.strictObject({
  pair: z.string(),
  report: readinessReport.optional().describe('The newest; absent until there is one.'),
  assessment: z.string().optional().describe('Which made the report.'),
  ageSeconds: z.int().optional().describe('Of the report.'),
  running: z
    .strictObject({
      assessment: z.string(),
      startedAt: instant,
      isTaken: z.boolean().describe('Whether any worker took it.'),
    })
    .optional(),
  failed: z
    .strictObject({ assessment: z.string(), at: instant, how: z.string() })
    .optional()
    .describe('The newest that is over, where it made no report.'),
  schedule: z
    .strictObject({ isPaused: z.boolean(), next: instant.optional() })
    .optional()
    .describe('Absent until a worker has made it.'),
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
  evidence: evidence.optional(),
  outcome: z.string().optional().describe('Of a run that has ended.'),
  alerts: z.array(z.looseObject({ fingerprint: z.string(), answer: z.string() })),
  requests: z.array(z.looseObject({ id: z.string(), goal: z.string(), by: z.string(), reason: z.string(), at: time })),
  decisions: z.array(z.looseObject({ kind: z.string(), by: z.string(), how: z.string(), at: time })),
  findings: z.array(z.string()),
});

export const report = z.looseObject({ pair: z.string() }).describe('The report as a document for programs.');
