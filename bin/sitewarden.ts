#!/usr/bin/env node
import { main } from '../client/cli/main';
import type * as WorkerMain from '../worker/main';

// The AWS SDK's advice about Node versions would break the worker's log of JSON lines; package.json says what is supported.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The worker's code, with the AWS SDK and Temporal's core in it, is loaded by `sitewarden worker` alone. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when it is needed, and not before
const workerMain = () => require('../worker/main') as typeof WorkerMain;

void main((options) => workerMain().runWorker(options));
