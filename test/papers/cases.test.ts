/**
 * The five case reports as scenarios: each says which words of its report it stands on and what it assumes, and what it
 * demands is not met by the same regimen with a mistake in it. Here are the mistakes that are hardest to see; cases.long.test.ts
 * makes all of them.
 */
import { describe, expect, it } from 'vitest'
import { CASES, errorsNamed, expectCaught, placesIn, REPORTS } from './caught.ts'

/** How many scenarios each report has at least. */
const FOLDERS: readonly (readonly [folder: string, least: number])[] = [
  ['000-pediatric-high-dose', 3],
  ['001-simple-continuous', 9],
  ['002-tolerance', 15],
  ['003-withdrawal', 9],
  ['004-weaning', 8],
]

describe('the case reports', () => {
  it.each(FOLDERS)('%s has its scenarios', (folder, least) => {
    expect(REPORTS.problems).toEqual([])
    expect(CASES.filter(([file]) => file.startsWith(`${folder}/`)).length).toBeGreaterThanOrEqual(least)
  })

  it.each(CASES)('%s quotes its report, says where, and states what it assumes', (_, { scenario }) => {
    const { origin, source, tags } = scenario
    const [head = ''] = origin.text.split('\nschema:')
    const flowing = head.replaceAll(/\n# ?/g, ' ')
    expect(flowing).toMatch(/ In its words \([A-Z][^)]*\): "[^"]+"/)
    expect(flowing).toMatch(/ Assumed, because the (?:report|abstract) /)
    expect(source).toMatch(/doi 10\.|PII S|without authors or DOI/)
    expect(tags).toContain('paper')
  })
})

/** The least of each kind: who notices a fifth notices ten times, and who notices the last entry missing notices a late one. */
const HARDEST = errorsNamed([
  'a-fifth-too-much',
  'a-fifth-too-little',
  'hours-as-minutes',
  'boluses-left-out',
  'entry-forgotten',
  'left-stopped',
  'minimum-rate-after-refusal',
  'fill-told-too-strong',
  'refill-told-too-strong',
  'refill-half-filled',
  'refill-forgotten',
  'restart-forgotten',
])

describe.each(CASES)('%s', (_, file) => {
  it.each(placesIn(file, HARDEST, false))('is not met with %s', (_name, place) => expectCaught(place, file.scenario))
})
