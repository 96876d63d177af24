/** How a command of the program is declared: its help, its exit codes, and what runs. */
import type { Command } from 'commander';
import { exitCodes, exitCodesHelp, type ExitCode } from './exit-codes';
import { Session, type GlobalOptions } from './session';
import type { Surroundings } from './surroundings';

export interface CommandLine {
  usage: string;
  /** One sentence, without its full stop. */
  description: string;
  examples: readonly string[];
  /** Beside those that every command may end with. */
  exits?: readonly ExitCode[];
  run: (session: Session, command: Command) => Promise<ExitCode>;
}

export type Add = (parent: Command, line: CommandLine) => Command;

const { done, bug, usageOrConfig, refused, notFinished, temporalUnreachable, noWorker } = exitCodes;
const always: readonly ExitCode[] = [done, bug, usageOrConfig];
export const asking: readonly ExitCode[] = [temporalUnreachable];
export const deciding: readonly ExitCode[] = [refused, temporalUnreachable, noWorker];
export const waiting: readonly ExitCode[] = [refused, notFinished, temporalUnreachable, noWorker];

/** @param ended is told the exit code of the command that ran. */
export function adding(surroundings: Surroundings, ended: (exitCode: ExitCode) => void): Add {
  return (parent, { usage, description, examples, exits = [], run }) =>
    parent
      .command(usage)
      .description(description)
      .addHelpText('after', `\n${examplesHelp(examples)}\n\n${exitCodesHelp([...always, ...exits])}`)
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        ended(await run(new Session(surroundings, command.optsWithGlobals<GlobalOptions>()), command));
      });
}

export function examplesHelp(examples: readonly string[]): string {
  return ['Examples:', ...examples.map((example) => `  sitewarden ${example}`)].join('\n');
}
