import { verdictOf } from '../../../domain/verdict';
import type { ObserveResult } from '../../../workflows/contract/inputs';
import { fine, observed, pair, type Seen } from '../../support/observations';
import { commandLine, FakeRuns } from './fake-runs';

const looksForAll: Partial<ObserveResult> = { findings: [], readiness: [] };

function looked(seen: Seen, more: Partial<ObserveResult> = {}): ReturnType<typeof commandLine> {
  const observation = observed(seen);
  const runs = new FakeRuns();
  runs.observe = () => Promise.resolve({ observation, verdict: verdictOf(pair, observation), ...looksForAll, ...more });
  return commandLine({ runs });
}

const notReady = { what: 'the backup is ASYNC', consequence: 'writes are lost', fix: 'set strategy="SYNC"' };
const partition: Seen = { a: { ...fine, sees: false }, b: { ...fine, sees: false } };

describe('command line: observe --check', () => {
  it('ends with 0 of a healthy pair where nothing is found', async () => {
    expect((await looked({}).run('observe', 'keycloak-prod', '--check')).exitCode).toBe(0);
  });

  it.each<[string, Seen, Partial<ObserveResult>]>([
    ['of a pair that is not healthy', partition, {}],
    ['where something is not ready', {}, { readiness: [notReady] }],
    ['where the tag of a load balancer is wrong', {}, { findings: ['the load balancer of site-a has no tag'] }],
  ])('ends with 3 %s; without it, with 0; and prints the same', async (_, seen, more) => {
    const checked = await looked(seen, more).run('observe', 'keycloak-prod', '--check');
    const seenOnly = await looked(seen, more).run('observe', 'keycloak-prod');

    expect([checked.exitCode, seenOnly.exitCode]).toEqual([3, 0]);
    expect(checked.stdout).toBe(seenOnly.stdout);
  });

  it('ends with 3 where an older worker looks for nothing: what is not looked for is not known', async () => {
    const checked = await looked({}, { readiness: undefined }).run('observe', 'keycloak-prod', '--check');

    expect(checked.exitCode).toBe(3);
    expect(checked.stdout).toContain('older version');
  });
});
