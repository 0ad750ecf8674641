/** A scenario that a benchmark states itself. */
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'

/** The scenario of a text; throws with its problems where it is none. */
export function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, 'benchmark')
  if (parsed.ok) return parsed.scenario
  throw new Error(parsed.problems.map(problemText).join('\n'))
}
