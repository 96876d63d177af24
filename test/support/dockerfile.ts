import { readFileSync } from 'node:fs';

export interface Instruction {
  /** In capitals: `FROM`, `COPY`, ... */
  name: string;
  text: string;
}

/** The instructions of a Dockerfile in order; continued lines joined, comments left out. */
export function instructionsOf(file: string): Instruction[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'));
  const joined = lines.join('\n').replace(/\\\n\s*/g, '');
  return joined.split('\n').flatMap((line) => {
    const [, name, text] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    return name && text ? [{ name, text }] : [];
  });
}

/** What a COPY takes and where it puts it; `from` is another stage. */
export function copyOf({ text }: Instruction): { sources: string[]; target: string; from?: string } {
  const words = text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { sources: paths.slice(0, -1), target: paths.at(-1) ?? '', from };
}

/** `FROM <image or stage> [AS <name>]`. */
export function stageOf({ text }: Instruction): { from: string; name?: string } {
  const [from = '', , name] = text.split(/\s+/);
  return { from, name };
}

/** An exact version: three numbers, or the two that a PostgreSQL release has. Floating tags are not reproducible. */
export function isExact(image: string): boolean {
  const [repository = '', tag = ''] = image.split(':');
  const numbers = repository === 'postgres' ? /^\d+\.\d+(-|$)/ : /^v?\d+\.\d+\.\d+([-_]|$)/;
  return numbers.test(tag);
}
