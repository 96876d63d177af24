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
    usage: 'api',
    description: 'run the HTTP API, which knows its callers by their tokens',
    examples: ['api'],
    exits: asking,
    run: (session) => commands.processes().api(session),
  });
}
