/**
 * The requirements that come along, and the library that is evidence for them: each is exercised, and by a check that could
 * tell that it is not met.
 */
import { describe, expect, it } from 'vitest'
import { requirementsOf } from '#hil/report/requirements-file'
import type { Check, Scenario } from '#hil/scenario/types'
import { requirementsInUse } from '#scripts/commands/requirements-in-use'
import { readScenarios } from '#scripts/scenario-files'

const FILE = 'requirements.yaml'
const { scenarios: files, problems } = readScenarios(['scenarios'])
const IDS = requirementsInUse(FILE, files).requirements?.map(({ id }) => id) ?? []

/** Checks of which the evidence for each requirement holds at least one of every row. */
const EVIDENCE: Readonly<Record<string, readonly (readonly Check['check'][])[]>> = {
  R1: [['delivered-volume'], ['dose-at-tip'], ['trumpet']],
  R2: [['bolus-accuracy']],
  R3: [['programmed-as-prescribed'], ['tracking']],
  R4: [['reservoir-estimate']],
  R5: [['over-delivery'], ['max-dose']],
  R6: [['alarm-latency'], ['alarm']],
  R7: [['event'], ['believed-dose'], ['programmed-as-prescribed']],
  R8: [['programmed-as-prescribed'], ['refused'], ['max-dose']],
  R9: [['event'], ['alarm-latency']],
  R10: [['alarm'], ['no-other-alarms']],
  R11: [['alarm'], ['max-dose', 'delivered-volume']],
  // Judged in every run, without being asked.
  R12: [],
  R13: [['refused']],
  R14: [['delivered-volume', 'dose-at-tip', 'tracking']],
}

function checksFor(id: string, scenario: Scenario): readonly Check[] {
  const own = scenario.checks.filter((check) => check.requirements?.includes(id))
  return own.length > 0 || !scenario.requirements.includes(id) ? own : scenario.checks
}

describe('the requirements that come along', () => {
  it('are each exercised by the library, and it names no other', () => {
    expect(problems).toEqual([])
    expect(requirementsInUse(FILE, files).problems).toEqual([])
    expect(IDS).toEqual(Object.keys(EVIDENCE))
  })

  it.each(Object.keys(EVIDENCE))('%s is missed by name when the scenarios that exercise it are left out', (id) => {
    const others = files.filter(({ scenario }) => !requirementsOf(scenario).has(id))
    expect(others.length).toBeLessThan(files.length)
    const found = requirementsInUse(FILE, others).problems.join(' ')
    expect(found).toMatch(new RegExp(`no scenario given exercises .*\\b${id}\\b`))
  })

  it.each(Object.entries(EVIDENCE))('%s has checks among its evidence that could tell', (id, rows) => {
    const kinds = new Set(files.flatMap(({ scenario }) => checksFor(id, scenario)).map(({ check }) => check))
    for (const row of rows)
      expect([...kinds]).toEqual(expect.arrayContaining([row.find((kind) => kinds.has(kind)) ?? row[0]]))
  })
})

it('every scenario of the library has tags by which it is chosen', () => {
  for (const { file, scenario } of files) expect([file, scenario.tags.length]).not.toEqual([file, 0])
  const folders = new Set(files.map(({ scenario }) => scenario.tags[0]))
  expect([...folders].sort()).toEqual(['field', 'paper', 'plant', 'pump'])
})
