/**
 * The suites that mutants are held against: what is named, and nothing that starts processes.
 *
 * Long suites of random lives would find more of the mutants, at many seconds for each; LONG=1 takes them in.
 */
import { defineConfig } from 'vitest/config'

const LONG = ['any-inputs', 'known-bad', 'link-property', 'power']

export default defineConfig({
  test: {
    include: ['test/firmware-sim/**/*.test.ts', 'test/protocol/**/*.test.ts'],
    exclude: process.env['LONG'] === '1' ? [] : LONG.map((name) => `test/*/${name}.test.ts`),
    // The first run counts what every test touches, which makes long loops many times slower.
    testTimeout: 120_000,
  },
})
