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
const onRealParts = { testTimeout: 120_000 };
module.exports = {
  projects: [
    project('unit'),
    project('architecture', onRealParts),
    project('replay', onRealParts),
    project('workflow', onRealParts),
    project('contract', onRealParts),
    project('e2e', onRealParts),
  ],
};
