import type { FastifyReply } from 'fastify';
import { refusalCodes, type Refusal, type RefusalCode } from '../../domain/refusals';
import { nextAfter } from '../refusal-next';
import { answerProblem } from './problems';

/** A run's refusal on its way to the caller: an answer like any other, and no success. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly answer: object,
    readonly refusal: Refusal,
    readonly pair: string,
  ) {
    super(refusal.message);
  }
}

/** 409: the pair is not as the message takes it to be. 422 where the key stands for another message. */
export const refusalStatus = (code: RefusalCode): 409 | 422 => (code === 'KeyReused' ? 422 : 409);

export function answerRefused(reply: FastifyReply, { answer, refusal, pair }: Refused): FastifyReply {
  const { code, message } = refusal;
  const title = refusalCodes[code] ?? message;
  return answerProblem(reply, {
    status: refusalStatus(code),
    code,
    title,
    detail: message,
    next: nextAfter(code, pair),
    answer,
  });
}
