/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import { Command, InvalidArgumentError, Option } from 'commander';
import type * as Abort from './commands/abort';
import type * as ConfigCheck from './commands/config-check';
import type * as Fence from './commands/fence';
import type * as Observe from './commands/observe';
import type * as Processes from './commands/processes';
import type * as Setup from './commands/setup';
import type * as Status from './commands/status';
import { exitCodesHelp, type ExitCode } from './exit-codes';
import { Session, type GlobalOptions } from './session';
import type { Surroundings } from './surroundings';
import { version } from './version';

interface CommandLine {
  usage: string;
  description: string;
  examples: readonly string[];
  run: (session: Session, command: Command) => Promise<ExitCode>;
}

/** Each is loaded when it runs, so that help is fast and a command needs no more than its own. */
const commands = {
  abort: () => require('./commands/abort') as typeof Abort,
  configCheck: () => require('./commands/config-check') as typeof ConfigCheck,
  fence: () => require('./commands/fence') as typeof Fence,
  observe: () => require('./commands/observe') as typeof Observe,
  processes: () => require('./commands/processes') as typeof Processes,
  setup: () => require('./commands/setup') as typeof Setup,
  status: () => require('./commands/status') as typeof Status,
};

/** Every command with its options and help; `ended` is told the exit code of the one that ran. */
export function sitewardenProgram(surroundings: Surroundings, ended: (exitCode: ExitCode) => void): Command {
  const program = newProgram(surroundings);
  const add = (parent: Command, { usage, description, examples, run }: CommandLine): Command =>
    parent
      .command(usage)
      .description(description)
      .addHelpText('after', ['', 'Examples:', ...examples.map((example) => `  sitewarden ${example}`)].join('\n'))
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        ended(await run(new Session(surroundings, command.optsWithGlobals<GlobalOptions>()), command));
      });

  add(program, {
    usage: 'setup',
    description: 'register the search attributes by which runs are found in Temporal',
    examples: ['setup'],
    run: (session) => commands.setup().setup(session),
  });
  add(program, {
    usage: 'worker',
    description: 'run a worker: observe, fence, guard',
    examples: ['worker', 'worker --no-restore'],
    run: (session, command) => commands.processes().worker(session, command.opts()),
  }).option('--no-restore', 'this worker never sends clients to a site again; another one must');
  add(program, {
    usage: 'webhook',
    description: 'run the webhook that takes alerts from Alertmanager',
    examples: ['webhook'],
    run: (session) => commands.processes().webhook(session),
  });
  add(program.command('config').description('look at the configuration'), {
    usage: 'check',
    description: 'print the configuration as it is in force, or what is wrong with it',
    examples: ['config check', 'config check --config /etc/sitewarden/sitewarden.yaml'],
    run: (session) => commands.configCheck().configCheck(session),
  });
  add(program, {
    usage: 'observe <pair>',
    description: 'look at both sites now; changes nothing',
    examples: ['observe keycloak-prod', 'observe keycloak-prod --json'],
    run: (session, { args }) => commands.observe().observe(session, args[0] ?? ''),
  });
  add(program, {
    usage: 'status [pair]',
    description: 'what runs do and wait for; works without a worker',
    examples: ['status', 'status keycloak-prod'],
    run: (session, { args }) => commands.status().status(session, args[0]),
  });
  add(program, {
    usage: 'fence <pair>',
    description: 'cut a site off from clients and from its peer, and guard that',
    examples: [
      'fence keycloak-prod --site site-b --dry-run',
      'fence keycloak-prod --site site-b --wait --reason "site-b loses writes"',
    ],
    run: (session, command) =>
      commands.fence().fence(session, command.args[0] ?? '', command.opts<Fence.FenceOptions>()),
  })
    .option('--site <site>', 'the site to fence')
    .option('--dry-run', 'print what would be done; changes nothing')
    .option('--reason <text>', 'why; required unless --dry-run')
    .addOption(waitOption('wait until the fence is proved (120 s, or as many as given)'));
  add(program, {
    usage: 'abort <pair>',
    description: "end the pair's run: made safe, reported, then nobody guards",
    examples: ['abort keycloak-prod --reason "we finish this by hand"'],
    run: (session, command) =>
      commands.abort().abort(session, command.args[0] ?? '', command.opts<Abort.AbortOptions>()),
  })
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait for the end this long (default: 120 s)'))
    .option('--no-wait', 'do not wait for the end');
  return program;
}

function newProgram({ stdout, stderr }: Surroundings): Command {
  const configHelp = 'configuration; default: $SITEWARDEN_CONFIG, ./sitewarden.yaml, /etc/sitewarden/sitewarden.yaml';
  const examples = 'Examples:\n  sitewarden status\n  sitewarden observe keycloak-prod';
  return new Command('sitewarden')
    .description('Carries a pair of sites through a split-brain: fences one, proves it, and guards it.')
    .version(version())
    .option('--config <file>', configHelp)
    .option('--json', 'one JSON value on standard output; text for people and logs on standard error')
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows how it is used)')
    .exitOverride()
    .addHelpText('after', `\n${exitCodesHelp}\n\n${examples}`);
}

function waitOption(description: string): Option {
  return new Option('--wait [seconds]', description).argParser((text) => {
    const seconds = Number(text);
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
    throw new InvalidArgumentError('Write whole seconds, from 1 to 86400.');
  });
}
