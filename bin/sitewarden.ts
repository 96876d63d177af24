#!/usr/bin/env node
import { main } from '../client/cli/main';

/** The worker's code, with the AWS SDK and Temporal's core in it, is loaded by `sitewarden worker` alone. */
const workerMain = () => require('../worker/main') as typeof import('../worker/main');

void main((options) => workerMain().runWorker(options));
