/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import { Command } from 'commander';
import type * as Abort from './commands/abort';
import type * as Completion from './commands/completion';
import type * as ConfigCheck from './commands/config-check';
import type * as Decide from './commands/decide';
import type * as Emergency from './commands/emergency';
import type * as Explain from './commands/explain';
import type * as Fence from './commands/fence';
import type * as Observe from './commands/observe';
import type * as Pairs from './commands/pairs';
import type * as Pause from './commands/pause';
import type * as Processes from './commands/processes';
import type * as Setup from './commands/setup';
import type * as Status from './commands/status';
import type * as Watch from './commands/watch';
import { exitCodes, exitCodesHelp, type ExitCode } from './exit-codes';
import { gateOption, lengthOption, shellArgument, waitOption } from './options';
import { Session, type GlobalOptions } from './session';
import type { Surroundings } from './surroundings';
import { shortened } from './trouble';
import { version } from './version';

interface CommandLine {
  usage: string;
  /** One sentence, without its full stop. */
  description: string;
  examples: readonly string[];
  /** Beside those that every command may end with. */
  exits?: readonly ExitCode[];
  run: (session: Session, command: Command) => Promise<ExitCode>;
}

type Add = (parent: Command, line: CommandLine) => Command;

/** Each is loaded when it runs, so that help is fast and a command needs no more than its own. */
const commands = {
  abort: () => require('./commands/abort') as typeof Abort,
  completion: () => require('./commands/completion') as typeof Completion,
  configCheck: () => require('./commands/config-check') as typeof ConfigCheck,
  decide: () => require('./commands/decide') as typeof Decide,
  emergency: () => require('./commands/emergency') as typeof Emergency,
  explain: () => require('./commands/explain') as typeof Explain,
  fence: () => require('./commands/fence') as typeof Fence,
  observe: () => require('./commands/observe') as typeof Observe,
  pairs: () => require('./commands/pairs') as typeof Pairs,
  pause: () => require('./commands/pause') as typeof Pause,
  processes: () => require('./commands/processes') as typeof Processes,
  setup: () => require('./commands/setup') as typeof Setup,
  status: () => require('./commands/status') as typeof Status,
  watch: () => require('./commands/watch') as typeof Watch,
};

const { done, bug, usageOrConfig, refused, notFinished, temporalUnreachable, noWorker } = exitCodes;
const always: readonly ExitCode[] = [done, bug, usageOrConfig];
const asking: readonly ExitCode[] = [temporalUnreachable];
const deciding: readonly ExitCode[] = [refused, temporalUnreachable, noWorker];
const waiting: readonly ExitCode[] = [refused, notFinished, temporalUnreachable, noWorker];

/** Every command with its options and help; `ended` is told the exit code of the one that ran. */
export function sitewardenProgram(surroundings: Surroundings, ended: (exitCode: ExitCode) => void): Command {
  const program = newProgram(surroundings);
  const add: Add = (parent, { usage, description, examples, exits = [], run }) =>
    parent
      .command(usage)
      .description(description)
      .addHelpText('after', `\n${examplesHelp(examples)}\n\n${exitCodesHelp([...always, ...exits])}`)
      .action(async (...given: unknown[]) => {
        const command = given.at(-1) as Command;
        ended(await run(new Session(surroundings, command.optsWithGlobals<GlobalOptions>()), command));
      });
  addLooking(program, add);
  addActing(program, add);
  addAnswering(program, add);
  addServing(program, add);
  addSettingUp(program, add);
  program.helpCommand('help [command]', 'how a command is used');
  return program;
}

function addLooking(program: Command, add: Add): void {
  program.commandsGroup('Look:');
  add(program, {
    usage: 'status [pair]',
    description: 'what runs do and wait for; works without a worker',
    examples: ['status', 'status keycloak-prod'],
    exits: asking,
    run: (session, { args }) => commands.status().status(session, args[0]),
  });
  add(program, {
    usage: 'watch [pair...]',
    description: 'the status again and again; without a terminal, one line for each change',
    examples: ['watch', 'watch keycloak-prod', 'watch --json | jq .'],
    exits: asking,
    run: (session, { args }) => commands.watch().watch(session, args),
  });
  add(program, {
    usage: 'explain <pair>',
    description: 'why the pair is as it is: every alert, request and decision with its answer',
    examples: ['explain keycloak-prod'],
    exits: asking,
    run: (session, { args }) => commands.explain().explain(session, args[0] ?? ''),
  });
  add(program, {
    usage: 'observe <pair>',
    description: 'look at both sites now; changes nothing',
    examples: ['observe keycloak-prod', 'observe keycloak-prod --json'],
    exits: [temporalUnreachable, noWorker],
    run: (session, { args }) => commands.observe().observe(session, args[0] ?? ''),
  });
  add(program, {
    usage: 'pairs',
    description: 'the configured pairs; asks nothing over the network',
    examples: ['pairs', 'pairs --json'],
    run: (session) => commands.pairs().pairs(session),
  });
}

function addActing(program: Command, add: Add): void {
  program.commandsGroup('Act:');
  add(program, {
    usage: 'fence <pair>',
    description: 'cut a site off from clients and from its peer, and guard that',
    examples: [
      'fence keycloak-prod --site site-b --dry-run',
      'fence keycloak-prod --site site-b --wait --reason "site-b loses writes"',
    ],
    exits: waiting,
    run: (session, command) =>
      commands.fence().fence(session, command.args[0] ?? '', command.opts<Fence.FenceOptions>()),
  })
    .option('--site <site>', 'the site to fence')
    .option('--dry-run', 'print what would be done; changes nothing')
    .option('--reason <text>', 'why; required unless --dry-run')
    .addOption(waitOption('wait until the fence is proved (120 s, or as many as given)'));
  add(program, {
    usage: 'emergency <pair>',
    description:
      'fence without Temporal: print the exact calls in their order, or perform them; nobody guards afterwards',
    examples: [
      'emergency keycloak-prod --site site-b',
      'emergency keycloak-prod --site site-b --perform --reason "Temporal is down" --confirm site-b',
    ],
    exits: [refused, notFinished],
    run: (session, command) =>
      commands.emergency().emergency(session, command.args[0] ?? '', command.opts<Emergency.EmergencyOptions>()),
  })
    .option('--site <site>', 'the site to fence')
    .option('--perform', 'do it; without this nothing is changed')
    .option('--reason <text>', 'why; required with --perform')
    .option('--confirm <site>', 'the site once more; required with --perform')
    .addOption(waitOption('go on this long until the fence is proved (default: 120 s)'))
    .option('--journal <file>', 'where every call is written down (default: a new file in this folder)')
    .option(
      '--although-a-run-is-open',
      'act beside an open run. Lost: its order of commands, its record of them, and that only one hand sends',
    );
  add(program, {
    usage: 'pause <pair>',
    description: 'have alerts recorded and not acted upon, for a while; only while no run is open',
    examples: ['pause keycloak-prod --for 2h --reason "the network of site-b is rebuilt"'],
    exits: deciding,
    run: (session, command) =>
      commands.pause().pause(session, command.args[0] ?? '', command.opts<Pause.PauseOptions>()),
  })
    .addOption(lengthOption('--for <length>', 'for how long, as in 90s, 30m, 2h, 1h30m, 7d (not longer)'))
    .option('--reason <text>', 'why; required');
  add(program, {
    usage: 'hold <pair>',
    description: 'stop steps that bring a site back; protection goes on',
    examples: ['hold keycloak-prod --reason "wait for the database team"'],
    exits: deciding,
    run: (session, command) => commands.decide().hold(session, command.args[0] ?? '', command.opts()),
  }).option('--reason <text>', 'why; required');
  add(program, {
    usage: 'release <pair>',
    description: 'end a hold or a pause',
    examples: ['release keycloak-prod'],
    exits: deciding,
    run: (session, command) => commands.decide().release(session, command.args[0] ?? '', command.opts()),
  }).option('--reason <text>', 'why');
  add(program, {
    usage: 'abort <pair>',
    description: "end the pair's run: made safe, reported, then nobody guards",
    examples: ['abort keycloak-prod --reason "we finish this by hand"'],
    exits: waiting,
    run: (session, command) =>
      commands.abort().abort(session, command.args[0] ?? '', command.opts<Abort.AbortOptions>()),
  })
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait for the end this long (default: 120 s)'))
    .option('--no-wait', 'do not wait for the end; of --wait and --no-wait the later one counts');
}

function addAnswering(program: Command, add: Add): void {
  program.commandsGroup('Answer:');
  add(program, {
    usage: 'approve <pair>',
    description: 'answer yes to what a run asks; status shows the exact line',
    examples: [
      'approve keycloak-prod --gate keepSite --site site-a --reason "site-b has no power"',
      'approve keycloak-prod --gate admitStaleSite --plan 7f3a9c41 --reason "site-a is lost"',
    ],
    exits: deciding,
    run: (session, command) => commands.decide().approve(session, command.args[0] ?? '', command.opts()),
  })
    .addOption(gateOption())
    .option('--site <site>', 'the site that is to be kept')
    .option('--plan <plan>', 'the plan that is approved: 8 hex digits, as status shows it')
    .option('--reason <text>', 'why; required');
  add(program, {
    usage: 'reject <pair>',
    description: 'answer no to what a run asks',
    examples: ['reject keycloak-prod --gate keepSite --reason "the network team looks first"'],
    exits: deciding,
    run: (session, command) => commands.decide().reject(session, command.args[0] ?? '', command.opts()),
  })
    .addOption(gateOption())
    .option('--plan <plan>', 'the plan that is rejected: 8 hex digits, as status shows it')
    .option('--reason <text>', 'why; required');
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
    examples: ['confirm keycloak-prod --reason "added the endpoint in the console"'],
    exits: deciding,
    run: (session, command) => commands.decide().confirm(session, command.args[0] ?? '', command.opts()),
  }).option('--reason <text>', 'what was done, and why; required');
}

function addServing(program: Command, add: Add): void {
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
}

function addSettingUp(program: Command, add: Add): void {
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

function newProgram({ stdout, stderr }: Surroundings): Command {
  const configHelp = 'configuration; default: $SITEWARDEN_CONFIG, ./sitewarden.yaml, /etc/sitewarden/sitewarden.yaml';
  const examples = examplesHelp(['status', 'observe keycloak-prod']);
  return new Command('sitewarden')
    .description('Carries a pair of sites through a split-brain: fences one, proves it, and guards it.')
    .version(version())
    .option('--config <file>', configHelp)
    .option('--json', 'one JSON value on standard output; text for people and logs on standard error')
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

function examplesHelp(examples: readonly string[]): string {
  return ['Examples:', ...examples.map((example) => `  sitewarden ${example}`)].join('\n');
}
