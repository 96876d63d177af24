import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectFolder } from '../../lab/project-folder';
import { readTools } from '../../lab/tools';
import type { ServiceModel } from './service-model';

export type BotoService = 'globalaccelerator' | 'elbv2' | 'secretsmanager' | 's3';

export interface BotoCall {
  /** Of the stand-in. */
  url: string;
  service: BotoService;
  /** As the API or as boto3 names it: `DescribeTags`, `describe_tags`. */
  operation: string;
  arguments?: object;
  /** Default us-west-2 for Global Accelerator, else eu-west-1. */
  region?: string;
  /** Access key. */
  key?: string;
  secret?: string;
  /** Default 1. */
  attempts?: number;
  /** Page size; all pages are then the result. */
  paginate?: number;
  /** False lets out what botocore would refuse itself. */
  validate?: boolean;
}

export interface BotoAnswer {
  result?: unknown;
  error?: { class: string; code?: string; message: string; httpStatus?: number; attempts?: number };
  /** The bodies as they came, decoded. */
  wire: unknown[];
}

/** A Python process that calls AWS through boto3; see test/contract/boto3/calls.py. */
export function startBoto3() {
  const { botoPython } = readTools('botoPython');
  const script = join(projectFolder, 'test', 'contract', 'boto3', 'calls.py');
  // Isolated from the machine's Python settings and AWS profiles.
  const child = spawn(botoPython, ['-I', script], {
    env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: 'true' },
  });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function ask<T>(line: object): Promise<T> {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The Python process has ended:\n${complaints}`);
    return JSON.parse(value) as T;
  }

  return {
    call: (call: BotoCall) => {
      const region = call.service === 'globalaccelerator' ? 'us-west-2' : 'eu-west-1';
      return ask<BotoAnswer>({ region, arguments: {}, ...call });
    },
    /** botocore's description of the service: operations, shapes and their bounds. */
    async model(service: BotoService): Promise<ServiceModel> {
      return (await ask<{ result: ServiceModel }>({ service, model: true })).result;
    },
    async close(): Promise<void> {
      if (child.exitCode !== null) return;
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
    },
  };
}

export type Boto3 = ReturnType<typeof startBoto3>;
