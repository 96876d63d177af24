/** The description of the API is valid, and every route answers what it says. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { problems } from '../../../client/api/problems';
import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import { refusal, refusalCodes } from '../../../domain/refusals';
import { temporaryFolder } from '../../support/temporary-folder';
import { anApi, now, readinessReport, result } from './an-api';

jest.mock('cookie', () => ({}));

interface Operation {
  operationId: string;
  requestBody?: { content: { 'application/json': { schema: object } } };
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Problem: object } };
}

type Api = ReturnType<typeof anApi>;
type Answer = Awaited<ReturnType<Api['call']>>;

const described = async ({ call }: Api): Promise<Description> =>
  (await call('GET', '/v1/openapi.json', { by: '' })).json as unknown as Description;

const pair = '/v1/pairs/keycloak-prod';
const fence = { goal: 'fence', site: 'site-b', reason: 'it loses writes' };
const approve = { kind: 'approve', gate: 'synchronize', plan: '1234abcd', reason: 'compared', discardAtMost: 10 };

/** By operation: requests that show its answers. */
const requests: Record<string, ((api: Api) => Promise<Answer>)[]> = {
  listPairs: [({ call }) => call('GET', '/v1/pairs')],
  readStatus: [
    ({ call }) => call('GET', `${pair}/status`),
    ({ call, runs }) => {
      runs.seen = { run: 'closed', runId: 'r', outcome: 'siteOnline', closedAt: new Date(now), result };
      return call('GET', `${pair}/status`);
    },
    ({ call, runs }) => {
      runs.seen = { run: 'none' };
      return call('GET', `${pair}/status`);
    },
    ({ call, runs }) => {
      runs.status = () => Promise.reject(new NoWorkerAnswers(false));
      return call('GET', `${pair}/status`);
    },
    ({ call }) => call('GET', `${pair}/status`, { by: '' }),
    ({ call }) => call('GET', `${pair}/status`, { by: 'nobody' }),
    ({ call }) => call('GET', '/v1/pairs/unknown/status'),
  ],
  explainPair: [
    ({ call }) => call('GET', `${pair}/explain`),
    ({ call, runs }) => {
      runs.seen = { run: 'none' };
      return call('GET', `${pair}/explain`);
    },
  ],
  readReport: [
    ({ call }) => call('GET', `${pair}/report`),
    ({ call }) => call('GET', `${pair}/report`, { headers: { accept: 'image/png' } }),
  ],
  listRuns: [({ call }) => call('GET', '/v1/runs'), ({ call }) => call('GET', '/v1/runs?unknown=1')],
  readResult: [({ call }) => call('GET', `${pair}/runs/run-1`), ({ call }) => call('GET', `${pair}/runs/run-2`)],
  observePair: [
    ({ call }) => call('POST', `${pair}/observe`),
    ({ call }) => call('POST', `${pair}/observe`, { payload: { fence: { site: 'nowhere' } } }),
    ({ call }) => call('POST', `${pair}/observe`, { payload: { drill: { cut: ['nowhere'] } } }),
    ({ call, runs }) => {
      runs.observe = () => Promise.reject(Object.assign(new Error('failed'), { name: 'WorkflowFailedError' }));
      return call('POST', `${pair}/observe`);
    },
  ],
  readReadiness: [
    ({ call }) => call('GET', `${pair}/readiness`),
    ({ call, runs }) => {
      runs.known = {
        ...{ report: readinessReport, assessment: 'run-1' },
        running: { assessment: 'run-2', startedAt: new Date(now), isTaken: true },
        failed: { assessment: 'run-0', at: new Date(now), how: 'timed out' },
        schedule: { isPaused: false, next: new Date(now) },
      };
      return call('GET', `${pair}/readiness`);
    },
  ],
  assessReadiness: [
    ({ call }) => call('POST', `${pair}/readiness`),
    ({ call }) => call('POST', `${pair}/readiness`, { payload: { fence: {} } }),
  ],
  requestGoal: [
    ({ call }) => call('POST', `${pair}/requests`, { payload: fence }),
    ({ call }) => call('POST', `${pair}/requests`, { payload: fence, headers: { 'idempotency-key': '' } }),
    ({ call }) => call('POST', `${pair}/requests`, { payload: { ...fence, reason: 'x'.repeat(70_000) } }),
    ({ call }) => call('POST', `${pair}/requests`, { payload: fence, headers: { 'content-type': 'text/plain' } }),
    ({ call, runs }) => {
      runs.request = () => Promise.resolve({ outcome: 'refused', incident: 'i', refusal: refusal('KeyReused') });
      return call('POST', `${pair}/requests`, { payload: fence });
    },
  ],
  decide: [
    ({ call }) => call('POST', `${pair}/decisions`, { by: 'anna', payload: approve }),
    ({ call, runs }) => {
      runs.decide = () => Promise.resolve({ outcome: 'refused', incident: 'i', refusal: refusal('AlreadyDecided') });
      return call('POST', `${pair}/decisions`, { by: 'anna', payload: approve });
    },
  ],
};

describe('the description of the API', () => {
  it('is valid OpenAPI 3.1, by a validator of others', async () => {
    const file = join(temporaryFolder(), 'openapi.json');
    writeFileSync(file, JSON.stringify(await described(anApi())));
    const validator = join(
      __dirname,
      '../../../node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js',
    );

    const said = execFileSync(process.execPath, [validator, file], { encoding: 'utf8', timeout: 60_000 });

    expect(JSON.parse(said)).toMatchObject({ valid: true });
  });

  it('needs no token, and is of version 3.1', async () => {
    expect((await described(anApi())).openapi).toBe('3.1.0');
  });

  it('names every operation once, and each has an example here', async () => {
    const { paths } = await described(anApi());
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));

    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(requests).sort());
  });
});

describe.each(Object.keys(requests))('%s', (operationId) => {
  it.each((requests[operationId] ?? []).map((ask, index) => [index + 1, ask] as const))(
    'answers what its description says (example %d)',
    async (_index, ask) => {
      const { paths, components } = await described(anApi());
      const operation = Object.values(paths)
        .flatMap((methods) => Object.values(methods))
        .find((one) => one.operationId === operationId);

      const { status, headers, json } = await ask(anApi());

      const form = String(headers['content-type']).split(';')[0] ?? '';
      const schema = operation?.responses[status]?.content[form]?.schema;
      expect(schema).toBeDefined();
      const isProblem = form === 'application/problem+json';
      const validate = new Ajv({ strict: false, validateFormats: false }).compile(
        isProblem ? components.schemas.Problem : (schema ?? false),
      );
      expect([validate(json), validate.errors]).toEqual([true, null]);
      if (isProblem) expect(json.status).toBe(status);
    },
  );
});

describe('docs/api.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/api.md'), 'utf8');

  it('explains every problem with its status, and no other', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| (.+?) +\|$/gm)].map(([, code, status, means]) => ({
      ...{ code, status: Number(status), means },
    }));
    const own = Object.entries(problems).map(([code, { status, means }]) => ({ code, status, means }));
    const reused = { code: 'KeyReused', status: 422, means: refusalCodes.KeyReused };

    expect(new Set(rows)).toEqual(new Set([...own, reused]));
  });

  it('lists every route, and no other', async () => {
    const { paths } = await described(anApi());
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const listed = [...page.matchAll(/^\| `(GET|POST) (\/v1[^`?]*)/gm)].map(([, method, path]) => `${method} ${path}`);

    expect(listed.sort()).toEqual(served.sort());
  });
});
