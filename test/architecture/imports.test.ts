import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const project = join(__dirname, '..', '..');
const rooms = [
  'domain',
  'workflows',
  'activities',
  'gateways',
  'config',
  'runtime',
  'sentinel',
  'worker',
  'client',
  'bin',
  'lab',
  'bench',
];

interface CruiseResult {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
}

/** Each broken rule as `rule: from -> to`. */
async function broken(...folders: string[]): Promise<{ cruised: number; violations: string[] }> {
  const cruiser = join(project, 'node_modules', '.bin', 'depcruise');
  const run = promisify(execFile)(cruiser, [...folders, '--output-type', 'json'], {
    cwd: project,
    maxBuffer: 64 * 1024 * 1024,
  });
  // The number of violations is the exit code; what was found is on stdout either way.
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as CruiseResult;
  return {
    cruised: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  };
}

describe('import rules', () => {
  it('hold between all rooms', async () => {
    const { cruised, violations } = await broken(...rooms);

    expect(cruised).toBeGreaterThan(100);
    expect(violations).toEqual([]);
  });

  it.each([
    ['domain', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n", 'domain-no-node'],
    ['domain', "import { z } from 'zod';\nexport const schema = z;\n", 'domain-imports'],
    [
      'workflows',
      "import { observe } from '../activities/observe';\nexport const look = observe;\n",
      'workflows-activities-as-types',
    ],
    ['activities', "import { z } from 'zod';\nexport const schema = z;\n", 'activities-imports'],
    [
      'client',
      "import { composePairs } from '../worker/compose';\nexport const compose = composePairs;\n",
      'client-imports',
    ],
  ])('are noticed when broken in %s', async (room, source, rule) => {
    const file = join(project, room, `zz-breaks-${rule}.ts`);
    mkdirSync(join(project, room), { recursive: true });
    writeFileSync(file, source);
    try {
      const { violations } = await broken(`${room}/zz-breaks-${rule}.ts`);

      expect(violations.map((violation) => violation.split(':')[0])).toContain(rule);
    } finally {
      rmSync(file);
    }
  });
});
