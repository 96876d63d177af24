import { oneLine } from '../../../domain/one-line';
import { completionScripts, shells } from '../completion/scripts';
import { didYouMean } from '../did-you-mean';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { Session } from '../session';
import { usage } from '../trouble';

/** Prints the script by which a shell completes commands, options and names. */
export function completion({ output }: Session, named: string): Promise<ExitCode> {
  const shell = shells.find((one) => one === named);
  if (!shell) {
    const what = `There is no completion for the shell "${oneLine(named)}".${didYouMean(named, shells)}`;
    throw usage(what, `Shells: ${shells.join(', ')}.`);
  }
  const script = completionScripts[shell];
  output.answer(script.trimEnd(), { shell, script });
  return Promise.resolve(exitCodes.done);
}
