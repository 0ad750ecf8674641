/** Mutation testing of some groups of files at a time, started by scripts/mutation.ts; see docs/MUTATION.md. */
export default {
  testRunner: 'in-process',
  plugins: ['./scripts/mutation/runner.ts'],
  coverageAnalysis: 'perTest',
  // One is enough on a machine that others use.
  concurrency: Number(process.env.MUTATION_PROCESSES ?? 2),
  // On a busy machine slow is not hung, and what hangs mostly reaches the limit of hits before.
  timeoutMS: 60_000,
  timeoutFactor: 1,
  dryRunTimeoutMinutes: 15,
  ignorePatterns: ['/dist', '/report', '/coverage', '/docs/pictures'],
  tempDirName: '.mutation/sandbox',
  incremental: true,
  incrementalFile: '.mutation/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
  jsonReporter: { fileName: '.mutation/report.json' },
}
