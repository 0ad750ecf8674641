/** `pumpbench list`: the scenarios that come with pumpbench, with the path to run each by. */
import { relative } from 'node:path'
import { problemText } from '#hil/scenario/problem'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { libraryFolder } from '#scripts/library'
import { readScenarios } from '#scripts/scenario-files'
import { duration } from '#units/format'

export function list(): ExitStatus {
  const { scenarios, problems } = readScenarios([libraryFolder])
  for (const { file, scenario } of scenarios) {
    console.log(`${scenario.name}  ${duration(scenario.duration_us)}`)
    console.log(`  ${relative(process.cwd(), file)}`)
    if (scenario.source !== undefined) console.log(`  ${scenario.source}`)
  }
  for (const problem of problems) console.error(problemText(problem))
  return problems.length > 0 ? EXIT.usage : EXIT.pass
}
