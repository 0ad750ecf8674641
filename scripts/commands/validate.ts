/** `pumpbench validate`: every mistake in the files, and a warning of everything the pump would refuse or give up. */
import { modelPump } from '#hil/pump/model'
import { rehearse } from '#hil/run/rehearse'
import { problemText } from '#hil/scenario/problem'
import { visible } from '#hil/scenario/wording'
import { BENCH_FILE } from '#scripts/bench-file'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { readScenarios } from '#scripts/scenario-files'
import { duration } from '#units/format'

export function validate(paths: readonly string[]): ExitStatus {
  const { scenarios, problems } = readScenarios(paths, {}, [BENCH_FILE])
  for (const problem of problems) console.error(problemText(problem))
  for (const { file, scenario } of scenarios) {
    const refusals = rehearse(scenario, modelPump)
    console.log(
      `${visible(file)}: valid: ${scenario.name}, ${duration(scenario.duration_us)}, ${scenario.checks.length} checks`,
    )
    for (const { at_us, text, reason, ends } of refusals) {
      const what = ends === null ? `refuse "${text}"` : `stop its ${ends} after the ${text}`
      console.log(`${visible(file)}: warning: at ${duration(at_us)} the pump will ${what}: ${reason}`)
    }
  }
  if (problems.length > 0) console.error(`${problems.length} problem${problems.length === 1 ? '' : 's'}`)
  return problems.length > 0 ? EXIT.usage : EXIT.pass
}
