import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AlertMessage } from '../../domain/alert';
import type { Refusal } from '../../domain/refusals';
import type { RequestAnswer } from '../../domain/requests';
import type { Decision, GoalRequest } from '../../domain/heard';
import type { RunStatus } from './inputs';

/** What a handler is given: the message, or the mark of bytes that could not be decoded. */
export type Received<T> = T | Undecodable | undefined;

/** Stands where a payload could not be decoded, so that bad bytes never park the run that protects the service. */
export interface Undecodable {
  undecodable: true;
}

export interface DecisionAnswer {
  outcome: 'taken' | 'refused';
  incident: string;
  refusal?: Refusal;
}

/** A decision as typed into the Temporal UI, which does not tell who typed it. */
export interface TypedDecision {
  gate?: string;
  plan?: string;
  site?: string;
  by?: string;
  reason?: string;
  /** At the gate `synchronize`: the approval is void if more than so many entries would be discarded. */
  discardAtMost?: number;
}

/** A signal: durable at once, also with no worker up. Sent with start when firing, without when resolved. */
export const alertSignal = defineSignal<[Received<AlertMessage>]>('alert');
/** For the Temporal UI. Everybody else decides by update, and is answered. */
export const approveSignal = defineSignal<[Received<TypedDecision>]>('approve');
export const rejectSignal = defineSignal<[Received<TypedDecision>]>('reject');

/** An update, because the caller needs the answer: started, joined, or refused and why. */
export const requestUpdate = defineUpdate<RequestAnswer, [GoalRequest]>('request');
export const decideUpdate = defineUpdate<DecisionAnswer, [Decision]>('decide');

export const statusQuery = defineQuery<RunStatus>('status');
