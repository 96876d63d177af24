import { byHand } from '../../../client/cli/rendering/by-hand';
import type { PairConfig } from '../../../config';
import type { Command } from '../../../domain/command';
import { observed } from '../../support/observations';
import { exampleData, loaded } from '../config/a-config';

const caches = ['offline sessions', 'work'];
const keep = 'https://infinispan.site-a.example:11222/rest/v2';
const stale = 'https://infinispan.site-b.example:11222/rest/v2';

/** The example's pair; its first site is stopped and started by commands, its second one by a person. */
function examplePair(): PairConfig {
  const data = exampleData();
  const [one, other] = data.sitePairs[0].sites;
  one.workload = { exec: { stop: ['kc scale', 'site-a', '0'], start: ['kc', '3'], status: ['kc-status', 'site-a'] } };
  other.workload = 'manual';
  for (const site of [one, other]) delete site.infinispan.ca;
  return loaded(data).sitePairs[0] as PairConfig;
}

const say = (command: Command) => byHand(examplePair(), command, observed());
const curl = (more: string) => `curl --user "$INFINISPAN_USER" ${more}`;

describe('what a person types on the way back', () => {
  it('emptySite: read, end what is received, clear without replicating, all on the stale site', () => {
    const { says, typed, proof } = say({
      kind: 'emptySite',
      site: 'site-b',
      keepSite: 'site-a',
      keepSiteStartedAt: 0,
      caches,
    });

    const of = `${stale}/caches/{offline%20sessions,work}`;
    expect(says).toBe('empty site-b, and no other site: offline sessions, work');
    expect(typed.split('\n')).toEqual([
      `${curl(`${stale}/container/x-site/backups`)} # go on only if it shows {"site-a":{"status":"offline"}}`,
      curl(`--request POST '${of}/x-site/backups/site-a?action=cancel-receive-state'`),
      curl(`--header 'flags: SKIP_XSITE_BACKUP' --request POST '${of}?action=clear'`),
    ]);
    expect(proof).toEqual({ typed: curl(`'${of}?action=size'`), shows: '0 for every cache' });
  });

  it('startPush: clears the status of earlier pushes, pushes, and is proved by status and backup', () => {
    const { typed, proof } = say({ kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches: ['work'] });

    expect(typed.split('\n')).toEqual([
      curl(`--request POST '${keep}/caches/work/x-site/local/?action=clear-push-state-status'`),
      curl(`--request POST '${keep}/caches/work/x-site/backups/site-b?action=start-push-state'`),
    ]);
    expect(proof.typed).toBe(curl(`'${keep}/caches/work/x-site/backups/?action=push-state-status'`));
    expect(proof.shows).toContain('"site-b":"OK" for every cache');
    expect(proof.shows).toContain(`${keep}/container/x-site/backups`);
  });

  it('cancelPush, bringBackupOnline, compareSites: the calls of the site that they are about', () => {
    const cancel = say({ kind: 'cancelPush', fromSite: 'site-a', toSite: 'site-b', caches: ['work'] });
    const bring = say({ kind: 'bringBackupOnline', onSite: 'site-b', backupSite: 'site-a' });
    const compare = say({ kind: 'compareSites', keepSite: 'site-a', staleSite: 'site-b', caches: ['work'], epoch: 0 });

    expect(cancel.typed).toBe(
      curl(`--request POST '${keep}/caches/work/x-site/backups/site-b?action=cancel-push-state'`),
    );
    expect(bring.typed).toBe(curl(`--request POST '${stale}/container/x-site/backups/site-a?action=bring-online'`));
    expect(bring.proof.shows).toBe('{"site-a":{"status":"online"}}, not "mixed"');
    expect(compare.typed.split('\n')).toEqual(
      [keep, stale].map((url) => curl(`'${url}/caches/work?action=entries&limit=-1'`)),
    );
  });

  it("the application: the configuration's command, quoted for a shell, or what a person has to see to", () => {
    const stop = say({ kind: 'stopApplication', site: 'site-a' });
    const start = say({ kind: 'startApplication', site: 'site-b' });

    expect(stop).toMatchObject({
      typed: "'kc scale' site-a 0",
      proof: { typed: 'kc-status site-a', shows: 'stopped' },
    });
    expect(start.typed).toBe("# start site-b's application, all of it, by the means of your platform");
  });
});
