import { Command } from 'commander';
import { adding, examplesHelp } from './command-line';
import { exitCodesHelp, type ExitCode } from './exit-codes';
import { addActing } from './groups/acting';
import { addAnswering } from './groups/answering';
import { addLooking } from './groups/looking';
import { addServing } from './groups/serving';
import { addSettingUp } from './groups/setting-up';
import type { Surroundings } from './surroundings';
import { shortened } from './trouble';
import { version } from './version';

/** Every command with its options and help; `ended` is told the exit code of the one that ran. */
export function sitewardenProgram(surroundings: Surroundings, ended: (exitCode: ExitCode) => void): Command {
  const program = newProgram(surroundings);
  const add = adding(surroundings, ended);
  for (const addGroup of [addLooking, addActing, addAnswering, addServing, addSettingUp]) addGroup(program, add);
  program.helpCommand('help [command]', 'how a command is used');
  return program;
}

function newProgram({ stdout, stderr }: Surroundings): Command {
  const configHelp = 'configuration; default: $SITEWARDEN_CONFIG, ./sitewarden.yaml, /etc/sitewarden/sitewarden.yaml';
  const examples = examplesHelp(['status', 'observe keycloak-prod']);
  return new Command('sitewarden')
    .description('Carries a pair of sites through a split-brain: fences one, proves it, guards it, and brings it back.')
    .version(version())
    .option('--config <file>', configHelp)
    .option('--json', 'one JSON value on standard output; text for people and logs on standard error')
    .option(
      '--straight-to-temporal',
      'go past the configured API. Lost: the proof of who you are; recorded as unattributed, refused where a gate names groups',
    )
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(shortened(text)),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows how it is used)')
    .exitOverride()
    .addHelpText('after', `\n${exitCodesHelp()}\n\n${examples}`);
}
