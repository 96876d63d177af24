/** `npm run bench [-- <name>...]`: every benchmark, or those that are named, and one table. */
import { assessing } from './assessing';
import { comparing } from './comparing';
import { detailsPage } from './details-page';
import { fencing } from './fencing';
import { handingOver } from './handing-over';
import type { Benchmark, Comparison } from './measure';
import { stateSize } from './state-size';
import { tableOf } from './table';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  assessing,
  comparing,
  'details-page': detailsPage,
  'state-size': stateSize,
  'handing-over': handingOver,
  fencing,
};

void main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name));
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  const comparisons: Comparison[] = [];
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.error(`measuring: ${name} ...`);
    comparisons.push(...(await benchmark()));
  }
  console.log(tableOf(comparisons));
  console.log('Ratios are what to compare: both sides of each were measured in this run, on this machine.');
}
