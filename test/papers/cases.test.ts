/**
 * The five case reports as scenarios: each says which words of its report it stands on and what it assumes, and what it
 * demands is not met by the same regimen with a mistake in it. Here are the mistakes that are hardest to see, a third of them
 * in each scenario; cases.long.test.ts makes all of them in all.
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
  'fill-too-weak',
  'fill-wrong-drug',
  'refill-too-weak',
  'refill-wrong-drug',
  'refill-half-filled',
  'refill-forgotten',
  'restart-forgotten',
])

/** In each scenario every third of those that have a place there, never the same ones; and each where it first has one. */
const SHARE = 3
const seen = new Set<string>()
const BROKEN = CASES.map(([name, file], index) => {
  const places = placesIn(file, HARDEST, false)
  const own = places.filter(([what], place) => {
    const mistake = what.replace(/:.*/, '')
    const isFirst = !seen.has(mistake)
    seen.add(mistake)
    return isFirst || place % SHARE === index % Math.min(SHARE, places.length)
  })
  return [name, file, own] as const
})

describe.each(BROKEN)('%s', (_, file, places) => {
  it.each(places)('is not met with %s', (_name, place) => expectCaught(place, file.scenario))
})

it('each of the mistakes is made in some scenario', () => {
  const made = BROKEN.flatMap(([, , places]) => places.map(([what]) => what))
  for (const { name } of HARDEST)
    expect(
      made.some((what) => what.startsWith(`${name}: `)),
      name,
    ).toBe(true)
})
