/**
 * Two projects: `fast` is everything that runs in this process; `slow` starts processes (the command, npm), gets
 * longer, runs one file at a time and is given a freshly built bundle.
 */
import { defineConfig } from 'vitest/config'

const SLOW = ['test/package/**/*.test.ts', 'test/cli/**/*.test.ts']

export default defineConfig({
  test: {
    // Two cores are what there is; the default leaves one of them idle.
    maxWorkers: 2,
    reporters: ['default', 'json'],
    outputFile: { json: '.test-report.json' },
    coverage: {
      provider: 'v8',
      include: ['units/**/*.ts', 'protocol/**/*.ts', 'firmware-sim/**/*.ts', 'hil/**/*.ts'],
      reporter: ['text', 'lcov'],
    },
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: SLOW, testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: SLOW,
          globalSetup: ['test/package/setup.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
