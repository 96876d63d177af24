/**
 * The whole incident on real parts, from the cut to two serving sites that hold the same: the shipped worker, webhook and
 * command line, two Infinispan sites, the alerting and Temporal; AWS is the stand-in. One lab serves all incidents. Each ends
 * by an approval that came another way.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { differences, entriesOn, loadEntries } from '../../lab/entries';
import { labCaches } from '../../lab/infinispan';
import { labSites } from '../../lab/sites';
import { labPair } from '../../lab/sitewarden-config';
import { signalAsTheUiDoes } from '../../lab/temporal-ui';
import { readTools } from '../../lab/tools';
import { isSoak } from '../support/chosen';
import { IncidentLab } from '../support/incident-lab';
import { PeakMemory } from '../support/peak-memory';
import { WayBack, type Asked } from '../support/way-back';

const entriesPerCache = isSoak ? 100_000 : 5_000;
/** More than the worker's own comings and goings, and less than what it reads of 100,000 entries per cache, if that were held. */
const growsAtMost = 150_000_000;
if (isSoak) jest.setTimeout(900_000);

describe('a split and the way back, on real parts', () => {
  let day: IncidentLab;
  let wayBack: WayBack;
  beforeAll(async () => {
    const tuning = { pushChunkSize: 512, heapMegabytes: isSoak ? 1_500 : 512 };
    day = await IncidentLab.start({ infinispan: tuning, policy: { soakSeconds: 2 } });
    wayBack = new WayBack(day);
    await Promise.all([day.lab.worker.start(), day.lab.webhook.start(), day.lab.api.start()]);
  });
  afterAll(() => day?.close());

  const work = (site: 'site-a' | 'site-b') => day.lab.infinispan.sites[site].rest;

  /** The link is cut and healed, and site-b waits to be brought back with what it got meanwhile. */
  async function splitAndHeal(
    write: { onSurvivor?: () => Promise<void>; onStaleSite?: () => Promise<void> } = {},
  ): Promise<Asked> {
    await day.lab.link.cut();
    await write.onStaleSite?.();
    await day.untilFenced();
    await write.onSurvivor?.();
    await day.lab.link.heal();
    return wayBack.untilAsked('synchronize');
  }

  /** Both sites serve, attached both ways, with the same entries. */
  async function expectWhole(): Promise<void> {
    expect(await differences(day.lab.infinispan)).toEqual([]);
    expect(day.endpointSites()).toEqual([...labSites]);
    expect([...(await wayBack.backups('site-a')), ...(await wayBack.backups('site-b'))]).toEqual(
      [...labCaches, ...labCaches].map(() => 'online'),
    );
    expect(day.lab.applications['site-b'].isRunning).toBe(true);
  }

  it('the whole incident, approved by the command line and through the API: nothing of the kept site is lost, nothing of the stale one stays, every key and value is equal', async () => {
    const memory = await PeakMemory.of(day.config().worker.health.listen);
    await work('site-a').put('work', 'shared', 'before');
    const question = await splitAndHeal({
      onSurvivor: async () => {
        await loadEntries(work('site-a'), { perCache: entriesPerCache });
        await work('site-a').put('work', 'shared', 'of the survivor');
      },
      onStaleSite: async () => {
        await work('site-b').putHere('work', 'shared', 'of the stale site');
        await work('site-b').putHere('loginFailures', 'only on the stale site', 'value');
      },
    });
    const before = await entriesOn(day.lab.infinispan);
    const applicationWhileStale = day.lab.applications['site-b'].isRunning;

    await wayBack.approveByCli(question);
    const admission = await wayBack.untilAsked('siteOnline');
    const endpointsBeforeAdmission = day.endpointSites();
    await wayBack.approveByCli(admission, 'alice');
    const result = await wayBack.untilEnded();
    const { before: heldBefore, most: heldAtMost } = await memory.end();

    expect(question.discards).toBe(2);
    expect(applicationWhileStale).toBe(false);
    expect(before['site-a']).toBeGreaterThan(labCaches.length * entriesPerCache);
    expect(endpointsBeforeAdmission).toEqual(['site-a']);
    expect(result.outcome).toBe('siteOnline');
    expect(heldAtMost - heldBefore).toBeLessThan(growsAtMost);
    await expectWhole();
    expect((await entriesOn(day.lab.infinispan))['site-b']).toBe(before['site-a']);
    expect(await work('site-b').get('work', 'shared')).toBe('of the survivor');
    expect(await work('site-b').get('loginFailures', 'only on the stale site')).toBeUndefined();
    expect(result.decisions?.filter(({ kind }) => kind === 'approve')).toEqual([
      expect.objectContaining({ gate: 'synchronize', plan: question.plan, how: 'cli', discardAtMost: 2 }),
      expect.objectContaining({ gate: 'siteOnline', plan: admission.plan, how: 'api', by: 'alice' }),
    ]);
    const taken = async () => (await work('site-b').put('work', 'after the way back', 'value')) === 204;
    await day.lab.until(taken, { what: 'site-b takes writes', withinSeconds: 30 });
    expect(await work('site-a').get('work', 'after the way back')).toBe('value');
  });

  const { workflowId } = IncidentLab;
  const otherWays: [string, (asked: Asked) => Promise<void>][] = [
    [
      'as a signal that the Temporal UI sends',
      (asked) => signalAsTheUiDoes(day.lab.temporal, { workflowId, name: 'approve', typed: typedFor(asked) }),
    ],
    [
      'as a signal of the temporal command line',
      async (asked) => {
        const signal = ['workflow', 'signal', '--workflow-id', workflowId, '--name', 'approve'];
        const child = spawn(readTools('temporal').temporal, [...signal, '--input', typedFor(asked)], {
          env: { ...process.env, ...day.lab.environment },
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        const [exitCode] = (await once(child, 'close')) as [number];
        expect(exitCode).toBe(0);
      },
    ],
  ];

  it.each(otherWays)('the end of a synchronize is approved %s: the site comes back', async (_, approve) => {
    await wayBack.approveByCli(await splitAndHeal());
    const asked = await wayBack.untilAsked('siteOnline');

    await approve(asked);
    const result = await wayBack.untilEnded();

    expect(result.outcome).toBe('siteOnline');
    expect(result.decisions?.at(-1)).toMatchObject({ gate: 'siteOnline', plan: asked.plan, how: 'temporal-ui' });
    await expectWhole();
  });

  describe('a site is taken out as planned, by the command line', () => {
    const command = (...words: string[]) => day.lab.cli(...words, '--reason', 'maintenance');

    async function takeOut(): Promise<void> {
      const { exitCode, stdout } = await command('site-offline', labPair, '--site', 'site-b', '--wait');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('site-b')]);
      expect(day.endpointSites()).toEqual(['site-a']);
    }

    it('and back by a decision: it went on replicating, so nothing is synchronized, and no client is refused', async () => {
      const clients = day.lab.startClients();
      const isServedBy = (site: 'site-a' | 'site-b', since: Date) =>
        day.lab.until(() => (clients.summary({ since, connections: 'new' }).servedBy[site] ?? 0) > 20, {
          what: `${site} serves new connections`,
          withinSeconds: 60,
        });
      await isServedBy('site-b', new Date(0));
      await takeOut();
      const outSince = new Date();
      await isServedBy('site-a', outSince);
      const whileOut = clients.summary({ since: outSince, connections: 'new' });
      const backups = [...(await wayBack.backups('site-a')), ...(await wayBack.backups('site-b'))];

      const asked = await command('site-online', labPair, '--site', 'site-b');
      await wayBack.approveByCli(await wayBack.untilAsked('siteOnline'));
      const result = await wayBack.untilEnded();
      await isServedBy('site-b', new Date());
      await clients.stop();

      expect(whileOut.servedBy).toEqual({ 'site-a': expect.any(Number) });
      expect(new Set(backups)).toEqual(new Set(['online']));
      expect(asked.exitCode).toBe(0);
      expect(result.outcome).toBe('siteOnline');
      expect(result.status?.synchronization).toBeUndefined();
      expect(clients.summary()).toMatchObject({ refused: 0, refusals: {} });
      await expectWhole();
    });

    it('and somebody detaches it meanwhile: it is not let in before it is synchronized', async () => {
      await takeOut();
      await work('site-a').takeOffline('site-b');
      await work('site-a').put('work', 'written meanwhile', 'of the site that serves');

      const refused = await command('site-online', labPair, '--site', 'site-b', '--wait');
      const serving = day.endpointSites();
      await command('synchronize', labPair);
      await wayBack.approveByCli(await wayBack.untilAsked('synchronize'));
      await wayBack.approveByCli(await wayBack.untilAsked('siteOnline'));
      const { outcome } = await wayBack.untilEnded();

      expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([
        3,
        expect.stringContaining('NotSynchronized'),
      ]);
      expect(serving).toEqual(['site-a']);
      expect(outcome).toBe('siteOnline');
      expect(await work('site-b').get('work', 'written meanwhile')).toBe('of the site that serves');
      await expectWhole();
    });
  });
});

/** What the run itself shows to be pasted. */
function typedFor({ signal = '' }: Asked): string {
  return signal;
}
