/** Whether an entry of the catalogue finds its place in scenarios of the library, or says why there is none. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { stringify } from 'yaml'
import type { CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { readSheet } from '#hil/scenario/sheet'
import type { Scenario } from '#hil/scenario/types'
import { libraryFolder } from '#scripts/library'
import { readScenarios } from '#scripts/scenario-files'

export interface LibraryScenario {
  readonly scenario: Scenario
  readonly written: WrittenScenario
}

export const LIBRARY: readonly LibraryScenario[] = readScenarios([libraryFolder]).scenarios.map(
  ({ file, scenario }) => ({
    scenario,
    written: readSheet(readFileSync(file, 'utf8'), '').root as WrittenScenario,
  }),
)

/** The scenarios that have a place for the entry; in each its outcome is a valid file, and the same every time. */
export function placedIn(entry: CatalogueEntry, library: readonly LibraryScenario[]): readonly LibraryScenario[] {
  return library.filter(({ scenario, written }) => {
    const before = stringify(written)
    const injected = entry.inject(written, scenario)
    expect(entry.inject(written, scenario), scenario.name).toEqual(injected)
    expect(stringify(written), scenario.name).toBe(before)
    if (!injected.applicable) {
      expect(injected.reason, scenario.name).toMatch(/^[a-z0-9].*[^.]$/)
      return false
    }
    const text = stringify(injected.written)
    const parsed = parseScenario(text, scenario.name, { modelFigures: scenario.origin.modelFigures })
    expect(parsed.ok ? [] : parsed.problems.map(problemText), scenario.name).toEqual([])
    expect(injected.text).not.toBe('')
    return true
  })
}
