/**
 * One check written outside of a scenario file, in the same words: what a test demands of a run that is already over.
 */
import { readChecks } from '#hil/scenario/checks'
import { Findings } from '#hil/scenario/findings'
import { readSheet } from '#hil/scenario/sheet'
import type { Check, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'

/** A check as a scenario file would write it: its keys with their values as text. */
export type WrittenDemand = Readonly<Record<string, string | readonly string[] | undefined>> & {
  readonly check: Check['check']
}

/**
 * The check that the words mean in a run of the scenario. Throws RangeError, with everything that is wrong and what to
 * write instead; keys without a value are left out.
 */
export function checkOfDemand(demand: WrittenDemand, scenario: Pick<Scenario, 'duration_us'>): Check {
  // JSON is YAML, so the reader of scenario files reads it.
  const text = JSON.stringify({ checks: [demand] })
  const findings = new Findings(readSheet(text, 'a demand is a check'))
  const { duration_us } = scenario
  const [check] = readChecks(findings, { duration_us, text: duration(duration_us) }) ?? []
  if (check !== undefined && findings.count === 0) return check
  const problems = findings.problems('demand', text).map(({ message }) => message)
  throw new RangeError(`${demand.check} cannot be demanded like this: ${problems.join('; ')}`)
}
