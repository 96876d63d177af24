/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import type { Command } from 'commander';
import type * as Completion from '../commands/completion';
import type * as ConfigCheck from '../commands/config-check';
import type * as Setup from '../commands/setup';
import { type Add } from '../command-line';
import { exitCodes } from '../exit-codes';
import { shellArgument } from '../options';

const commands = {
  completion: () => require('../commands/completion') as typeof Completion,
  configCheck: () => require('../commands/config-check') as typeof ConfigCheck,
  setup: () => require('../commands/setup') as typeof Setup,
};

const { refused, notFinished, temporalUnreachable } = exitCodes;

export function addSettingUp(program: Command, add: Add): void {
  program.commandsGroup('Set up:');
  add(program, {
    usage: 'setup',
    description: 'register the search attributes by which runs are found in Temporal',
    examples: ['setup'],
    exits: [refused, notFinished, temporalUnreachable],
    run: (session) => commands.setup().setup(session),
  });
  add(program.command('config').description('look at the configuration'), {
    usage: 'check',
    description: 'print the configuration as it is in force, or what is wrong with it',
    examples: ['config check', 'config check --config /etc/sitewarden/sitewarden.yaml'],
    run: (session) => commands.configCheck().configCheck(session),
  });
  add(program, {
    usage: 'completion',
    description: 'print the script by which a shell completes commands, options and names',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/sitewarden',
      'completion zsh > "${fpath[1]}/_sitewarden"',
      'completion fish > ~/.config/fish/completions/sitewarden.fish',
    ],
    run: (session, { args }) => commands.completion().completion(session, args[0] ?? ''),
  }).addArgument(shellArgument());
}
