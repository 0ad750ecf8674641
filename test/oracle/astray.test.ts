import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { astrayOf } from '#hil/oracle/astray'
import { indexHeights, riseOver } from '#hil/oracle/heights'
import { increment, type Line } from '#hil/oracle/line'
import { during, type Span } from '#hil/oracle/staircase'
import {
  add,
  compare,
  negate,
  ONE,
  type Rational,
  ratio,
  subtract,
  sum,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'
import { fractions, lines, spans, staircases } from './arbitraries.ts'
import { idealSteps } from './naive.ts'
import { rampsOf, timeAbove, timeBelow } from './naive-partings.ts'

const HOUR_us = 3_600_000_000
const hours = (count: number) => whole(Math.round(count * HOUR_us))
const DAY: Span = { from_us: ZERO, to_us: hours(24) }
/** 1 ug an hour in steps of a quarter: one every 900 s. */
const LINE: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, BigInt(HOUR_us)) }]
const STEP = ratio(1n, 4n)
const STEPS = idealSteps(LINE, STEP, 64, DAY.to_us)

/** The steps of the day but for those from one hour to another. */
const stalled = (from: number, to: number) => [
  ...during(STEPS, { from_us: ZERO, to_us: hours(from) }),
  ...during(STEPS, { from_us: hours(to), to_us: DAY.to_us }),
]

describe('the time ahead of and behind a prescription', () => {
  it('is the sum over every ramp between two changes', () => {
    fc.assert(
      fc.property(
        lines(60_000, 1000),
        fc.oneof(staircases(60_000), fc.constantFrom(ratio(9n, 10n), ONE, ratio(21n, 20n))),
        spans(66_000),
        fractions(4),
        (line, made, span, tolerance) => {
          const stairs = 'n' in made ? idealSteps(line, ratio(1n, 3n), 64, whole(60_000), made) : made
          const { ramps } = rampsOf(stairs, line, span)
          const found = astrayOf(stairs, line, { ...span, tolerance })
          expect(found.ahead.total_us).toEqual(sum(ramps.map((ramp) => timeAbove(ramp, tolerance))))
          expect(found.behind.total_us).toEqual(sum(ramps.map((ramp) => timeBelow(ramp, negate(tolerance)))))
          const first = ramps.find(({ start }) => compare(start, tolerance) > 0)
          expect(found.ahead.first_us).toEqual(first?.from)
          const late = ramps.find(({ end }) => compare(end, negate(tolerance)) < 0)
          const lateFrom = late && subtract(late.to, timeBelow(late, negate(tolerance)))
          expect(found.behind.first_us).toEqual(lateFrom)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('agrees with counting moments', () => {
    const stairs = stalled(6, 8)
    const heights = indexHeights(stairs)
    const tolerance = ratio(3n, 10n)
    const found = astrayOf(stairs, LINE, { ...DAY, tolerance })
    const moments = 20_000
    let behind = 0
    for (let k = 0; k < moments; k += 1) {
      const to_us = ratio(BigInt(2 * k + 1) * BigInt(24 * HOUR_us), BigInt(2 * moments))
      const delivered = riseOver(heights, { from_us: ZERO, to_us })
      if (compare(subtract(increment(LINE, ZERO, to_us), delivered), tolerance) > 0) behind += 1
    }
    expect(toNumber(found.behind.total_us) / HOUR_us).toBeCloseTo((behind * 24) / moments, 1)
    expect(found.ahead.total_us).toEqual(ZERO)
  })

  it('is nothing for a faultless pump within a step and a tick', () => {
    const tolerance = add(STEP, ratio(64n, BigInt(HOUR_us)))
    const found = astrayOf(STEPS, LINE, { ...DAY, tolerance })
    expect(found).toEqual({
      ahead: { total_us: ZERO, first_us: undefined },
      behind: { total_us: ZERO, first_us: undefined },
    })
  })

  it('goes on after a stall to the end, because nothing is made up', () => {
    // The last step is at 6 h; at 6.5 h half a microgram is missing. Eight steps (at 6.25 h to 8 h) never come.
    const found = astrayOf(stalled(6, 8), LINE, { ...DAY, tolerance: ratio(1n, 2n) })
    expect(found.behind).toEqual({ total_us: hours(17.5), first_us: hours(6.5) })
  })

  it('counts the increments of its span only', () => {
    const found = astrayOf(stalled(6, 8), LINE, { from_us: hours(9), to_us: hours(24), tolerance: STEP })
    expect([found.behind.total_us, found.ahead.total_us]).toEqual([ZERO, ZERO])
  })

  it('settles a year of a fast pump without visiting its steps one by one', () => {
    const year = { from_us: ZERO, to_us: hours(24 * 365) }
    const rate = times(LINE[0]!.rate, 100)
    const fast: Line = [{ from_us: ZERO, value: ZERO, rate }]
    const gain = ratio(101n, 100n)
    const stairs = idealSteps(fast, STEP, 64, year.to_us, gain)
    const found = astrayOf(stairs, fast, { ...year, tolerance: whole(10) })
    // Ahead by 1 ug an hour, in steps of a quarter: 10 ug after ten hours, give or take a step.
    const first_h = toNumber(found.ahead.first_us ?? ZERO) / HOUR_us
    expect(Math.abs(first_h - 10)).toBeLessThan(0.3)
    expect(Math.abs(toNumber(found.ahead.total_us) / HOUR_us - (24 * 365 - 10))).toBeLessThan(0.3)
  })

  it('is exact where the span begins and ends within a microsecond', () => {
    const line: Line = [{ from_us: ZERO, value: ZERO, rate: ONE }]
    const span = { from_us: ratio(1n, 3n), to_us: ratio(22n, 7n) }
    const { ahead, behind } = astrayOf([], line, { ...span, tolerance: ratio(1n, 2n) })
    expect(behind).toEqual({ total_us: subtract(span.to_us, ratio(5n, 6n)), first_us: ratio(5n, 6n) })
    expect(ahead.total_us).toEqual(ZERO)
  })

  it('refuses a tolerance below nothing and what falls', () => {
    const wrong = (tolerance: Rational) => astrayOf(STEPS, LINE, { ...DAY, tolerance })
    expect(() => wrong(whole(-1))).toThrow(/must not be less than nothing/)
    const falls = STEPS.map((flight) => ({ ...flight, rise: negate(flight.rise) }))
    expect(() => astrayOf(falls, LINE, { ...DAY, tolerance: ONE })).toThrow(/falls/)
  })
})
