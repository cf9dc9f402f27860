const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  },
];

const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': swc },
  setupFiles: ['reflect-metadata'],
};

const database = {
  globalSetup: './test/support/global-setup.ts',
  globalTeardown: './test/support/global-teardown.ts',
};

export default {
  // Most time goes into waiting for processes, so that a core left free would stand idle.
  maxWorkers: '100%',
  // Jest in ESM mode keeps every module registry alive; an idle worker above this is replaced.
  workerIdleMemoryLimit: '768MB',
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/src/sandbox/'],
      moduleNameMapper: {
        ...base.moduleNameMapper,
        '^@nestjs/common$': '<rootDir>/test/support/nest-common.ts',
      },
    },
    // The stand-in for Google is tested over real HTTP; it is quick, but not unit-quick.
    { ...base, displayName: 'sandbox', testMatch: ['<rootDir>/src/sandbox/**/*.spec.ts'] },
    { ...base, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'], ...database },
    {
      ...base,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.spec.ts'],
      ...database,
    },
    { ...base, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'], ...database },
  ],
};
