import { oneLine } from '../../domain/one-line';
import { exitCodes, type ExitCode } from './exit-codes';

/** Why a command could not do what it was asked for: one sentence, and the next step. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly next?: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}

export function usage(message: string, next?: string): Trouble {
  return new Trouble(exitCodes.usageOrConfig, message, next);
}

/** A sentence of the parser, in which what somebody typed stands between apostrophes, however long it is. */
export function shortened(sentence: string): string {
  return sentence.replace(/'([^]{60})[^]{60,}'/, "'$1...'");
}

/** gRPC's words for what went wrong on the way to Temporal. */
const grpc = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * Says any error of a command as a trouble. Errors are told by name, so that this loads nothing of Temporal.
 * What is not known here is a bug, and said to be one.
 */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  const options = { cause: error };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'ConfigProblems':
      return new Trouble(exitCodes.usageOrConfig, message, undefined, options);
    case 'NoWorkerAnswers':
      return new Trouble(exitCodes.noWorker, message, undefined, options);
    case 'NamespaceNotFoundError':
      return new Trouble(
        exitCodes.usageOrConfig,
        'Temporal has no such namespace.',
        'Set temporal.namespace in sitewarden.yaml, or create it: temporal operator namespace create.',
        options,
      );
    case 'TransportError':
      return unreachable(oneLine(message, 500), options);
  }
  return (
    temporalTrouble(error) ?? new Trouble(exitCodes.bug, `This is a bug: ${oneLine(message, 500)}`, bugNext, options)
  );
}

const bugNext = 'Run it again with SITEWARDEN_DEBUG=1 and report what it prints.';

function temporalTrouble(error: unknown): Trouble | undefined {
  const failure = grpcFailure(error);
  const said = oneLine(failure?.details ?? '', 500).trim();
  switch (failure?.code) {
    case grpc.unavailable:
    case grpc.deadlineExceeded:
    case grpc.unimplemented:
      return unreachable(said, { cause: error });
    case grpc.permissionDenied:
    case grpc.unauthenticated:
      return new Trouble(
        exitCodes.usageOrConfig,
        `Temporal refused our credentials${said && ` (${said})`}.`,
        'Look at the API key or certificate of your Temporal profile (temporal config list).',
        { cause: error },
      );
    case undefined:
    default:
      return undefined;
  }
}

/** @param said what the connection reported, if anything. gRPC and Temporal's core wrap the reason: it alone is of use. */
function unreachable(said: string, options: { cause: unknown }): Trouble {
  const wrapped = /Last error: (?:Error: )?(.*?)\.? ?(?:Resolution note|$)/.exec(said) ?? /message: "(.*?)"/.exec(said);
  const reason = wrapped?.[1] ?? said;
  const why = reason ? ` (${reason})` : '';
  const next =
    'Look at temporal.address in sitewarden.yaml and at TEMPORAL_ADDRESS, and whether the server runs. ' +
    'To fence without Temporal: sitewarden emergency --help.';
  return new Trouble(exitCodes.temporalUnreachable, `Temporal does not answer${why}.`, next, options);
}

/** The gRPC status of an error, however deep the SDK wrapped it. */
export function grpcFailure(error: unknown): { code: number; details?: string } | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, details } = cause as { code?: unknown; details?: unknown };
    if (typeof code === 'number') return { code, details: typeof details === 'string' ? details : undefined };
  }
  return undefined;
}
