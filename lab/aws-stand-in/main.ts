/** The AWS stand-in by itself: `node dist/lab/aws-stand-in/main.js [--host H] [--port N] [scenario.json ...]`, until a signal. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { interruption } from '../stop-signal';
import { parseScenario, startAwsStandIn } from '.';

const usage = `Usage: node dist/lab/aws-stand-in/main.js [--host 127.0.0.1] [--port 4566] [scenario.json ...]

Global Accelerator, Elastic Load Balancing, Secrets Manager and S3 of one AWS account. Point AWS_ENDPOINT_URL at it.
A scenario says what the account holds and what goes wrong; GET /_stand-in/ names the pages for curl.`;

void main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '4566' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is no port.`);
  const scenarios = positionals.map((file) => parseScenario(readFileSync(file, 'utf8')));
  const stop = interruption();
  const standIn = await startAwsStandIn({ host: values.host, port });
  try {
    for (const scenario of scenarios) {
      for (const { name, host, port: listening } of (await standIn.play(scenario)).accelerators) {
        console.log(`${name} is served at ${host}:${listening}`);
      }
    }
    console.log(`AWS_ENDPOINT_URL=${standIn.url}`);
    if (!stop.aborted) await once(stop, 'abort');
  } finally {
    await standIn.close();
  }
}
