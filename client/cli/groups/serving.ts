/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import type { Command } from 'commander';
import type * as Processes from '../commands/processes';
import { asking, type Add } from '../command-line';

const commands = {
  processes: () => require('../commands/processes') as typeof Processes,
};

export function addServing(program: Command, add: Add): void {
  program.commandsGroup('Serve:');
  add(program, {
    usage: 'worker',
    description: 'run a worker: observe, fence, guard',
    examples: ['worker', 'worker --no-restore'],
    exits: asking,
    run: (session, command) => commands.processes().worker(session, command.opts()),
  }).option('--no-restore', 'this worker never sends clients to a site again; another one must');
  add(program, {
    usage: 'webhook',
    description: 'run the webhook that takes alerts from Alertmanager',
    examples: ['webhook'],
    exits: asking,
    run: (session) => commands.processes().webhook(session),
  });
  add(program, {
    usage: 'observer',
    description:
      'run an observer: tell workers what is seen of the pairs from here; where it is to watch, wake their runs by itself',
    examples: ['observer --name third'],
    exits: asking,
    run: (session, command) => commands.processes().observer(session, command.opts()),
  }).option('--name <observer>', 'which of the configured observers this is');
  add(program, {
    usage: 'api',
    description: 'run the HTTP API, which knows its callers by their tokens',
    examples: ['api'],
    exits: asking,
    run: (session) => commands.processes().api(session),
  });
  add(program, {
    usage: 'sentinel <pair>',
    description: 'run inside a site: stop it when it is isolated, or without its lock',
    examples: ['sentinel keycloak-prod --site site-a'],
    run: (session, command) => commands.processes().sentinel(session, command.args[0] ?? '', command.opts()),
  }).option('--site <site>', 'the site in which it runs');
}
