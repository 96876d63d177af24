import type { z } from 'zod';
import type { CrossFault } from './cross-checks';
import { nearest } from './nearest';
import type { ConfigProblem } from './problems';
import type { Path, YamlFile } from './read-yaml';
import { secretName } from './secret-names';

/** Turns what the schema and the cross-checks found into problems with place, value and advice, in the order of the file. */
export function explain(
  file: string,
  yaml: YamlFile,
  found: { issues: readonly z.core.$ZodIssue[]; faults: readonly CrossFault[] },
): ConfigProblem[] {
  const faults: Fault[] = [...found.issues.flatMap(faultsOf), ...found.faults];
  const problems = faults.map((fault): ConfigProblem => {
    const path = written(fault.path);
    if (fault.unknownKey) {
      const place = yaml.placeOfKey(fault.path.slice(0, -1), fault.unknownKey);
      return { file, ...place, path, what: `${path}: ${fault.what}.`, instead: fault.instead };
    }
    const value = valueAt(yaml.data, fault.path);
    return { file, ...yaml.placeOf(fault.path), path, what: sentence(path, fault, value), instead: fault.instead };
  });
  return unique(problems).sort((left, right) => order(left) - order(right));
}

interface Fault extends CrossFault {
  unknownKey?: string;
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const [what = '', instead = ''] = issue.message.split('\n');
  if (issue.code !== 'unrecognized_keys') return [{ path, what, instead }];
  // mapping() put the known names where the other messages say what is wrong.
  return issue.keys.map((key) => unknownKey(path, key, what.split(' '), instead));
}

function unknownKey(path: Path, key: string, known: string[], write: string): Fault {
  const near = nearest(key, known);
  const instead = near ? `Did you mean "${near}"?` : `Known here: ${known.join(', ')}. ${write}`;
  return { path: [...path, key], what: 'there is no such key', instead, unknownKey: key };
}

function sentence(path: string, fault: Fault, value: unknown): string {
  if (path === '')
    return value === null || value === undefined ? 'The file is empty.' : `The file as a whole: ${fault.what}.`;
  if (value === undefined) return `${path} is missing.`;
  if (value === null) return `${path} is empty.`;
  const shown = shownValue(fault, value);
  return shown === undefined ? `${path}: ${fault.what}.` : `${path} is ${shown}: ${fault.what}.`;
}

const secretKeys = new Set(['credentials', 'bearer', 'tokens', 'ca', 'healthCa']);
const mayBeSecret = (part: string | number) => secretKeys.has(String(part)) || secretName.test(String(part));

/**
 * The value as the reader will recognise it, or nothing: not where a secret may stand, nor where a mapping or list
 * was expected, since people put passwords there too. In a URL all between `//` and `@`, and the query, is left out.
 */
function shownValue({ path, what }: Fault, value: unknown): string | undefined {
  if (typeof value === 'object' || /must be a (mapping|list)/.test(what)) return undefined;
  if (path.some(mayBeSecret)) return undefined;
  if (typeof value !== 'string') return JSON.stringify(value);
  const harmless = value.replace(/\/\/.*@/s, '//...@').replace(/\?.*/s, '?...');
  return JSON.stringify(harmless.length > 100 ? `${harmless.slice(0, 100)}...` : harmless);
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    data,
  );
}

function written(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** One problem a path is enough: the first one says most. */
function unique(problems: ConfigProblem[]): ConfigProblem[] {
  return problems.filter((problem, index) => problems.findIndex((other) => other.path === problem.path) === index);
}

const order = (problem: ConfigProblem): number => (problem.line ?? 0) * 10_000 + (problem.column ?? 0);
