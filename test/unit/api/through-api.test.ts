/** The command line's client of the API, against the server itself. */
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exitCodes } from '../../../client/cli/exit-codes';
import type { Trouble } from '../../../client/cli/trouble';
import { troubleOf } from '../../../client/cli/trouble';
import { NoWorkerAnswers } from '../../../client/no-worker-answers';
import type { PairReadiness } from '../../../client/pair-runs';
import { openApi, pairRunsThroughApi } from '../../../client/through-api';
import { refusal } from '../../../domain/refusals';
import type { Decision, GoalRequest } from '../../../domain/heard';
import { makeCertificates, type Certificates } from '../../../lab/certificates';
import { readServerCertificate } from '../../../runtime/server-certificate';
import { temporaryFolder } from '../../support/temporary-folder';
import { anApi, now, openStatus, readinessReport, result, tokens, type Name } from './an-api';

const pair = 'keycloak-prod';
const request: GoalRequest = {
  id: 'key-0001',
  goal: 'fence',
  site: 'site-b',
  by: 'me@laptop',
  reason: 'it loses writes',
};
const decision: Decision = {
  kind: 'approve',
  gate: 'fence',
  plan: '1234abcd',
  by: 'me@laptop',
  how: 'cli',
  reason: 'yes',
};

describe('pairs and runs through the API', () => {
  let folder: string;
  let ours: Certificates;
  let others: Certificates;
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    folder = temporaryFolder();
    ours = await makeCertificates(join(folder, 'ours'), ['api']);
    others = await makeCertificates(join(folder, 'others'), ['stranger']);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function served(by: Name = 'olga') {
    const file = ours.serverFile.api ?? '';
    const api = anApi({ certificate: await readServerCertificate({ certificate: file, key: file }) });
    await api.server.listen({ host: '127.0.0.1', port: 0 });
    closers.push(() => api.server.close());
    const url = `https://127.0.0.1:${(api.server.server.address() as AddressInfo).port}`;
    return { ...api, url, client: clientOf(url, tokens[by]) };
  }

  function clientOf(url: string, token: string, caFile = ours.caFile) {
    const client = pairRunsThroughApi({ url, ca: readFileSync(caFile, 'utf8'), token: () => Promise.resolve(token) });
    closers.push(() => client.close());
    return client;
  }

  const troubleIn = async (call: Promise<unknown>): Promise<Trouble> => {
    const error = await call.then(
      () => new Error('it succeeded'),
      (failure: unknown) => failure,
    );
    return troubleOf(error);
  };

  it('a request and a decision are taken in the name of the token, under the id that they were given', async () => {
    const { client, runs } = await served('olga');

    expect(await client.request(pair, request)).toMatchObject({ outcome: 'started' });
    expect(runs.requests).toEqual([{ pair, request: { ...request, id: 'api/olga/key-0001', by: 'olga' } }]);

    const approver = await served('anna');
    expect(await approver.client.decide(pair, decision, 'key-0002')).toMatchObject({ outcome: 'taken' });
    expect(approver.runs.decisions).toEqual([
      { pair, id: 'api/anna/key-0002', decision: { ...decision, by: 'anna', how: 'api', groups: ['dba'] } },
    ]);
  });

  it('a refusal is an answer, as it is without an API', async () => {
    const { client, runs } = await served('olga');
    const refused = { outcome: 'refused', incident: 'i', refusal: refusal('OppositeSiteFenced') } as const;
    runs.request = () => Promise.resolve(refused);

    expect(await client.request(pair, request)).toEqual(refused);
  });

  it('a status has dates in it, of an open run and of a closed one', async () => {
    const { client, runs } = await served();

    const open = await client.status(pair);
    runs.seen = { run: 'closed', runId: 'run-1', outcome: 'siteOnline', closedAt: new Date(now), result };
    const closed = await client.status(pair);

    expect(open).toMatchObject({ run: 'open', startedAt: new Date(now), status: { incident: openStatus.incident } });
    expect(closed).toMatchObject({ run: 'closed', closedAt: new Date(now), result });
  });

  it('lists runs, looks at a pair, and gives the result of a run', async () => {
    const { client, runs } = await served();

    expect(await client.runs({ pair, open: true, limit: 3 })).toMatchObject([{ pair, startedAt: new Date(2) }]);
    expect(runs.listed).toEqual([{ pair, open: true, limit: 3 }]);
    expect(await client.observe({ pair, fence: { site: 'site-b', by: 'me' } })).toMatchObject({
      verdict: { kind: 'healthy' },
    });
    await client.observe({ pair, drill: { cut: ['site-b'] } });
    expect(runs.looks).toEqual([
      { pair, fence: { site: 'site-b', by: 'olga' } },
      { pair, drill: { cut: ['site-b'] } },
    ]);
    expect(await client.result(pair, 'run-1')).toEqual(result);
  });

  it('has a pair looked through, and reads the report, with dates in what is beside it', async () => {
    const { client, runs } = await served();
    const known: PairReadiness = {
      ...{ report: readinessReport, assessment: 'run-1' },
      running: { assessment: 'run-3', startedAt: new Date(now), isTaken: true },
      failed: { assessment: 'run-0', at: new Date(now), how: 'timed out' },
      schedule: { isPaused: false, next: new Date(now) },
    };

    expect(await client.beginReadiness(pair)).toEqual({ assessment: 'run-3' });
    expect(runs.begun).toEqual([pair]);
    runs.known = known;
    expect(await client.readiness(pair)).toMatchObject(known);
    runs.known = { schedule: { isPaused: true } };
    expect(await client.readiness(pair)).toMatchObject({ schedule: { isPaused: true } });
    runs.known = {};
    expect(await client.readiness(pair)).not.toHaveProperty('schedule');
  });

  it('waits for the end of a run that is open', async () => {
    const { client, runs } = await served();
    const waiting = client.result(pair);
    runs.seen = { run: 'closed', runId: 'run-2', outcome: 'siteOnline', closedAt: new Date(now), result };

    expect(await waiting).toEqual(result);
  });

  it('no worker and no open run are the errors that they are without an API', async () => {
    const { client, runs } = await served('anna');
    runs.decide = () => Promise.reject(new NoWorkerAnswers(false));
    const nobody = await troubleIn(client.decide(pair, decision, 'key-0003'));
    runs.decide = () => Promise.reject(Object.assign(new Error('none'), { name: 'WorkflowNotFoundError' }));

    expect(nobody.exitCode).toBe(exitCodes.noWorker);
    await expect(client.decide(pair, decision, 'key-0004')).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  });

  it('a request that is recorded without a worker is said to be recorded', async () => {
    const { client, runs } = await served('olga');
    runs.request = () => Promise.reject(new NoWorkerAnswers(true));

    await expect(client.request(pair, request)).rejects.toMatchObject({ name: 'NoWorkerAnswers', recorded: true });
  });

  it.each<[string, (url: string) => ReturnType<typeof clientOf>, number, RegExp]>([
    ['a token that is not known', (url) => clientOf(url, 'wrong-canary-0123456789'), 2, /The token is not one/],
    [
      'a caller without the right',
      (url) => clientOf(url, tokens.vera),
      3,
      /vera may not ask anything of keycloak-prod/,
    ],
    ['a certificate of another CA', (url) => clientOf(url, tokens.olga, others.caFile), 5, /does not answer/],
    ['nobody at the address', () => clientOf('https://127.0.0.1:1', tokens.olga), 5, /ECONNREFUSED/],
  ])('%s is said in one sentence, and without the token', async (_what, clientAt, exitCode, says) => {
    const { url } = await served();

    const trouble = await troubleIn(clientAt(url).request(pair, request));

    expect(trouble.exitCode).toBe(exitCode);
    expect(trouble.message).toMatch(says);
    expect(`${trouble.message} ${trouble.next}`).not.toContain('canary');
  });

  it('an address where something else answers is said to be one', async () => {
    const other = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closers.push(() => other.close());
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

    const trouble = await troubleIn(clientOf(url, tokens.olga).status(pair));

    expect(trouble).toMatchObject({ exitCode: exitCodes.usageOrConfig });
    expect(trouble.message).toContain("is not Sitewarden's API");
  });

  it('is opened by the configuration, with the token and the CA of files', async () => {
    const { url } = await served('vera');
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, `${tokens.vera}\n`);
    const apiClient = { url, ca: `file:${ours.caFile}`, token: { secret: `file:${tokenFile}` }, allowPlaintext: false };

    const opened = openApi({ apiClient, aws: {} }, {});
    closers.push(() => opened.close());
    expect(await opened.status(pair)).toMatchObject({ run: 'open' });

    writeFileSync(tokenFile, 'two words');
    expect((await troubleIn(opened.status(pair))).message).toContain('is not one token');
    expect(() => openApi({ apiClient: { ...apiClient, ca: 'file:/nowhere.pem' }, aws: {} }, {})).toThrow(
      '/nowhere.pem',
    );
    expect(() => openApi({ aws: {} }, {})).toThrow('no section "apiClient"');
  });
});
