import { AwsError } from '../aws-error';
import { isMembers, type Members } from '../members';
import type { Protocol, WireRequest } from './protocol';

const contentType = 'application/x-amz-json-1.1';

/** Smithy, "AWS JSON 1.1 protocol": `X-Amz-Target` is `<targetPrefix>.<operation>`, the body is the input. */
export function jsonProtocol(targetPrefix: string): Protocol {
  return {
    unknownOperation: 'UnknownOperationException',

    operationOf({ headers }) {
      const target = String(headers['x-amz-target'] ?? '');
      const dot = target.lastIndexOf('.');
      return dot >= 0 && target.slice(0, dot) === targetPrefix ? target.slice(dot + 1) : undefined;
    },

    inputOf,
    success: (_, output) => ({ status: 200, contentType, body: JSON.stringify(output) }),
    failure: jsonFailure,
  };
}

export function jsonFailure(error: AwsError) {
  const body = JSON.stringify({ __type: error.name, Message: error.message });
  return { status: error.httpStatus, contentType, body };
}

function inputOf({ body }: WireRequest): Members {
  try {
    const input: unknown = JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
    if (isMembers(input)) return input;
  } catch {
    // Refused below, like any other text that is no JSON object.
  }
  throw new AwsError('SerializationException', 400, 'The body is not a JSON object.');
}
