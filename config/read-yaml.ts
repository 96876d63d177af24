import { isMap, isNode, LineCounter, parseDocument, type Document, type ErrorCode, type YAMLError } from 'yaml';
import { ConfigProblems, type ConfigProblem } from './problems';

export type Path = readonly (string | number)[];

/** The file's data, and where each of its parts stands. */
export interface YamlFile {
  data: unknown;
  /** Place of the value at `path`, or of the nearest part around it that exists. */
  placeOf(path: Path): { line: number; column: number };
  /** Place of the key itself, for a key that should not be there. */
  placeOfKey(path: Path, key: string): { line: number; column: number };
}

/** @throws ConfigProblems when the text is not one YAML document with unique keys. */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = syntaxProblems(document, text).map(({ offset, ...said }) => ({ file, ...place(offset), ...said }));
  if (problems.length > 0) throw new ConfigProblems(problems);
  return {
    data: dataOf(document, file),
    placeOf: (path) => place(offsetOf(document, path)),
    placeOfKey: (path, key) => place(keyOffsetOf(document, path, key) ?? offsetOf(document, path)),
  };
}

type Said = Pick<ConfigProblem, 'what' | 'instead'>;

/**
 * Our own sentences by the parser's code: its messages quote the text, and that may be a password.
 * Of all but duplicate keys only the first is told, as the others follow from it.
 */
function syntaxProblems(document: Document, text: string): ({ offset: number } & Said)[] {
  const [first] = document.errors;
  if (!first) return [];
  if (first.code !== 'DUPLICATE_KEY') return [{ offset: first.pos[0], ...syntaxSentence(first) }];
  return document.errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map((error) => ({ offset: error.pos[0], ...duplicateKey(text, error.pos[0]) }));
}

function duplicateKey(text: string, offset: number): Said {
  const key = /^[\w.-]{1,60}/.exec(text.slice(offset, offset + 60))?.[0] ?? 'this key';
  return { what: `"${key}" is written twice in one mapping.`, instead: 'Keep one of the two.' };
}

const sentences: Partial<Record<ErrorCode, Said>> = {
  TAB_AS_INDENT: { what: 'This line is indented by a tab.', instead: 'Indent by spaces.' },
  BAD_INDENT: {
    what: 'The indentation does not fit the lines above.',
    instead: 'Line it up with its neighbours, and close every [ and {.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    what: 'There are two "key:" on one line.',
    instead: 'Give each a line of its own, or write { key: value }; put a text with ": " in quotes.',
  },
  MISSING_CHAR: { what: 'A quote, bracket or brace is missing.', instead: 'Close what was opened before this place.' },
  MULTIPLE_DOCS: { what: 'A second document ("---") begins here.', instead: 'Keep one document in the file.' },
};

function syntaxSentence(error: YAMLError): Said {
  return (
    sentences[error.code] ?? {
      what: `This is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')}).`,
      instead: 'Look at this line and the one above: quotes, colons, brackets, indentation.',
    }
  );
}

function dataOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    // Aliases are resolved only here; the message would quote the file.
    const instead = 'Define each &anchor above its first *use, and use it sparingly.';
    throw new ConfigProblems([{ file, what: 'An alias (*name) cannot be resolved.', instead }]);
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffsetOf(document: Document, path: Path, key: string): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(map)) return undefined;
  const found = map.items.map((pair) => pair.key).find((node) => isNode(node) && node.toString() === key);
  return isNode(found) ? found.range?.[0] : undefined;
}
