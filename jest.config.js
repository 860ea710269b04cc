import { SWC_OPTIONS } from './test/support/swc-options.js';

/** Jest on ES modules: `npm test` starts it with --experimental-vm-modules. Nothing is mocked; see test/support. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', SWC_OPTIONS],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/sequencer.js',
  // For the two cores of the build server: there is mostly a file that waits, for a process or for minutes to pass.
  maxWorkers: 3,
  // Several times what they take: the build server is shared, and what hangs is found anyhow.
  testTimeout: 90_000,
};
