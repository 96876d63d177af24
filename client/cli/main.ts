import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { completionAnswer, completionAsked } from './completion/answer';
import { exitCodes, type ExitCode } from './exit-codes';
import { Output } from './output';
import { sitewardenProgram } from './program';
import { realSurroundings, type Surroundings, type WorkerSide } from './surroundings';
import { shortened, troubleOf } from './trouble';

/**
 * Runs one command line and answers its exit code; never throws. A failure is said in one sentence with the next step,
 * and with its stack only under SITEWARDEN_DEBUG.
 * @param args without the program's name.
 */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { stdout, stderr, env, loadConfig } = surroundings;
  const output = new Output({ stdout, stderr, env, json: args.includes('--json') });
  let exitCode: ExitCode = exitCodes.done;
  try {
    const program = sitewardenProgram(surroundings, (code) => (exitCode = code));
    const question = completionAsked(args);
    if (question) {
      stdout.write(completionAnswer(program, question, (file) => loadConfig(file, env)));
      return exitCodes.done;
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageEnd(error, output);
    const trouble = troubleOf(error);
    output.trouble(trouble);
    if (env.SITEWARDEN_DEBUG) stderr.write(`${inspect(trouble.cause ?? trouble, { depth: 5 })}\n`);
    return trouble.exitCode;
  }
}

/** Commander has told people already, whether this is help or a mistake. */
function usageEnd({ exitCode, message }: CommanderError, output: Output): ExitCode {
  if (exitCode === 0) return exitCodes.done;
  output.failed({ message: shortened(message), exitCode: exitCodes.usageOrConfig });
  return exitCodes.usageOrConfig;
}

/** The command line as a process; what needs the worker's code is handed in, as clients know no worker. */
export async function main(workerSide: WorkerSide): Promise<void> {
  // Whoever reads our output may stop early (`| head`); that is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.done);
      throw error;
    });
  }
  process.exitCode = await runCli(process.argv.slice(2), realSurroundings(workerSide));
  // A connection that is still closing must not keep a finished command.
  setTimeout(() => process.exit(), 500).unref();
}
