#!/usr/bin/env node
import { main } from '../client/cli/main';
import type * as SentinelMain from '../sentinel/main';
import type * as WorkerArchive from '../worker/archive';
import type * as WorkerEmergency from '../worker/emergency';
import type * as WorkerMain from '../worker/main';
import type * as WorkerObserver from '../worker/observer/main';

// The AWS SDK's advice about Node versions would break the worker's log of JSON lines; package.json says what is supported.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/* eslint-disable @typescript-eslint/no-require-imports -- loaded when it is needed, and not before */
/** The worker's code, with the AWS SDK and Temporal's core in it, is loaded by `sitewarden worker` alone. */
const workerMain = () => require('../worker/main') as typeof WorkerMain;
/** With Temporal's core, and nothing that runs workflows. */
const workerObserver = () => require('../worker/observer/main') as typeof WorkerObserver;
/** With no SDK but that of a secret's store. */
const sentinelMain = () => require('../sentinel/main') as typeof SentinelMain;
/** With the AWS SDK, and nothing that runs workflows. */
const workerArchive = () => require('../worker/archive') as typeof WorkerArchive;
/** The same. */
const workerEmergency = () => require('../worker/emergency') as typeof WorkerEmergency;

void main({
  runWorker: (options) => workerMain().runWorker(options),
  runObserver: (options) => workerObserver().runObserver(options),
  runSentinel: (options) => sentinelMain().runSentinel(options),
  openEmergency: (options) => workerEmergency().openEmergency(options),
  openArchive: (options) => workerArchive().openArchive(options),
});
