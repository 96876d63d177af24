/** One thing that is wrong with the configuration, said so that it can be put right without the manual. */
export interface ConfigProblem {
  file: string;
  /** 1-based; absent where no place in the file can be named (the file is missing, for one). */
  line?: number;
  column?: number;
  /** As in `sitePairs[0].sites[1].infinispan.url`; absent for the file as a whole. */
  path?: string;
  /** What is wrong, in one clause or sentence. Never holds a secret. */
  what: string;
  /** What to write, or do, instead. */
  instead: string;
}

/**
 * The configuration cannot be used; nothing was started. Carries every problem that was found, in the order of the file.
 * `message` is the text to print; it holds no secret, whatever was written into the file.
 */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(rendered(problems));
    this.problems = problems;
  }
}

function rendered(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [...problems.map(renderedProblem), `${count}. Nothing was started.`].join('\n');
}

function renderedProblem({ file, line, column, what, instead }: ConfigProblem): string {
  const place = line === undefined ? `${file}: ` : `${file}:${line}:${column}  `;
  return `${place}${what}\n${' '.repeat(place.length)}${instead}`;
}
