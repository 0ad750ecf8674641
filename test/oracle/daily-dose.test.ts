import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { largestGrowth, steadyDailyDose } from '#hil/oracle/daily-dose'
import { type Flow, flowOf, NO_FLOW } from '#hil/oracle/flow'
import { valueAt } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import type { Entry } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import { add, compare, larger, ratio, subtract, times, toText } from '#units/rational'
import { fractions, lines, spans } from './arbitraries.ts'
import { at, clockAt, evenFlex, flex, intent, periodic } from './intents.ts'

/** Micrograms in the richest 24 hours of a therapy. */
function steady(entry: Entry): string {
  if (entry.kind !== 'therapy') throw new Error('a therapy has a daily dose')
  const { therapy } = entry
  const basal: Flow = 'basal' in therapy && therapy.basal !== null ? flowOf(therapy.basal) : NO_FLOW
  return toText(steadyDailyDose(therapy, basal, ({ byMass }) => byMass))
}

describe('the largest growth in a sliding window', () => {
  it('is the largest at any end of the window at which a rate changes, and at the ends of the span', () => {
    fc.assert(
      fc.property(lines(200_000, 3000), spans(260_000), fractions(90_000), (line, { from_us, to_us }, length) => {
        const window_us = add(length, ratio(1n, 7n))
        const marks = line.flatMap((piece) => [piece.from_us, add(piece.from_us, window_us)])
        const ends = [from_us, to_us, ...marks.filter((t) => compare(t, from_us) > 0 && compare(t, to_us) < 0)]
        const grown = ends.map((t) => subtract(valueAt(line, t), valueAt(line, subtract(t, window_us))))
        expect(largestGrowth(line, window_us, { from_us, to_us })).toEqual(grown.reduce(larger))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the daily dose of a therapy', () => {
  it('is basal and boluses of a day', () => {
    expect(steady(evenFlex('0 d', '350 ug/d', 13, '50 ug', '5 min'))).toBe('1000')
    expect(steady(evenFlex('0 d', '0 ug/d', 6, '350/3 ug', '5 min'))).toBe('700')
  })

  it('counts what any 24 hours hold where not all days have boluses', () => {
    const slots = [['01:00', '10 ug', '1 h'] as const, ['23:00', '30 ug', '1 h'] as const]
    expect(steady(flex('0 d', '24 ug/d', slots, ['mon', 'thu']))).toBe('64')
    expect(steady(flex('0 d', '24 ug/d', [['12:00', '48 ug', '48 h']], ['mon', 'tue']))).toBe('72')
    expect(steady(flex('0 d', '24 ug/d', [['12:00', '48 ug', '48 h']], ['mon', 'tue', 'wed']))).toBe('72')
    expect(steady(flex('0 d', '24 ug/d', slots, []))).toBe('24')
  })

  it('counts a bolus on both sides of the end of the week', () => {
    expect(steady(flex('0 d', '0 ug/d', [['23:00', '26 ug', '26 h']], ['sat', 'sun']))).toBe('26')
    // From Sunday 04:48 to Monday 04:48: two boluses in whole, and all but 2 h 24 min of the one that lasts for most of a week.
    const slots = [
      ['04:48', '100 ug', '288 min'] as const,
      ['12:00', '165.6 ug', '9936 min'] as const,
      ['21:36', '100 ug', '432 min'] as const,
    ]
    expect(steady(flex('0 d', '0 ug/d', slots, ['sun']))).toBe('1108/5')
  })

  it('counts every bolus that lasts for longer than what repeats it', () => {
    expect(steady(periodic('0 h', '10 ug', '5 h', '2 h'))).toBe('120')
    expect(steady(periodic('0 h', '10 ug', '10 d', '1 h'))).toBe('240')
    expect(steady(periodic('0 h', '10 ug', '35 h', '7 h'))).toBe('240/7')
    expect(steady(flex('0 d', '0 ug/d', [['12:00', '70 ug', '14 d']], ['mon']))).toBe('10')
  })

  it('of an interval that does not divide the day is that of the richest day', () => {
    expect(steady(periodic('0 h', '10 ug', '1 h', '7 h', '24 ug/d'))).toBe('64')
    expect(steady(periodic('0 h', '10 ug', '1 h', '30 h'))).toBe('10')
    expect(steady(periodic('0 h', '10 ug', '5 h', '21 h'))).toBe('16')
    expect(steady(periodic('0 h', '1 ug', '1 us', '1 us'))).toBe('86400000000')
  })

  it('is the largest that the prescribed ledger shows once it has gone on for two weeks', () => {
    const slots = fc.tuple(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 90 }),
      fc.integer({ min: 1, max: 40 }),
    )
    const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const)
    fc.assert(
      fc.property(fc.array(slots, { maxLength: 3 }), days, (list, on) => {
        const boluses = list.map(([hour, dose, over]) => {
          return [`${String(hour).padStart(2, '0')}:00`, `${dose} ug`, `${over} h`] as const
        })
        const entry = flex('0 d', '24 ug/d', boluses, on)
        const run = { duration_us: at('30 d'), clock_us: clockAt('2026-01-07T13:00') }
        const line = prescribe(intent([entry], [], run)).mass.get('baclofen') ?? []
        const span = { from_us: times(DAY_us, 14), to_us: times(DAY_us, 29) }
        expect(steady(entry)).toBe(toText(largestGrowth(line, DAY_us, span)))
      }),
      { numRuns: 100 },
    )
  })
})
