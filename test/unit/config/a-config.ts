import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ConfigProblems, parseConfig, type ConfigProblem, type SitewardenConfig } from '../../../config';

export const exampleFile = join(__dirname, '../../../sitewarden.example.yaml');
export const exampleText = readFileSync(exampleFile, 'utf8');

/** The example, as data that a test may change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const exampleData = (): any => parse(exampleText);

// Temporal's own profile of whoever runs the tests must not matter.
export const noEnvironment = { TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' };

export function loaded(data: unknown): SitewardenConfig {
  return parseConfig('/etc/sitewarden/sitewarden.yaml', stringify(data), noEnvironment);
}

/** The problems of a text; an empty list when it is accepted. */
export function problemsOf(text: string): { problems: readonly ConfigProblem[]; message: string } {
  try {
    parseConfig('sitewarden.yaml', text, noEnvironment);
    return { problems: [], message: '' };
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return { problems: error.problems, message: error.message };
  }
}

/** The problems of the example after a change. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function problemsAfter(change: (data: any) => void) {
  const data = exampleData();
  change(data);
  return problemsOf(stringify(data));
}

export const secondPair = () => {
  const [pair] = exampleData().sitePairs;
  const [left, right] = pair.sites;
  left.infinispan.url = 'https://other-a.example:11222';
  right.infinispan.url = 'https://other-b.example:11222';
  pair.traffic.globalAccelerator = { dnsName: 'another.awsglobalaccelerator.com' };
  return { ...pair, name: 'second' };
};
