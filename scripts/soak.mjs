/**
 * Repeats the tests whose outcome could hang on timing, while every core is kept busy. A test that fails once has failed:
 * nothing is tried again until it passes.
 */
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { projectFolder, runInOurPlace, say, Stop } from './support/shell.mjs';

/** What is repeated: a whole file, or the tests in it whose names contain `name`. */
export const timingSensitive = [
  { kind: 'unit', file: 'test/unit/activities/attempt.test.ts' },
  { kind: 'unit', file: 'test/unit/webhook/shutdown.test.ts' },
  { kind: 'unit', file: 'test/unit/webhook/closing.test.ts' },
  { kind: 'unit', file: 'test/unit/webhook/flood.test.ts' },
  { kind: 'unit', file: 'test/unit/webhook/slow-clients.test.ts' },
  { kind: 'workflow', file: 'test/workflow/guard.test.ts' },
  { kind: 'workflow', file: 'test/workflow/waiting.test.ts' },
  { kind: 'workflow', file: 'test/workflow/parked.test.ts' },
  { kind: 'e2e', file: 'test/e2e/bad-days.test.ts', name: 'the worker is frozen' },
  { kind: 'e2e', file: 'test/e2e/bad-days.test.ts', name: 'Temporal is killed' },
  { kind: 'e2e', file: 'test/e2e/way-back.test.ts', name: 'the whole incident' },
  { kind: 'e2e', file: 'test/e2e/way-back-bad-days.test.ts', name: 'the link is cut again' },
  { kind: 'e2e', file: 'test/e2e/way-back-workers.test.ts', name: 'is killed' },
  { kind: 'e2e', file: 'test/e2e/way-back-workers.test.ts', name: 'it adds nothing' },
];

/** Tells the tests (test/support/chosen.ts) to leave nothing out and to use large numbers. */
const environment = { ...process.env, SITEWARDEN_SOAK: '1' };

const usage = 'usage: npm run test:soak [-- --times N] [--only PATTERN]';
const logs = join(projectFolder, '.lab', 'soak');

/** @throws Stop when an argument is wrong, or when a test that is to be repeated does not exist (any more). */
export function soakPlan(args) {
  const { times, only } = readArguments(args);
  for (const { file, name } of timingSensitive) {
    const text = textOf(join(projectFolder, file));
    if (text === undefined) throw new Stop(`scripts/soak.mjs names ${file}, which does not exist.`);
    if (name && !text.includes(name)) throw new Stop(`scripts/soak.mjs names "${name}", which is not in ${file}.`);
  }
  const chosen = timingSensitive.filter(({ file, name = '' }) => only.test(`${file} ${name}`));
  if (chosen.length === 0) throw new Stop(`--only ${only.source} matches none of the tests to be repeated.`, 2);
  return { times, chosen, kinds: [...new Set(chosen.map(({ kind }) => kind))] };
}

/** @returns the exit code: 0 only if every test passed every time. */
export async function soak({ times, chosen }) {
  mkdirSync(logs, { recursive: true });
  const cores = availableParallelism();
  say(`every test ${times} times, with ${cores} busy cores; what jest says goes to ${relative(projectFolder, logs)}/`);
  const load = Array.from({ length: cores }, () => new Worker('for (;;);', { eval: true }));
  const outcomes = new Map();
  try {
    for (let round = 1; round <= times; round++) {
      for (const batch of batchesOf(chosen)) {
        const exitCode = await runBatch(batch, { round, times, outcomes });
        if (exitCode >= 128) return exitCode;
      }
    }
  } finally {
    await Promise.all(load.map((worker) => worker.terminate()));
  }
  return report(outcomes);
}

function readArguments(args) {
  let values;
  try {
    const options = { times: { type: 'string', default: '2' }, only: { type: 'string', default: '' } };
    ({ values } = parseArgs({ args: args.filter((argument) => argument !== '--'), options }));
  } catch (error) {
    throw new Stop(`${error.message}\n${usage}`, 2);
  }
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) throw new Stop(`--times wants a number from 1 on.\n${usage}`, 2);
  try {
    return { times, only: new RegExp(values.only, 'i') };
  } catch (error) {
    throw new Stop(`--only wants a regular expression: ${error.message}\n${usage}`, 2);
  }
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** One run of jest each: the tests of one file share its lab, and whole files of a kind are run together. */
function batchesOf(chosen) {
  const batches = new Map();
  for (const { kind, file, name } of chosen) {
    const key = name ? file : kind;
    const batch = batches.get(key) ?? { kind, files: new Set(), names: [] };
    batch.files.add(file);
    if (name) batch.names.push(name);
    batches.set(key, batch);
  }
  return batches.values();
}

async function runBatch({ kind, files, names }, { round, times, outcomes }) {
  const folder = mkdtempSync(join(tmpdir(), 'sitewarden-soak-'));
  const title = names.length > 0 ? [...files].join(' ') : kind;
  const result = join(folder, 'result.json');
  const log = openSync(
    join(logs, `${names.length > 0 ? basename([...files][0], '.test.ts') : kind}-${round}.log`),
    'w',
  );
  const startedAt = performance.now();
  try {
    const pattern = names.length > 0 ? ['--testNamePattern', names.join('|')] : [];
    const exitCode = await runInOurPlace(
      join(projectFolder, 'node_modules', '.bin', 'jest'),
      [...files, '--selectProjects', kind, '--runInBand', ...pattern, '--json', `--outputFile=${result}`],
      { cwd: projectFolder, stdio: ['ignore', 'ignore', log], env: environment },
    );
    const counts = add(outcomes, result, title, exitCode);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    say(`round ${round} of ${times}: ${title}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
    return exitCode;
  } finally {
    closeSync(log);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds one run's outcomes, test by test. A run that left none, or failed with none failing, is a failure of its own. */
function add(outcomes, resultFile, title, exitCode) {
  const counts = { passed: 0, failed: 0 };
  const count = (name, passed, seconds, messages = []) => {
    counts[passed ? 'passed' : 'failed'] += 1;
    const outcome = outcomes.get(name) ?? { passed: 0, failed: 0, slowest: 0, messages: [] };
    outcome[passed ? 'passed' : 'failed'] += 1;
    outcome.slowest = Math.max(outcome.slowest, seconds);
    outcome.messages.push(...messages);
    outcomes.set(name, outcome);
  };
  for (const file of resultsIn(resultFile)) {
    for (const { fullName, status, duration, failureMessages } of file.assertionResults) {
      if (status === 'passed' || status === 'failed') {
        count(fullName, status === 'passed', (duration ?? 0) / 1_000, failureMessages);
      }
    }
  }
  const { passed, failed } = counts;
  if (passed + failed === 0 || (exitCode !== 0 && failed === 0)) count(`${title}: jest`, false, 0);
  return counts;
}

function resultsIn(file) {
  const text = textOf(file);
  return text === undefined ? [] : JSON.parse(text).testResults;
}

function report(outcomes) {
  const rows = [...outcomes].map(([name, outcome]) => ({ name, ...outcome }));
  console.log('\npasses  slowest  test');
  for (const { name, passed, failed, slowest } of rows) {
    const passes = `${passed}/${passed + failed}`;
    console.log(`${passes.padStart(6)}  ${slowest.toFixed(1).padStart(5)} s  ${name}`);
  }
  for (const { name, messages } of rows) {
    for (const message of messages) console.log(`\nFAILED: ${name}\n${message.split('\n').slice(0, 30).join('\n')}`);
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}
