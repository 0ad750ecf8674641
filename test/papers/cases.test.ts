/**
 * The five case reports as scenarios: each says which words of its report it stands on and what it assumes, and what it
 * demands is not met by the same regimen with a mistake in it.
 */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'
import { slipsOf } from './slips.ts'

const { scenarios, problems } = readScenarios(['scenarios/papers'])
const CASES = scenarios.map(({ file, scenario }) => [file.replace('scenarios/papers/', ''), scenario] as const)

/** How many scenarios each report has at least. */
const REPORTS: readonly (readonly [folder: string, least: number])[] = [
  ['000-pediatric-high-dose', 3],
  ['001-simple-continuous', 9],
  ['002-tolerance', 15],
  ['003-withdrawal', 9],
  ['004-weaning', 8],
]

describe('the case reports', () => {
  it.each(REPORTS)('%s has its scenarios', (folder, least) => {
    expect(problems).toEqual([])
    expect(CASES.filter(([file]) => file.startsWith(`${folder}/`)).length).toBeGreaterThanOrEqual(least)
  })

  it.each(CASES)('%s quotes its report, says where, and states what it assumes', (_, { origin, source, tags }) => {
    const [head = ''] = origin.text.split('\nschema:')
    const flowing = head.replaceAll(/\n# ?/g, ' ')
    expect(flowing).toMatch(/ In its words \([A-Z][^)]*\): "[^"]+"/)
    expect(flowing).toMatch(/ Assumed, because the (?:report|abstract) /)
    expect(source).toMatch(/doi 10\.|PII S|without authors or DOI/)
    expect(tags).toContain('paper')
  })
})

/** The checks that are not met, but for the one that compares programs: by what was delivered, refused or said. */
async function caughtIn(scenario: Scenario): Promise<readonly string[]> {
  const trace = await execute(scenario, modelPump, idealRig)
  const { checks } = judge(trace, { file: scenario.name, wall_s: 0 })
  return checks
    .filter(({ check, verdict }) => verdict !== 'pass' && check !== 'programmed-as-prescribed')
    .map(({ check }) => check)
}

describe.each(CASES)('%s', (_, scenario) => {
  it.each(slipsOf(scenario).map(({ name, scenario: wrong }) => [name, wrong] as const))(
    'is not met with %s',
    async (_name, wrong) => expect(await caughtIn(wrong)).not.toEqual([]),
  )
})
