/** `pumpbench list`: the scenarios that come with pumpbench, with the path to run each by. */
import { relative } from 'node:path'
import { problemText } from '#hil/scenario/problem'
import { type SelectionOptions, selected } from '#scripts/commands/selection'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { libraryFolder } from '#scripts/library'
import { readScenarios } from '#scripts/scenario-files'
import { duration } from '#units/format'

/** Lists the scenarios with one of the tags, or all. */
export function list(options: Pick<SelectionOptions, 'tag'> = {}): ExitStatus {
  const { scenarios, problems } = readScenarios([libraryFolder])
  const selection = selected(scenarios, options)
  for (const problem of problems) console.error(problemText(problem))
  if (!selection.ok) {
    console.error(selection.problem)
    return EXIT.usage
  }
  for (const { file, scenario } of selection.files) {
    console.log(`${scenario.name}  ${duration(scenario.duration_us)}`)
    console.log(`  ${relative(process.cwd(), file)}`)
    if (scenario.source !== undefined) console.log(`  ${scenario.source}`)
    if (scenario.tags.length > 0) console.log(`  tags: ${scenario.tags.join(', ')}`)
  }
  return problems.length > 0 ? EXIT.usage : EXIT.pass
}
