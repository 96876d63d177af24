// One project per kind of test; `npm run test:<kind>` runs one of them with all that it needs.
const swc = [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
];
const project = (displayName, extra = {}) => ({
  displayName,
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  ...extra,
});
// The SDK's advice about Node versions is for people, not for every test's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
module.exports = {
  // `npm run test:unit`: a rule that no test can reach is a rule too many.
  collectCoverageFrom: ['<rootDir>/domain/**/*.ts'],
  coverageThreshold: { './domain/': { statements: 100, branches: 100, functions: 100, lines: 100 } },
  // Waits are for conditions, with bounds of their own; this only ends a test that hangs.
  testTimeout: 120_000,
  projects: [
    project('unit'),
    project('architecture'),
    project('replay'),
    project('workflow'),
    project('contract'),
    project('e2e'),
    project('keycloak'),
  ],
};
