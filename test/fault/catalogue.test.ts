/**
 * The catalogue of faults: every entry says all that is asked of it, and finds its place in scenarios or says why there is
 * none. Here each is put into a few of the library, never the same ones; into all of them in catalogue.long.test.ts.
 */
import { describe, expect, it } from 'vitest'
import { FAULTS } from '#hil/fault/catalogue'
import { DETECTORS } from '#hil/fault/catalogue-entry'
import { OTHERWISE } from '#hil/fault/otherwise'
import { LIBRARY, placedIn } from './places.ts'

const SHARE = 24

describe('the catalogue', () => {
  it('has each name once, as a slug', () => {
    const names = FAULTS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  })

  it('says who else may notice first of entries that it has, and never whom it expects anyway', () => {
    const names = FAULTS.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(Object.keys(OTHERWISE)))
    for (const { expected, otherwise = [] } of FAULTS)
      expect(otherwise.map((one) => one.expected)).not.toContain(expected)
  })
})

describe.each(FAULTS.map((entry, index) => [entry.name, entry, index] as const))('%s', (_, entry, index) => {
  it('says what it is, where that is known from, and who should notice first and why', () => {
    for (const text of [entry.mechanism, entry.source, entry.because]) expect(text.length).toBeGreaterThan(20)
    expect(entry.mechanism).toMatch(/^[A-Z].*\.$/)
    expect(entry.because).not.toMatch(/^[A-Z]|\.$/)
    expect(DETECTORS).toContain(entry.expected)
    expect(entry.carriedBy.length).toBeGreaterThan(0)
    for (const { name, meaning, range, taken } of entry.parameters)
      for (const text of [name, meaning, range, taken]) expect(text).not.toBe('')
  })

  it('finds a place in a scenario, as a valid file, or says why there is none', () => {
    placedIn(
      entry,
      LIBRARY.filter((_scenario, place) => place % SHARE === index % SHARE),
    )
  })
})
