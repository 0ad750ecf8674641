/** The library as its files write it, and what an error may change of a file. */
import { expect } from 'vitest'
import type { CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'

export interface Written {
  readonly scenario: Scenario
  readonly written: WrittenScenario
}

export function libraryWritten(): readonly Written[] {
  return readScenarios(['scenarios']).scenarios.map(({ text, scenario }) => ({ scenario, written: sheet(text) }))
}

export function sheet(text: string): WrittenScenario {
  return readSheet(text, SCENARIO_OPENING).root as WrittenScenario
}

/** What each error may change of a file. */
function mayChange({ name }: CatalogueEntry): readonly string[] {
  if (name.startsWith('refill-') || name === 'restart-forgotten') return ['events']
  if (name.startsWith('fill-')) return ['fill']
  if (name.startsWith('wrong-')) return ['pump_clock']
  return name === 'left-stopped' ? ['programming', 'events'] : ['programming']
}

/** Made in the file, the error changes something, nothing but what it says, and not the file it was given; or has a reason. */
export function expectAsSaid(entry: CatalogueEntry, written: WrittenScenario, scenario: Scenario): void {
  const before = JSON.stringify(written)
  const injected = entry.inject(written, scenario)
  expect(JSON.stringify(written)).toBe(before)
  if (!injected.applicable) {
    expect(injected.reason.length).toBeGreaterThan(10)
    return
  }
  const keys = new Set([...Object.keys(written), ...Object.keys(injected.written), 'programming'])
  const changed = [...keys].filter((key) => said(written, key) !== said(injected.written, key))
  expect(changed).not.toEqual([])
  expect(mayChange(entry)).toEqual(expect.arrayContaining(changed))
  expect(injected.text.length).toBeGreaterThan(20)
}

/** What a key says; the lines of a program in order of time. */
function said(written: WrittenScenario, key: string): string {
  if (key !== 'programming') return JSON.stringify(written[key] ?? null)
  const lines = (written['programming'] ?? written['prescription']) as readonly object[]
  return JSON.stringify(lines.map((line) => JSON.stringify(line)).toSorted())
}
