import { createColors } from 'picocolors';
import type { Environment } from '../../config';
import type { Trouble } from './trouble';

/** As much of a stream as is needed; tests bring their own. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
}

export type Colours = ReturnType<typeof createColors>;

/** Colours only where a person looks, and did not say no (https://no-color.org). */
export function coloursFor(stream: TextStream, env: Environment): Colours {
  return createColors(stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb');
}

/**
 * Where a command's words go. With `--json` standard output holds one JSON value and nothing else;
 * everything for people then goes to standard error.
 */
export class Output {
  readonly colours: Colours;
  private readonly people: TextStream;

  constructor(private readonly options: { stdout: TextStream; stderr: TextStream; json: boolean; env: Environment }) {
    this.people = options.json ? options.stderr : options.stdout;
    this.colours = coloursFor(this.people, options.env);
  }

  /** The command's result: for people as text, for programs as JSON. */
  answer(forPeople: string, forPrograms: unknown): void {
    if (this.options.json) this.options.stdout.write(`${asJson(forPrograms)}\n`);
    else this.options.stdout.write(`${forPeople}\n`);
  }

  /** A line on the way to the result. */
  progress(text: string): void {
    this.people.write(`${text}\n`);
  }

  /** A failure, always on standard error; with `--json` also as the one JSON value. */
  trouble({ message, next, exitCode, cause }: Trouble): void {
    const colours = coloursFor(this.options.stderr, this.options.env);
    this.options.stderr.write(`${colours.red(message)}\n${next === undefined ? '' : `${next}\n`}`);
    this.failed({ message, next, exitCode, problems: (cause as { problems?: unknown } | undefined)?.problems });
  }

  /** For programs only: people were told already. */
  failed(error: { message: string; next?: string; exitCode: number; problems?: unknown }): void {
    if (this.options.json) this.options.stdout.write(`${asJson({ error })}\n`);
  }
}

/** JSON lets C1 control characters through as they are; a terminal must not get them. */
function asJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, 2).replace(/[\u007f-\u009f]/g, escaped);
}
