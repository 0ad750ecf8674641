/**
 * Adds up the tests of several vitest JSON reports and prints the line that CI reads last. Fails when a test failed, a
 * file could not be loaded, a report ran no test or is missing: a run that proves nothing must not look green.
 *
 *   tsx scripts/tally.ts REPORT.json...
 */
import { readFileSync } from 'node:fs'

interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** The part of a report that is read. */
interface Report {
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

const reports = process.argv.slice(2)
const total: Tally = { passed: 0, failed: 0, skipped: 0 }
const problems = reports.length === 0 ? ['no report was named'] : []

for (const path of reports) {
  try {
    const tally = tallyOf(JSON.parse(readFileSync(path, 'utf8')) as Report)
    if (tally.passed + tally.failed === 0) problems.push(`${path}: no test ran`)
    total.passed += tally.passed
    total.failed += tally.failed
    total.skipped += tally.skipped
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

for (const problem of problems) console.log(problem)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 || problems.length > 0 ? 1 : 0

/** A file that failed without a failed test, because it could not be loaded, counts as one failure. */
function tallyOf(report: Report): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const file of report.testResults) {
    const before = tally.failed
    for (const { status } of file.assertionResults) {
      if (status === 'passed') tally.passed++
      else if (status === 'failed') tally.failed++
      else tally.skipped++
    }
    if (file.status === 'failed' && tally.failed === before) tally.failed++
  }
  return tally
}
