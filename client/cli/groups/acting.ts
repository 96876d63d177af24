/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import type { Command } from 'commander';
import type * as Abort from '../commands/abort';
import type * as Decide from '../commands/decide';
import type * as Emergency from '../commands/emergency';
import type * as Fence from '../commands/fence';
import type * as Pause from '../commands/pause';
import type * as WayBack from '../commands/way-back';
import { deciding, waiting, type Add } from '../command-line';
import { exitCodes } from '../exit-codes';
import { lengthOption, waitOption } from '../options';

const commands = {
  abort: () => require('../commands/abort') as typeof Abort,
  decide: () => require('../commands/decide') as typeof Decide,
  emergency: () => require('../commands/emergency') as typeof Emergency,
  fence: () => require('../commands/fence') as typeof Fence,
  pause: () => require('../commands/pause') as typeof Pause,
  wayBack: () => require('../commands/way-back') as typeof WayBack,
};

const { refused, notFinished } = exitCodes;

export function addActing(program: Command, add: Add): void {
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
    usage: 'synchronize <pair>',
    description:
      'make the fenced site equal to the one that serves: emptied, pushed, compared; it stays out of traffic',
    examples: ['synchronize keycloak-prod --wait --reason "the link is whole again"'],
    exits: waiting,
    run: (session, command) =>
      commands.wayBack().synchronize(session, command.args[0] ?? '', command.opts<WayBack.WayBackOptions>()),
  })
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait until both sites compared equal (1800 s, or as many as given)'));
  add(program, {
    usage: 'site-online <pair>',
    description: 'put a synchronized site back into traffic, and watch it',
    examples: ['site-online keycloak-prod --site site-b --wait --reason "both sites are equal"'],
    exits: waiting,
    run: (session, command) =>
      commands.wayBack().siteOnline(session, command.args[0] ?? '', command.opts<WayBack.SiteOptions>()),
  })
    .option('--site <site>', 'the site that is to serve again')
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait until it serves (1800 s, or as many as given)'));
  add(program, {
    usage: 'site-offline <pair>',
    description: 'take one of two healthy sites out of traffic, as planned; refused in a split',
    examples: ['site-offline keycloak-prod --site site-b --wait --reason "its database is upgraded"'],
    exits: waiting,
    run: (session, command) =>
      commands.wayBack().siteOffline(session, command.args[0] ?? '', command.opts<WayBack.SiteOptions>()),
  })
    .option('--site <site>', 'the site that is to leave')
    .option('--reason <text>', 'why; required')
    .addOption(waitOption('wait until it is proved to be out (1800 s, or as many as given)'));
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
