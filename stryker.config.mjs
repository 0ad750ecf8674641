/** Mutation testing of one group of files at a time, started by scripts/mutation.ts; see docs/MUTATION.md. */
const group = process.env.MUTATION_GROUP

export default {
  testRunner: 'in-process',
  plugins: ['./scripts/mutation/runner.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 15_000,
  // What hangs does so for good; the first run, beside which time is measured, is the slowest already.
  timeoutFactor: 0.5,
  dryRunTimeoutMinutes: 15,
  ignorePatterns: ['dist', 'report', 'coverage', 'docs/pictures'],
  tempDirName: '.mutation/sandbox',
  incremental: true,
  incrementalFile: `.mutation/${group}.incremental.json`,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
  jsonReporter: { fileName: `.mutation/${group}.report.json` },
}
