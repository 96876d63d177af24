import { startTemporal, type RunningTemporal } from '../test/support/temporal';
import { TwoSites } from '../test/support/two-sites';
import { median, milliseconds, timeOf, type Comparison } from './measure';

const many = 50;

/** From the alerts of both sites until each fence is proved: real Temporal and workers, simulated sites that answer at once. */
export async function fencing(): Promise<Comparison[]> {
  const temporal = await startTemporal();
  try {
    await fenceAll(temporal, 'warming-up', 2);
    const singles: number[] = [];
    for (let single = 1; single <= 5; single++) singles.push(await fenceAll(temporal, `one-${single}`, 1));
    const one = median(singles);
    const all = await fenceAll(temporal, 'many', many);
    return [
      {
        what: `fencing in ${many} pairs at once`,
        measured: milliseconds(all),
        against: 'fencing in 1 pair',
        baseline: milliseconds(one),
        ratio: all / one,
      },
    ];
  } finally {
    await temporal.stop();
  }
}

async function fenceAll(temporal: RunningTemporal, name: string, count: number): Promise<number> {
  const pairs = Array.from({ length: count }, (_, index) => new TwoSites(temporal, { name: `${name}-${index}` }));
  for (const { world } of pairs) world.cut();
  const ms = await timeOf(async () => {
    await Promise.all(pairs.flatMap((sites) => [sites.alert('site-a'), sites.alert('site-b')]));
    await Promise.all(pairs.map((sites) => sites.untilFenced()));
  });
  await Promise.all(pairs.map((sites) => sites.abort()));
  return ms;
}
