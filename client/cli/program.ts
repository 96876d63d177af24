import { Command, InvalidArgumentError, Option } from 'commander';
import { exitCodesHelp, type ExitCode } from './exit-codes';
import type { AbortOptions } from './commands/abort';
import type { FenceOptions } from './commands/fence';
import { Session, type GlobalOptions } from './session';
import type { Surroundings } from './surroundings';
import { version } from './version';

type Run = (session: Session, command: Command) => Promise<ExitCode>;

/** Every command with its options and help. A command's code is loaded when it runs, so that help is fast. */
export function sitewardenProgram(surroundings: Surroundings, ended: (exitCode: ExitCode) => void): Command {
  const program = new Command('sitewarden')
    .description('Carries a pair of sites through a split-brain: fences one, proves it, and guards it.')
    .version(version())
    .option(
      '--config <file>',
      'configuration; default: $SITEWARDEN_CONFIG, ./sitewarden.yaml, /etc/sitewarden/sitewarden.yaml',
    )
    .option('--json', 'one JSON value on standard output; text for people and logs on standard error')
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help shows how it is used)')
    .exitOverride()
    .addHelpText('after', `\n${exitCodesHelp}\n\nExamples:\n  sitewarden status\n  sitewarden observe keycloak-prod`);

  const add = (parent: Command, usage: string, description: string, examples: readonly string[], run: Run): Command =>
    parent
      .command(usage)
      .description(description)
      .addHelpText('after', ['', 'Examples:', ...examples.map((example) => `  sitewarden ${example}`)].join('\n'))
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        ended(await run(new Session(surroundings, command.optsWithGlobals<GlobalOptions>()), command));
      });

  add(program, 'setup', 'register the search attributes by which runs are found in Temporal', ['setup'], (session) =>
    (require('./commands/setup') as typeof import('./commands/setup')).setup(session),
  );
  add(program, 'worker', 'run a worker: observe, fence, guard', ['worker', 'worker --no-restore'], (session, command) =>
    processes().worker(session, command.opts()),
  ).option('--no-restore', 'this worker never sends clients to a site again; another one must');
  add(program, 'webhook', 'run the webhook that takes alerts from Alertmanager', ['webhook'], (session) =>
    processes().webhook(session),
  );
  const config = program.command('config').description('look at the configuration');
  const checkExamples = ['config check', 'config check --config /etc/sitewarden/sitewarden.yaml'];
  add(config, 'check', 'print the effective configuration, or what is wrong with it', checkExamples, (session) =>
    (require('./commands/config-check') as typeof import('./commands/config-check')).configCheck(session),
  );
  addPairCommands(program, add);
  return program;
}

type Add = (parent: Command, usage: string, description: string, examples: readonly string[], run: Run) => Command;

function addPairCommands(program: Command, add: Add): void {
  const observeExamples = ['observe keycloak-prod', 'observe keycloak-prod --json'];
  add(program, 'observe <pair>', 'look at both sites now; changes nothing', observeExamples, (session, { args }) =>
    (require('./commands/observe') as typeof import('./commands/observe')).observe(session, args[0] ?? ''),
  );
  const statusExamples = ['status', 'status keycloak-prod'];
  add(
    program,
    'status [pair]',
    'what runs do and wait for; works without a worker',
    statusExamples,
    (session, { args }) =>
      (require('./commands/status') as typeof import('./commands/status')).status(session, args[0]),
  );
  const fenceExamples = [
    'fence keycloak-prod --site site-b --dry-run',
    'fence keycloak-prod --site site-b --wait --reason "site-b loses writes"',
  ];
  const fenceRun: Run = (session, command) =>
    (require('./commands/fence') as typeof import('./commands/fence')).fence(
      session,
      command.args[0] ?? '',
      command.opts<FenceOptions>(),
    );
  add(program, 'fence <pair>', 'cut a site off from clients and from its peer, and guard that', fenceExamples, fenceRun)
    .option('--site <site>', 'the site to fence')
    .option('--dry-run', 'print what would be done; changes nothing')
    .option('--reason <text>', 'why; required unless --dry-run')
    .addOption(waitOption('wait until the fence is proved (120 s, or as many as given)'));
  const abortExamples = ['abort keycloak-prod --reason "we finish this by hand"'];
  const abortRun: Run = (session, command) =>
    (require('./commands/abort') as typeof import('./commands/abort')).abort(
      session,
      command.args[0] ?? '',
      command.opts<AbortOptions>(),
    );
  add(program, 'abort <pair>', "end the pair's run: made safe, reported, then nobody guards", abortExamples, abortRun)
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait for the end this long (default: 120 s)'))
    .option('--no-wait', 'do not wait for the end');
}

function waitOption(description: string): Option {
  return new Option('--wait [seconds]', description).argParser((text) => {
    const seconds = Number(text);
    if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400) return seconds;
    throw new InvalidArgumentError('Write whole seconds, from 1 to 86400.');
  });
}

const processes = () => require('./commands/processes') as typeof import('./commands/processes');
