const swc = (syntax) => ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax } }, module: { type: 'commonjs' } }];

module.exports = {
  // a busy machine is no failure: nothing here is timed
  testTimeout: 30_000,
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // .mjs: helpers that the benches use as well
  transform: { '^.+\\.ts$': swc('typescript'), '^.+\\.mjs$': swc('ecmascript') },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
