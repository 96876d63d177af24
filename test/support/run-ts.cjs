/** Lets Node run the project's TypeScript as it stands: `node --require test/support/run-ts.cjs bin/sitewarden.ts`. */
const { transformFileSync } = require('@swc/core');

const options = {
  jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
};

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
