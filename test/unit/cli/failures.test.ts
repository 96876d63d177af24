import type { SearchAttributeRegistry } from '../../../client/cli/search-attribute-registry';
import { troubleOf } from '../../../client/cli/trouble';
import { searchAttributeNames } from '../../../workflows/contract/search-attributes';
import { commandLine, FakeRuns } from './fake-runs';

const grpcError = (code: number, details: string): Error => Object.assign(new Error(details), { code, details });

function failing(error: Error): FakeRuns {
  const runs = new FakeRuns();
  runs.status = () => Promise.reject(new Error('wrapped', { cause: error }));
  runs.observe = () => Promise.reject(error);
  return runs;
}

describe('command line: failures', () => {
  it.each([
    ['unreachable', 14, 5, 'Temporal does not answer (connect ECONNREFUSED 127.0.0.1:7233).'],
    ['too slow', 4, 5, 'Temporal does not answer'],
    ['refuses our key', 16, 2, 'Temporal refused our credentials'],
    ['denies', 7, 2, 'Temporal refused our credentials'],
  ])('Temporal is or does: %s', async (_, code, exitCode, said) => {
    const details =
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:7233. Resolution note: ';

    const ran = await commandLine({ runs: failing(grpcError(code, details)) }).run('status');

    expect(ran).toMatchObject({ exitCode, stdout: '' });
    expect(ran.stderr).toContain(said);
  });

  it("says what Temporal's core wraps, when a worker finds no server", () => {
    const message = 'tonic::transport::Error(Transport, Os { code: 111, message: "Connection refused" })';

    const trouble = troubleOf(Object.assign(new Error(message), { name: 'TransportError' }));

    expect(trouble).toMatchObject({ exitCode: 5, message: 'Temporal does not answer (Connection refused).' });
  });

  it('says a missing namespace', () => {
    const error = Object.assign(new Error('no such namespace'), { name: 'NamespaceNotFoundError' });

    expect(troubleOf(error)).toMatchObject({ exitCode: 2, message: 'Temporal has no such namespace.' });
  });

  it("says that the worker's configuration is another one", async () => {
    const cause = Object.assign(new Error('no such pair'), { type: 'PairUnknown' });
    const error = Object.assign(new Error('failed', { cause }), { name: 'WorkflowFailedError' });

    const ran = await commandLine({ runs: failing(error) }).run('observe', 'keycloak-prod');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`The worker's configuration has no pair "keycloak-prod".`);
  });

  it('a bug exits 1, with a stack only under SITEWARDEN_DEBUG', async () => {
    const runs = () => failing(new TypeError('this cannot be'));

    const ran = await commandLine({ runs: runs() }).run('observe', 'keycloak-prod');
    const deep = await commandLine({ runs: runs() }, { surroundings: { env: { SITEWARDEN_DEBUG: '1' } } }).run(
      'observe',
      'keycloak-prod',
    );

    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('This is a bug: this cannot be');
    expect(ran.stderr).not.toContain('    at ');
    expect(deep.stderr).toContain('    at ');
  });

  it('the connection is closed, whatever happened', async () => {
    const close = jest.fn(() => Promise.resolve());

    await commandLine({ runs: failing(new Error('no')), close }).run('status');

    expect(close).toHaveBeenCalledTimes(1);
  });

  it('a process that cannot start says why and exits 2', async () => {
    const runWorker = () => Promise.reject(new Error('listen EADDRINUSE: address already in use 127.0.0.1:9090'));

    const ran = await commandLine({}, { surroundings: { runWorker } }).run('worker');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('address already in use 127.0.0.1:9090');
  });

  it.each([
    [['worker'], true],
    [['worker', '--no-restore'], false],
  ])('%j: may restore: %s', async (args, mayRestore) => {
    const runWorker = jest.fn(() => Promise.resolve());

    const ran = await commandLine({}, { surroundings: { runWorker } }).run(...args);

    expect(ran.exitCode).toBe(0);
    expect(runWorker).toHaveBeenCalledWith(expect.objectContaining({ mayRestore }));
  });
});

describe('command line: setup', () => {
  const withRegistry = (registry: Partial<SearchAttributeRegistry>) =>
    commandLine({
      searchAttributes: {
        registered: () => Promise.resolve({}),
        addKeywords: () => Promise.resolve(),
        ...registry,
      },
    }).run('setup');

  it('registers only what is missing, and reads it back', async () => {
    const known: Record<string, string> = { SitewardenPair: 'Keyword', Elsewhere: 'Int' };
    const added: string[] = [];

    const ran = await withRegistry({
      registered: () => Promise.resolve({ ...known }),
      addKeywords: (names) => Promise.resolve(names.forEach((name) => (added.push(name), (known[name] = 'Keyword')))),
    });

    expect(ran.exitCode).toBe(0);
    expect(added).toEqual(searchAttributeNames.filter((name) => name !== 'SitewardenPair'));
    expect(ran.stdout).toContain('Already registered in namespace default: SitewardenPair.');
  });

  it('refused by the server: exits 3, and names what to ask for', async () => {
    const denied = await withRegistry({ addKeywords: () => Promise.reject(grpcError(7, 'Request unauthorized.')) });

    expect(denied.exitCode).toBe(3);
    expect(denied.stderr).toContain('does not let us register search attributes (Request unauthorized.)');
    expect(denied.stderr).toContain(searchAttributeNames.join(', '));
  });

  it('a name that exists with another type: exits 3', async () => {
    const ran = await withRegistry({ registered: () => Promise.resolve({ SitewardenPhase: 'Text' }) });

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('SitewardenPhase exists with type Text; it has to be Keyword.');
  });

  it('accepted, but not listed: exits 4', async () => {
    expect(await withRegistry({})).toMatchObject({ exitCode: 4 });
  });
});
