/* eslint-disable @typescript-eslint/no-require-imports -- a command is loaded when it runs, so that help is fast */
import type { Command } from 'commander';
import type * as Devices from '../commands/devices';
import type * as Drill from '../commands/drill';
import type * as Explain from '../commands/explain';
import type * as Observe from '../commands/observe';
import type * as Pairs from '../commands/pairs';
import type * as Quorum from '../commands/quorum';
import type * as Readiness from '../commands/readiness';
import type * as Report from '../commands/report';
import type * as Runs from '../commands/runs';
import type * as Status from '../commands/status';
import type * as Watch from '../commands/watch';
import { asking, type Add } from '../command-line';
import { exitCodes } from '../exit-codes';
import { cutOption, limitOption } from '../options';

const commands = {
  devices: () => require('../commands/devices') as typeof Devices,
  drill: () => require('../commands/drill') as typeof Drill,
  explain: () => require('../commands/explain') as typeof Explain,
  observe: () => require('../commands/observe') as typeof Observe,
  pairs: () => require('../commands/pairs') as typeof Pairs,
  quorum: () => require('../commands/quorum') as typeof Quorum,
  readiness: () => require('../commands/readiness') as typeof Readiness,
  report: () => require('../commands/report') as typeof Report,
  runs: () => require('../commands/runs') as typeof Runs,
  status: () => require('../commands/status') as typeof Status,
  watch: () => require('../commands/watch') as typeof Watch,
};

const { refused, temporalUnreachable, noWorker } = exitCodes;

export function addLooking(program: Command, add: Add): void {
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
    description:
      'the status again and again. Keys: p reads the plan, a approves, r rejects, q quits (they act on the first pair that asks). Without a terminal, one line for each change',
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
    exits: [...asking, noWorker],
    run: (session, { args }) => commands.observe().observe(session, args[0] ?? ''),
  });
  add(program, {
    usage: 'readiness <pair>',
    description:
      'look a pair through, in peace time, for what would make an incident worse than it has to be; each finding with what to do about it. A worker does so by itself every half hour; changes nothing',
    examples: ['readiness keycloak-prod', 'readiness keycloak-prod --last', 'readiness keycloak-prod --json'],
    exits: [refused, temporalUnreachable, noWorker],
    run: (session, command) =>
      commands.readiness().readiness(session, command.args[0] ?? '', command.opts<Readiness.ReadinessOptions>()),
  }).option('--last', 'show the last report with its age, whoever asked for it; works without a worker');
  add(program, {
    usage: 'devices <pair>',
    description: 'what the fence devices of a pair say, and whether they could do their work; changes nothing',
    examples: ['devices keycloak-prod', 'devices keycloak-prod --json'],
    exits: [refused, temporalUnreachable, noWorker],
    run: (session, { args }) => commands.devices().devices(session, args[0] ?? ''),
  });
  add(program, {
    usage: 'runs [pair]',
    description: 'open and past runs, as Temporal lists them; works without a worker',
    examples: ['runs', 'runs keycloak-prod --past --limit 5', 'runs --open --json'],
    exits: asking,
    run: (session, command) => commands.runs().runs(session, command.args[0], command.opts<Runs.RunsOptions>()),
  })
    .option('--open', 'only those that are open')
    .option('--past', 'only those that ended')
    .addOption(limitOption('how many at most', 20));
  add(program, {
    usage: 'report <pair> [incident]',
    description:
      'one document, at any time, on the open run, else on the last one, or on the incident that is named: what happened, what proves it, who decided, what was given up',
    examples: [
      'report keycloak-prod',
      'report keycloak-prod keycloak-prod-20261122T031201Z-1a2b --output incident.md',
      'report keycloak-prod --verify',
    ],
    exits: [refused, temporalUnreachable, noWorker],
    run: (session, command) =>
      commands.report().report(session, command.args[0] ?? '', command.args[1], command.opts<Report.ReportOptions>()),
  })
    .option('--verify', "check the hash chain of the pair's archived reports instead; shows no report")
    .option('--output <file>', 'write it to a file, which is replaced; Markdown, or JSON with --json');
  add(program, {
    usage: 'pairs',
    description: 'the configured pairs; asks nothing over the network',
    examples: ['pairs', 'pairs --json'],
    run: (session) => commands.pairs().pairs(session),
  });
  add(program, {
    usage: 'quorum <pair>',
    description:
      'who would be kept if something were cut: one row for each cut that is worth one, or the cut that is named; asks nothing over the network',
    examples: [
      'quorum keycloak-prod',
      'quorum keycloak-prod --cut site-a/site-b observer-1',
      'quorum keycloak-prod --cut site-a:site-b --json',
      'quorum keycloak-prod --score site-a=3',
    ],
    run: (session, command) =>
      commands.quorum().quorum(session, command.args[0] ?? '', command.opts<Quorum.QuorumOptions>()),
  })
    .addOption(cutOption())
    .option('--score <site=points...>', 'what the scored checks of a site add up to; unknown where it is left out');
  add(program, {
    usage: 'drill <pair>',
    description:
      'rehearses an incident up to its plan, on what is read now: who would be fenced and why, every command, every question, every bound, and the way back; changes nothing',
    examples: [
      'drill keycloak-prod',
      'drill keycloak-prod --cut site-a:site-b',
      'drill keycloak-prod --cut site-b --json',
    ],
    exits: [refused, temporalUnreachable, noWorker],
    run: (session, command) =>
      commands.drill().drill(session, command.args[0] ?? '', command.opts<Drill.DrillOptions>()),
  }).addOption(cutOption());
}
