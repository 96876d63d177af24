import { randomUUID } from 'node:crypto';
import type { Members } from '../members';
import type { Protocol } from './protocol';
import { element, escaped } from './xml';

/**
 * Smithy, "AWS query protocol": the body is a form with `Action` and `Version`, members by their path
 * (`ResourceArns.member.1=...`), the answer is XML.
 * @param version the service's API version, by which its calls are told from those of others.
 */
export function queryProtocol({ version, namespace }: { version: string; namespace: string }): Protocol {
  const document = (root: string, content: string) => `<${root} xmlns="${namespace}">${content}</${root}>`;
  const contentType = 'text/xml';
  return {
    unknownOperation: 'InvalidAction',

    operationOf({ body }) {
      const form = new URLSearchParams(body.toString('utf8'));
      return form.get('Version') === version ? (form.get('Action') ?? '') : undefined;
    },

    inputOf: ({ body }) => membersIn(new URLSearchParams(body.toString('utf8'))),

    success(operation, output) {
      const result = element(`${operation}Result`, xmlOf(output));
      const metadata = element('ResponseMetadata', element('RequestId', randomUUID()));
      return { status: 200, contentType, body: document(`${operation}Response`, result + metadata) };
    },

    failure({ name, message, httpStatus }) {
      const fault = element('Type', httpStatus < 500 ? 'Sender' : 'Receiver');
      const error = element('Error', fault + element('Code', name) + element('Message', escaped(message)));
      const body = document('ErrorResponse', error + element('RequestId', randomUUID()));
      return { status: httpStatus, contentType, body };
    },
  };
}

/** Every value is a text; a path that ends in `member.<n>` is the n-th of a list. An empty list is its bare name. */
function membersIn(form: URLSearchParams): Members {
  const members: Record<string, unknown> = {};
  for (const [path, value] of form) {
    const [name = '', member, position] = path.split('.');
    if (member !== 'member') members[name] = value;
    else {
      const list = Array.isArray(members[name]) ? (members[name] as unknown[]) : [];
      list[Number(position) - 1] = value;
      members[name] = list;
    }
  }
  return members;
}

function xmlOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => element('member', xmlOf(item))).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => element(name, xmlOf(member)))
    .join('');
}
