import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Behaviour } from './behaviour';
import { AwsError } from './aws-error';
import { pause, type Clock } from './clock';
import { errorOf, type Faults, type FaultSpec } from './faults';
import { targetOf, type Journal } from './journal';
import type { Service } from './service';
import { jsonFailure } from './protocols/json';
import type { Reply, WireRequest } from './protocols/protocol';
import { checkSignature } from './signature';
import { addresseeOf, readRequest, unknownOperation, writeReply, type Call } from './wire';

export interface CallContext {
  services: readonly Service[];
  behaviour: Behaviour;
  clock: Clock;
  faults: Faults;
  journal: Journal;
  /** Secrets by access key id; undefined lets every key in. */
  accessKeys: Readonly<Record<string, string>> | undefined;
  /** Connections that no call has come over yet. */
  newConnections: WeakSet<Socket>;
}

/** What became of a call, and what its caller is told. */
interface Result {
  outcome: string;
  reply: Reply | 'reset';
  applied: boolean;
}

/**
 * Answers one HTTP request: half the latency, effect, journal, half the latency, reply.
 * A caller that hangs up meanwhile changes nothing: its request was received, so it takes effect, as it would at AWS.
 */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  context: CallContext,
): Promise<void> {
  const { behaviour, clock, faults, journal } = context;
  const arrivedAt = clock.now();
  if (context.newConnections.delete(request.socket)) await pause(clock, behaviour.connectionMs);
  const received = await readRequest(request).catch(() => undefined);
  if (received === undefined) {
    response.destroy(); // The caller hung up before its request was whole.
    return;
  }
  const call = callIn(received, context);
  if ('refusal' in call) {
    const userAgent = request.headers['user-agent'] ?? '';
    journal.record({ arrivedAt, at: clock.now(), userAgent, ...refusedEntryOf(call) });
    writeReply(response, dated((call.service?.protocol.failure ?? jsonFailure)(call.refusal), behaviour));
    return;
  }
  const fault = faults.take(call);
  const held = { operation: call.operation, userAgent: call.userAgent, target: targetOf(call.input) };
  const latencyMs = behaviour.latencyMsByOperation[call.operation] ?? behaviour.latencyMs;
  const halfLatencyMs = (latencyMs + (fault?.spec.kind === 'delay' ? fault.spec.ms : 0)) / 2;

  await pause(clock, halfLatencyMs);
  if (fault?.spec.kind === 'holdBeforeApplying') await fault.holdBack(held);
  const result = applyCall(call, fault?.spec);
  const entry = journal.record({
    arrivedAt,
    ...entryOf(call, result, clock),
    ...(fault && { fault: fault.spec.kind }),
  });
  const hungUp = () => journal.amend(entry, { clientGoneAt: clock.now() });
  if (response.destroyed) hungUp();
  else response.once('close', hungUp);
  await pause(clock, halfLatencyMs);
  if (fault?.spec.kind === 'hold') await fault.holdBack(held);

  if (response.destroyed) return;
  response.off('close', hungUp);
  journal.amend(entry, { answeredAt: clock.now() });
  if (result.reply === 'reset') request.socket.resetAndDestroy();
  else writeReply(response, dated(result.reply, behaviour));
}

/** A call by somebody else than the product, straight into the service: no latency, no fault, but in the journal. */
export function callInProcess(call: Call, { clock, journal }: CallContext): object {
  const arrivedAt = clock.now();
  const result = resultOf(call);
  journal.record({ arrivedAt, ...entryOf(call, result, clock) });
  if (result.error !== undefined) throw result.error;
  return result.output;
}

function entryOf(call: Call, { outcome, reply, applied }: Result, clock: Clock) {
  const { service, operation, input, userAgent } = call;
  const endpoints = service.endpointsAfter?.(input);
  return {
    at: clock.now(),
    service: service.name,
    operation,
    target: targetOf(input),
    userAgent,
    outcome,
    ...(reply === 'reset' ? {} : { httpStatus: reply.status }),
    applied,
    ...(endpoints && { endpoints }),
  };
}

/** A request that becomes no call: what it named, and how it is told so. */
interface Refused {
  refusal: AwsError;
  operation: string;
  /** Undefined where it named none that is here. */
  service: Service | undefined;
}

function refusedEntryOf({ refusal, operation, service }: Refused) {
  const { name, httpStatus } = refusal;
  return { service: service?.name ?? 'none', operation, target: {}, outcome: name, httpStatus, applied: false };
}

function callIn(request: WireRequest, { services, behaviour, accessKeys }: CallContext): Call | Refused {
  const addressee = addresseeOf(request, services);
  if (addressee === undefined) {
    const operation = String(request.headers['x-amz-target']);
    const refusal = new AwsError('UnknownOperationException', 400, `No service here has ${operation}.`);
    return { refusal, operation, service: undefined };
  }
  const { service, operation } = addressee;
  try {
    if (!Object.hasOwn(service.operations, operation)) throw unknownOperation(addressee);
    const scope = checkSignature(service, request, { now: awsTime(behaviour), accessKeys });
    const userAgent = request.headers['user-agent'] ?? '';
    return { service, operation, input: service.protocol.inputOf(request), scope, userAgent };
  } catch (thrown) {
    return { refusal: thrown instanceof AwsError ? thrown : bugReport(thrown), operation, service };
  }
}

/** The time of day as AWS has it: of this machine, whatever clock drives deployments, for callers sign by theirs. */
const awsTime = ({ clockAheadMs }: Behaviour) => Date.now() + clockAheadMs;

/** SDKs correct their own clock by this header. */
function dated(reply: Reply, behaviour: Behaviour): Reply {
  return { ...reply, headers: { Date: new Date(awsTime(behaviour)).toUTCString(), ...reply.headers } };
}

function applyCall(call: Call, fault: FaultSpec | undefined): Result {
  const injected = errorOf(fault, call.service);
  if (injected !== undefined) {
    const reply = { ...call.service.protocol.failure(injected), headers: retryHeaders(fault) };
    return { outcome: injected.name, reply, applied: false };
  }
  if (fault?.kind === 'resetBeforeApplying') return { outcome: 'ConnectionReset', reply: 'reset', applied: false };
  if (fault?.kind === 'unavailable') return { outcome: 'ServiceUnavailable', reply: unavailable, applied: false };
  const result = resultOf(call);
  return fault?.kind === 'resetAfterApplying' ? { ...result, outcome: 'ConnectionReset', reply: 'reset' } : result;
}

function resultOf({ service, operation, input, scope }: Call) {
  const { protocol } = service;
  try {
    const output = service.operations[operation]?.(input, scope) ?? {};
    return { outcome: 'ok', reply: protocol.success(operation, output), applied: true, output, error: undefined };
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : bugReport(thrown);
    return { outcome: error.name, reply: protocol.failure(error), applied: false, output: {}, error };
  }
}

const bugReport = (thrown: unknown) =>
  new AwsError('StandInBug', 500, thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));

const unavailable: Reply = {
  status: 503,
  contentType: 'text/html',
  body: '<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>',
};

function retryHeaders(fault: FaultSpec | undefined): Record<string, string> {
  if (fault?.kind !== 'throttle' || fault.retryAfterMs === undefined) return {};
  return {
    'Retry-After': String(Math.ceil(fault.retryAfterMs / 1_000)),
    'x-amz-retry-after': String(fault.retryAfterMs),
  };
}
