import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the build puts the workflow bundle, beside the compiled code. */
export const builtBundlePath = join(__dirname, '..', 'workflow-bundle.js');

/** Bundles the workflows with their payload converter; the same for the build and for tests. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  return bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    payloadConverterPath: require.resolve('../workflows/contract/payload-converter'),
    logger: new DefaultLogger('WARN'),
  });
}

async function writeBundle(): Promise<void> {
  const { code } = await bundleWorkflows();
  writeFileSync(builtBundlePath, code);
}

if (require.main === module) {
  writeBundle().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
