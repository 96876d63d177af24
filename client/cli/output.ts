import { createColors } from 'picocolors';
import type { Environment } from '../../config';
import type { Trouble } from './trouble';

/** As much of a stream as is needed; tests bring their own. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export type Colours = ReturnType<typeof createColors>;

export const noColours: Colours = createColors(false);

/**
 * Colours where a person looks who did not say no (https://no-color.org), or where somebody asks for them by
 * FORCE_COLOR. A no wins.
 */
export function coloursFor(stream: TextStream, env: Environment): Colours {
  if (env.NO_COLOR || env.FORCE_COLOR === '0') return noColours;
  return createColors(Boolean(env.FORCE_COLOR) || (stream.isTTY === true && env.TERM !== 'dumb'));
}

/**
 * Where a command's words go. With `--json` standard output holds JSON and nothing else; everything for people then goes
 * to standard error, without colours.
 */
export class Output {
  readonly colours: Colours;
  private readonly people: TextStream;

  constructor(private readonly options: { stdout: TextStream; stderr: TextStream; json: boolean; env: Environment }) {
    this.people = options.json ? options.stderr : options.stdout;
    this.colours = options.json ? noColours : coloursFor(this.people, options.env);
  }

  get json(): boolean {
    return this.options.json;
  }

  /** The terminal on which text can be drawn over, if there is one and a person reads it. */
  get terminal(): TextStream | undefined {
    const { stdout, json, env } = this.options;
    return stdout.isTTY === true && !json && env.TERM !== 'dumb' ? stdout : undefined;
  }

  /** The command's result: for people as text, for programs as JSON. */
  answer(forPeople: string, forPrograms: unknown): void {
    if (this.options.json) this.options.stdout.write(`${asJson(forPrograms, 2)}\n`);
    else this.options.stdout.write(`${forPeople}\n`);
  }

  /** One of many results: a line of text, or one line of JSON. */
  event(forPeople: string, forPrograms: unknown): void {
    this.options.stdout.write(`${this.options.json ? asJson(forPrograms) : forPeople}\n`);
  }

  /** A line on the way to the result. */
  progress(text: string): void {
    this.people.write(`${text}\n`);
  }

  /** A failure, always on standard error; with `--json` also as the one JSON value. */
  trouble({ message, next, exitCode, cause }: Trouble): void {
    const { stderr, json, env } = this.options;
    const colours = json ? noColours : coloursFor(stderr, env);
    stderr.write(`${colours.red(message)}\n${next === undefined ? '' : `${next}\n`}`);
    this.failed({ message, next, exitCode, problems: (cause as { problems?: unknown } | undefined)?.problems });
  }

  /** For programs only: people were told already. */
  failed(error: { message: string; next?: string; exitCode: number; problems?: unknown }): void {
    if (this.options.json) this.options.stdout.write(`${asJson({ error }, 2)}\n`);
  }
}

/** JSON lets C1 control characters through as they are; a terminal must not get them. */
function asJson(value: unknown, indent?: number): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f]/g, escaped);
}
