/**
 * Whether what arrived has the shape that a handler needs. Written out by hand: the workflow sandbox should hold no
 * validation library, and these run again on every replay.
 */
import type { AlertMessage } from '../domain/alert';
import type { Evidence } from '../domain/evidence';
import type { RunState } from '../domain/state';
import type { Decision, DecisionKind, Goal, GoalRequest } from '../domain/heard';
import type { SitePairRunInput } from './contract/inputs';
import type { TypedDecision } from './contract/messages';

const goals: readonly Goal[] = ['protect', 'fence', 'synchronize', 'siteOnline', 'siteOffline', 'pause'];
const decisions: readonly DecisionKind[] = ['approve', 'reject', 'hold', 'release', 'retry', 'confirm', 'abort'];
const ways: readonly Decision['how'][] = ['api', 'cli', 'temporal-ui'];
const longestText = 1_000;
const mostGroups = 100;

export function isAlertMessage(value: unknown): value is AlertMessage {
  return (
    isObject(value) &&
    areTexts(value, ['fingerprint', 'alertname', 'site', 'reporter', 'startsAt']) &&
    (value.status === 'firing' || value.status === 'resolved')
  );
}

export function isGoalRequest(value: unknown): value is GoalRequest {
  return (
    isObject(value) &&
    areTexts(value, ['id', 'by', 'reason']) &&
    goals.includes(value.goal as Goal) &&
    (value.site === undefined || isText(value.site)) &&
    (value.forSeconds === undefined || Number.isInteger(value.forSeconds))
  );
}

/** What a run was started with; by hand, in the Temporal UI, it may be anything. */
export function isRunInput(value: unknown): value is SitePairRunInput {
  return isObject(value) && isText(value.pair) && goals.includes(value.goal as Goal);
}

/** What a run was handed by its own former history; typed by hand it may be anything, and then the run begins anew. */
export function isRunState(value: unknown): value is RunState {
  if (!isObject(value) || !areTexts(value, ['pair', 'incident']) || !goals.includes(value.goal as Goal)) return false;
  const { heard, known, commands, startedAt } = value;
  return (
    isObject(heard) &&
    isObject(known) &&
    isObject(commands) &&
    [startedAt, known.epoch, commands.round].every(Number.isFinite) &&
    isText(known.phase) &&
    [heard.alerts, known.groups, known.refusedRequests, commands.acceptedAt, commands.failures].every(isObject) &&
    [heard.requests, heard.decisions, heard.oddities].every(Array.isArray) &&
    [known.findings, known.timeline, known.reRemovals, known.detachedCaches].every(Array.isArray)
  );
}

/** It is shown and decides nothing, but what is not of this shape could not be shown. */
export function isWeighed(value: unknown): value is Evidence {
  if (!isObject(value) || !isText(value.conclusion) || !Array.isArray(value.testimonies)) return false;
  return value.testimonies.every((one) => isObject(one) && areTexts(one, ['by', 'says']));
}

export function isDecision(value: unknown): value is Decision {
  return (
    isObject(value) &&
    areTexts(value, ['by']) &&
    decisions.includes(value.kind as DecisionKind) &&
    ways.includes(value.how as Decision['how']) &&
    areOptionalTexts(value, ['id', 'gate', 'plan', 'site', 'reason']) &&
    isOptionalCount(value.discardAtMost) &&
    (value.groups === undefined || areGroups(value.groups))
  );
}

/** What somebody typed into the Temporal UI; an empty input is a decision without details. */
export function isTypedDecision(value: unknown): value is TypedDecision {
  return (
    isObject(value) &&
    !('undecodable' in value) &&
    areOptionalTexts(value, ['gate', 'plan', 'site', 'by', 'reason']) &&
    isOptionalCount(value.discardAtMost)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText;
}

function isOptionalCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
}

function areGroups(value: unknown): boolean {
  return Array.isArray(value) && value.length <= mostGroups && value.every(isText);
}

function areTexts(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => isText(value[name]));
}

function areOptionalTexts(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => value[name] === undefined || isText(value[name]));
}
