// One project per kind of test; `npm run test:<kind>` runs one of them with all that it needs.
const swc = ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }];
const project = (displayName, extra = {}) => ({
  displayName,
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  ...extra,
});
module.exports = {
  // Waits are for conditions, with bounds of their own; this only ends a test that hangs.
  testTimeout: 120_000,
  projects: [
    project('unit'),
    project('architecture'),
    project('replay'),
    project('workflow'),
    project('contract'),
    project('e2e'),
  ],
};
