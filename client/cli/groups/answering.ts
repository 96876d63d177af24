/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import type { Command } from 'commander';
import type * as Answer from '../commands/answer';
import type * as Decide from '../commands/decide';
import { deciding, waiting, type Add } from '../command-line';
import { entriesOption, gateOption, waitOption } from '../options';

const commands = {
  answer: () => require('../commands/answer') as typeof Answer,
  decide: () => require('../commands/decide') as typeof Decide,
};

export function addAnswering(program: Command, add: Add): void {
  program.commandsGroup('Answer:');
  add(program, {
    usage: 'approve <pair>',
    description: 'answer yes to what a run asks; status shows the exact line',
    examples: [
      'approve keycloak-prod',
      'approve keycloak-prod --gate synchronize --plan 7f3a9c41 --discard-at-most 37 --reason "the link is whole"',
      'approve keycloak-prod --gate keepSite --site site-a --reason "site-b has no power"',
      'approve keycloak-prod --gate admitStaleSite --plan 7f3a9c41 --reason "site-a is lost"',
    ],
    exits: waiting,
    run: (session, command) =>
      commands.answer().approve(session, command.args[0] ?? '', command.opts<Answer.ApproveOptions>()),
  })
    .addOption(gateOption())
    .option('--site <site>', 'at the gate keepSite: the site that is to be kept')
    .option(
      '--plan <plan>',
      'the plan that is approved: 8 hex digits, as status shows it; without it a terminal shows and asks',
    )
    .addOption(
      entriesOption(
        '--discard-at-most <entries>',
        'at the gate synchronize: how many entries may be discarded; by default as many as the plan shows',
      ),
    )
    .option('--reason <text>', 'why; required, a terminal asks for it')
    .addOption(waitOption('wait until what was approved is proved to be done (1800 s, or as many as given)'));
  add(program, {
    usage: 'reject <pair>',
    description: 'answer no to what a run asks: it stays open, and approvals given before count no more',
    examples: ['reject keycloak-prod --gate keepSite --reason "the network team looks first"'],
    exits: deciding,
    run: (session, command) =>
      commands.answer().reject(session, command.args[0] ?? '', command.opts<Answer.RejectOptions>()),
  })
    .addOption(gateOption())
    .option('--plan <plan>', 'the plan that is rejected: 8 hex digits, as status shows it')
    .option('--reason <text>', 'why; required, a terminal asks for it');
  add(program, {
    usage: 'retry <pair>',
    description: 'have a blocked step tried again',
    examples: ['retry keycloak-prod --reason "the role may add endpoints now"'],
    exits: deciding,
    run: (session, command) => commands.decide().retry(session, command.args[0] ?? '', command.opts()),
  }).option('--reason <text>', 'why');
  add(program, {
    usage: 'confirm <pair>',
    description: 'vouch that a blocked step was done by hand; it is believed when it is read',
    examples: [
      'confirm keycloak-prod --reason "added the endpoint in the console"',
      'confirm keycloak-prod --site site-b --reason "uplinks of rack 7 pulled, seen dark"',
    ],
    exits: deciding,
    run: (session, command) => commands.decide().confirm(session, command.args[0] ?? '', command.opts()),
  })
    .option('--site <site>', 'of a site that was cut off by hand: its name once more; a terminal asks for it')
    .option('--reason <text>', 'what was done, and why; required');
}
