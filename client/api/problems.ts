import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { HttpTrouble } from '../../runtime/http-server';

/** Every problem that the API itself has with a request, with its status; a run's refusals are beside them, as 409. */
export const problems = {
  RequestMalformed: { status: 400, means: 'The path, query or body is not as described.' },
  IdempotencyKeyMissing: { status: 400, means: 'A write came without a usable Idempotency-Key.' },
  CredentialsWrong: { status: 401, means: 'The token is missing or wrong.' },
  ClientCertificateMissing: { status: 403, means: 'There is no client certificate of the client CA.' },
  NotPermitted: { status: 403, means: 'The caller has no role that allows this for the pair.' },
  NothingHere: { status: 404, means: 'There is nothing at this path.' },
  PairUnknown: { status: 404, means: 'The configuration has no such pair.' },
  NoRun: { status: 404, means: 'The pair has had no run, so there is nothing to tell.' },
  NotAcceptable: { status: 406, means: 'The document has no such form.' },
  NotEnded: { status: 409, means: 'The run has not ended, so it has no result yet.' },
  SiteNotOfPair: { status: 400, means: 'The pair has no such site.' },
  NotCuttable: { status: 400, means: 'The pair has no such place, or the cut is not written as cuts are.' },
  NoOpenRun: { status: 409, means: 'The pair has no open run, so nothing takes a decision.' },
  NotTaken: { status: 409, means: 'The run takes no more messages, or could not understand this one.' },
  BodyTooLarge: { status: 413, means: 'The body is larger than 64 KiB.' },
  ContentTypeWrong: { status: 415, means: 'The body is not sent as application/json.' },
  TooManyRequests: { status: 429, means: 'The caller has sent more than its limit in a minute.' },
  TooManyFailures: { status: 429, means: 'Too many requests of this address did not show who sends them.' },
  Unexpected: { status: 500, means: 'Something went wrong on our side: a bug.' },
  LookFailed: { status: 502, means: 'A worker could not look at the pair.' },
  NoWorkerAnswers: { status: 503, means: 'No worker answered in time.' },
  TemporalUnreachable: { status: 503, means: 'Temporal did not answer, or refused.' },
  ArchiveUnreadable: { status: 503, means: 'The archive of reports cannot be read.' },
  OwnCredentialsUnreadable: { status: 503, means: 'The secret with the tokens cannot be read.' },
} as const;

export type ProblemCode = keyof typeof problems;

/** RFC 9457, with our code, the next step, and what a run has answered. */
export const problemSchema = z.looseObject({
  type: z.string().describe('urn:sitewarden:problem:<code>'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('One of the codes of this description, or of a refusal (docs/errors.md).'),
  detail: z.string().describe('One sentence on what is wrong.'),
  next: z.string().optional().describe('One sentence on what to do.'),
  requestId: z.string().describe('As in X-Request-Id and in the log.'),
  recorded: z
    .boolean()
    .optional()
    .describe('NoWorkerAnswers: whether the request is kept for the next worker for certain.'),
  answer: z.unknown().optional().describe("A refusal: the run's whole answer."),
});

/** Thrown by whatever answers a request; becomes its answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly next?: string,
    readonly more: { recorded?: boolean; headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
  }
}

export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  next?: string;
  recorded?: boolean;
  answer?: unknown;
}

export function answerProblem(reply: FastifyReply, { status, code, title, ...said }: Problem): FastifyReply {
  const type = `urn:sitewarden:problem:${code}`;
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type, title, status, code, ...said, requestId: reply.request.id });
}

/** What is told to come back later says when. */
const retryAfterSeconds = 5;

export function answerApiProblem(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  const { code, detail, next, more } = problem;
  const { status, means: title } = problems[code];
  if (status === 503) void reply.header('retry-after', retryAfterSeconds);
  void reply.headers(more.headers ?? {});
  return answerProblem(reply, { status, code, title, detail, next, recorded: more.recorded });
}

/** A trouble of the server's framework as a problem. */
export function answerTrouble(reply: FastifyReply, status: number, { error, next }: HttpTrouble): FastifyReply {
  const code = byStatus[status] ?? (status < 500 ? 'RequestMalformed' : 'Unexpected');
  return answerProblem(reply, { status, code, title: problems[code].means, detail: error, next });
}

const byStatus: Readonly<Record<number, ProblemCode>> = {
  404: 'NothingHere',
  413: 'BodyTooLarge',
  415: 'ContentTypeWrong',
};
