import type { Addressed } from '../client/webhook/alert-projection';
import { handOver } from '../client/webhook/hand-over';
import { startTemporal } from '../test/support/temporal';
import { median, milliseconds, timeOf, type Comparison } from './measure';

const many = 300;
const withinMs = 60_000;

/** The alerts of one message from Alertmanager, until Temporal has stored each; no worker, so that nothing else is measured. */
export async function handingOver(): Promise<Comparison[]> {
  const temporal = await startTemporal({ startWorkers: false });
  const handed = async (alerts: Addressed[]): Promise<number> => {
    let missing = 0;
    const ms = await timeOf(async () => ({ missing } = await handOver(alerts, { intake: temporal.client, withinMs })));
    if (missing > 0) throw new Error(`${missing} of ${alerts.length} alerts were not taken within ${withinMs} ms.`);
    return ms;
  };
  try {
    await handed(alertsFor('warming-up', 20, 20));
    const singles: number[] = [];
    for (let single = 1; single <= 9; single++) singles.push(await handed(alertsFor(`one-${single}`, 1, 1)));
    const one = median(singles);
    const manyPairs = await handed(alertsFor('many', many, many));
    const onePair = await handed(alertsFor('same', many, 1));
    const against = { against: 'handing 1 alert over', baseline: milliseconds(one) };
    return [
      {
        what: `handing ${many} alerts over, of as many pairs`,
        measured: milliseconds(manyPairs),
        ratio: manyPairs / one,
      },
      { what: `handing ${many} alerts over, of one pair`, measured: milliseconds(onePair), ratio: onePair / one },
    ].map((comparison) => ({ ...comparison, ...against }));
  } finally {
    await temporal.stop();
  }
}

function alertsFor(name: string, count: number, pairs: number): Addressed[] {
  return Array.from({ length: count }, (_, index) => ({
    pair: `${name}-${index % pairs}`,
    alert: {
      fingerprint: `fingerprint-${index}`,
      status: 'firing',
      alertname: 'SiteOffline',
      site: 'site-b',
      reporter: 'site-a',
      startsAt: '2026-11-22T03:12:01Z',
    },
  }));
}
