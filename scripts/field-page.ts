/** docs/FIELD.md: prose by hand, with the table in it renewed from the scenarios of `scenarios/field`. */
import type { Scenario } from '#hil/scenario/types'
import { storyOf } from '#scripts/cases-page'
import { libraryFolder } from '#scripts/library'
import { markdownTable, withPart } from '#scripts/markdown'
import { readScenarios } from '#scripts/scenario-files'

/** The page with its table renewed. Throws if a file cannot be read, or says no lesson. */
export function fieldPage(page: string): string {
  const folder = `${libraryFolder}/field`
  const { scenarios, problems } = readScenarios([folder])
  const [problem] = problems
  if (problem !== undefined) throw new Error(`${problem.file}: ${problem.message}`)
  const rows = scenarios.map(({ file, scenario }) => [
    `[${scenario.name.replace(/^field-/, '')}](../scenarios/field/${file.slice(folder.length + 1)})`,
    storyOf(scenario),
    lessonOf(scenario),
    scenario.source ?? '',
  ])
  return withPart(page, 'field', markdownTable(['scenario', 'what happens', 'what was learned', 'source'], rows))
}

/** The sentence after `Lesson:` in the words before the file. */
export function lessonOf({ name, origin }: Scenario): string {
  const [, lesson] = /^# Lesson: ((?:.+)(?:\n# .+)*)/m.exec(origin.text) ?? []
  if (lesson === undefined) throw new Error(`${name} does not say what was learned; write a paragraph "# Lesson: ..."`)
  return lesson.replaceAll('\n# ', ' ')
}
