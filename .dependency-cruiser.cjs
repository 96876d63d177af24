/**
 * Who may import whom: the table of docs/ARCHITECTURE.md, checked by test/architecture. Each comment says where the code
 * belongs instead.
 */
const rooms = {
  domain: '^domain/',
  contract: '^workflows/contract/',
  workflows: '^workflows/(?!contract/)',
  activities: '^activities/',
  ports: '^gateways/(ports|archive-ports|secret-ports)\\.ts$',
  endedBy: '^gateways/ended-by\\.ts$',
  timeUp: '^runtime/time-up\\.ts$',
  httpAnswers: '^gateways/http-answers\\.ts$',
  programs: '^gateways/programs/',
  awsSdk: '^gateways/aws-sdk\\.ts$',
  config: '^config/',
  runtime: '^runtime/',
  worker: '^worker/',
  client: '^client/',
  sentinel: '^sentinel/',
  bin: '^bin/',
  around: '^(lab|bench|test)/',
};
const npm = (...names) => names.map((name) => `^node_modules/${name}(/|$)`);
const any = (...paths) => paths.join('|');

/** One room: what it may import of the project and of npm; everything else is an error. */
function room(name, from, { to, packages = [], node = false, comment }) {
  const allowed = any(from, ...to, ...npm(...packages));
  return [
    {
      name: `${name}-imports`,
      comment,
      severity: 'error',
      from: { path: from },
      to: { pathNot: allowed, dependencyTypesNot: ['core'] },
    },
    ...(node
      ? []
      : [
          {
            name: `${name}-no-node`,
            comment,
            severity: 'error',
            from: { path: from },
            to: { dependencyTypes: ['core'] },
          },
        ]),
  ];
}

/** One gateway: its own folder, the ports, the domain, the wait that a signal ends, a signal that time ends, and one vendor's library. */
function gateway(folder, packages, shared = []) {
  return room(`gateway-${folder}`, `^gateways/${folder}/`, {
    to: [rooms.domain, rooms.ports, rooms.endedBy, rooms.timeUp, ...shared],
    packages: ['zod', ...packages],
    node: true,
    comment: 'A gateway knows one vendor and the ports. What two gateways share belongs into domain/ or ports.ts.',
  });
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one noun or three: find it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...room('domain', rooms.domain, {
      to: [],
      comment:
        'The domain is pure: no package, no Node, no clock. Pass values in; effects belong into activities and gateways.',
    }),
    ...room('contract', rooms.contract, {
      to: [rooms.domain],
      packages: ['@temporalio/workflow', '@temporalio/common'],
      comment: 'The contract is shared with clients: only message definitions, inputs, ids and queues.',
    }),
    ...room('workflows', rooms.workflows, {
      to: [rooms.domain, rooms.contract, rooms.activities],
      packages: ['@temporalio/workflow'],
      comment: 'A workflow sequences activities. Rules belong into domain/, effects into activities/.',
    }),
    {
      name: 'workflows-activities-as-types',
      comment: 'Workflows know activities by type only; the code runs elsewhere.',
      severity: 'error',
      from: { path: rooms.workflows },
      to: { path: rooms.activities, dependencyTypesNot: ['type-only'] },
    },
    ...room('activities', rooms.activities, {
      to: [rooms.domain, rooms.ports, rooms.timeUp],
      packages: ['@temporalio/activity', '@temporalio/common'],
      comment: 'An activity does one thing through a port. Vendor code belongs into gateways/<vendor>.',
    }),
    ...room('ports', rooms.ports, {
      to: [rooms.domain],
      comment: 'Ports are types over the domain; nothing vendor-specific.',
    }),
    ...room('ended-by', rooms.endedBy, {
      to: [],
      node: true,
      comment: 'What every gateway needs of Node to obey a signal, and nothing else.',
    }),
    ...room('http-answers', rooms.httpAnswers, {
      to: [],
      comment:
        'What every gateway over HTTP knows of answers that do not come; what an answer says belongs into its gateway.',
    }),
    ...room('aws-sdk', rooms.awsSdk, {
      to: [],
      packages: ['@smithy/node-http-handler'],
      node: true,
      comment: 'What every gateway to AWS knows of the SDK; what one service answers belongs into its own gateway.',
    }),
    ...room('programs', rooms.programs, {
      to: [rooms.domain],
      node: true,
      comment:
        'What every gateway that runs a program knows of processes; what a program says belongs into its own gateway.',
    }),
    ...gateway(
      'global-accelerator',
      ['@aws-sdk/client-global-accelerator', '@smithy/types', '@aws-sdk/types'],
      [rooms.awsSdk],
    ),
    ...gateway('elastic-load-balancing', ['@aws-sdk/client-elastic-load-balancing-v2'], [rooms.awsSdk]),
    ...gateway('infinispan', ['undici', '@streamparser/json'], [rooms.httpAnswers]),
    ...gateway('keycloak', ['undici'], [rooms.httpAnswers]),
    ...gateway('health', ['undici']),
    ...gateway('alertmanager', ['undici', 'yaml'], [rooms.httpAnswers]),
    ...gateway('workload', [], [rooms.programs]),
    ...gateway('fence-agent', ['fast-xml-parser'], [rooms.programs]),
    ...gateway('heuristics', ['undici'], [rooms.programs]),
    // An observer is reached through Temporal: there it is the vendor.
    ...gateway('observer', ['@temporalio/client', '@temporalio/common']),
    ...gateway('network', ['undici'], [rooms.httpAnswers]),
    ...gateway('lock', ['undici'], [rooms.httpAnswers]),
    ...gateway('archive', ['@aws-sdk/client-s3'], [rooms.awsSdk]),
    ...gateway('secrets', ['@aws-sdk/client-secrets-manager'], [rooms.awsSdk]),
    ...room('config', rooms.config, {
      to: [rooms.domain],
      packages: ['zod', 'yaml', '@temporalio/envconfig', '@temporalio/client', '@temporalio/common'],
      node: true,
      comment: 'Configuration is read and checked here, and handed on as plain values.',
    }),
    ...room('runtime', rooms.runtime, {
      to: [rooms.domain],
      packages: ['pino', 'prom-client', 'fastify', '@temporalio/client'],
      node: true,
      comment: 'What every process shares. It takes plain values: knowledge of the configuration belongs to the mains.',
    }),
    ...room('worker', rooms.worker, {
      to: [rooms.domain, rooms.contract, rooms.activities, '^gateways/', rooms.config, rooms.runtime],
      packages: ['@temporalio/worker', '@temporalio/client', '@temporalio/common', 'prom-client', 'fastify'],
      node: true,
      comment: 'The worker composes; workflows are reached by path only, and clients are other processes.',
    }),
    {
      name: 'gateways-composed-once',
      comment:
        'Gateways are made in worker/compose.ts, worker/observer/compose.ts and worker/archive.ts (and secrets in the mains); everywhere else a port is passed in.',
      severity: 'error',
      from: { path: rooms.worker, pathNot: '^worker/((archive|compose|emergency|main)|observer/(compose|main))\\.ts$' },
      to: { path: '^gateways/', pathNot: rooms.ports },
    },
    ...room('sentinel', rooms.sentinel, {
      to: [rooms.domain, '^gateways/', rooms.config, rooms.runtime],
      packages: ['prom-client', 'fastify', 'zod'],
      node: true,
      comment:
        'A sentinel lives in a site and needs no Temporal to act; what it asks of Temporal is a port that a client hands in.',
    }),
    {
      name: 'sentinel-gateways-composed-once',
      comment:
        'A sentinel makes its gateways in sentinel/compose.ts and sentinel/main.ts, and its watchdog its one; everywhere else a port is passed in.',
      severity: 'error',
      from: { path: rooms.sentinel, pathNot: '^sentinel/(compose|main|watchdog)\\.ts$' },
      to: { path: '^gateways/', pathNot: rooms.ports },
    },
    ...room('client', rooms.client, {
      to: [rooms.domain, rooms.contract, rooms.config, rooms.runtime, '^gateways/secrets/', rooms.ports],
      packages: [
        '@temporalio/client',
        '@temporalio/common',
        '@temporalio/proto',
        'fastify',
        '@fastify/rate-limit',
        'zod',
        'prom-client',
        'commander',
        'cli-table3',
        'picocolors',
        'undici',
      ],
      node: true,
      comment: 'Clients talk to Temporal. What needs AWS or Infinispan is an activity.',
    }),
    ...room('bin', rooms.bin, {
      to: [
        '^client/(api|cli|webhook)/',
        '^worker/((archive|emergency|main)|observer/main)\\.ts$',
        '^sentinel/main\\.ts$',
        rooms.config,
      ],
      packages: ['commander'],
      node: true,
      comment: 'bin starts one process or one command; the work is in its main.',
    }),
    {
      name: 'nobody-imports-what-is-around',
      comment: 'lab, bench and test may import everything, and nothing may import them.',
      severity: 'error',
      from: { pathNot: rooms.around },
      to: { path: rooms.around },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(dist|coverage|\\.lab)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'] },
  },
};
