import { z } from 'zod';
import { refusalCodes } from '../../domain/refusals';
import { version } from '../cli/version';
import { rolesFor } from './access';
import { problems, problemSchema, type ProblemCode } from './problems';
import type { Route } from './route';

/** What every route may answer, whoever asks. */
const always: readonly ProblemCode[] = [
  'CredentialsWrong',
  'ClientCertificateMissing',
  'TooManyRequests',
  'TooManyFailures',
  'Unexpected',
  'OwnCredentialsUnreadable',
];

/** The description of the API (OpenAPI 3.1), made from the routes that are served and the schemas that they read by. */
export function openApi(all: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of all) (paths[one.path] ??= {})[one.method.toLowerCase()] = operation(one);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sitewarden',
      version: version(),
      description:
        'Carries a pair of sites through a split-brain and back. A write needs an Idempotency-Key: the same message with ' +
        'the same key is taken once. A refusal of the run is a problem with the status 409 and its code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
    },
  };
}

function operation(one: Route) {
  const { operationId, summary, doing, body, answer, alsoAs } = one;
  return {
    operationId,
    summary,
    ...(doing && { description: `Takes the role ${rolesFor(doing)} on the pair.` }),
    parameters: parametersOf(one),
    ...(body && {
      requestBody: {
        required: one.write === true,
        content: { 'application/json': { schema: jsonSchema(body, 'input') } },
      },
    }),
    responses: {
      200: {
        description: 'OK',
        headers: { 'X-Request-Id': { schema: { type: 'string' } } },
        content: {
          'application/json': { schema: jsonSchema(answer, 'output') },
          ...(alsoAs && { [alsoAs]: { schema: { type: 'string' } } }),
        },
      },
      ...problemResponses(one),
    },
  };
}

function parametersOf({ path, query, write }: Route) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const { properties = {}, required = [] } = query ? jsonSchema(query, 'input') : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }));
  const key = {
    ...{ name: 'Idempotency-Key', in: 'header', required: true },
    description: 'New for each new write, the same for a repeat. It is remembered per caller.',
    schema: { type: 'string', minLength: 8, maxLength: 128 },
  };
  return [...inPath, ...inQuery, ...(write ? [key] : [])];
}

function problemResponses({ path, doing, write, body, query, problems: own, refuses }: Route) {
  const codes = new Set<ProblemCode>([...always, ...own]);
  if (path.includes('{pair}')) codes.add('PairUnknown').add('NotPermitted');
  if (doing) codes.add('NotPermitted');
  if (body || query) codes.add('RequestMalformed');
  if (body) codes.add('BodyTooLarge').add('ContentTypeWrong');
  if (write) codes.add('IdempotencyKeyMissing');
  const saidOf = (status: number) =>
    [...codes].filter((code) => problems[code].status === status).map((code) => `${code}: ${problems[code].means}`);
  const statuses = [...new Set([...codes].map((code) => problems[code].status))];
  const responses: Record<number, object> = Object.fromEntries(
    statuses.map((status) => [status, problemResponse(saidOf(status))] as const),
  );
  if (!refuses) return responses;
  const refusals = Object.keys(refusalCodes).filter((code) => code !== 'KeyReused');
  return {
    ...responses,
    409: problemResponse([...saidOf(409), `Or the run refuses, with one of the codes ${refusals.join(', ')}.`]),
    422: problemResponse([`KeyReused: ${refusalCodes.KeyReused}`]),
  };
}

const problemResponse = (sentences: readonly string[]) => ({
  description: sentences.join(' '),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

type ObjectSchema = { properties?: Record<string, unknown>; required?: string[] };

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): ObjectSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
