/** The leanest window: held against every window that could be it, and by hand against a stall, a bolus and a taper. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { increment, type Line } from '#hil/oracle/line'
import { largestShortfall } from '#hil/oracle/shortfall'
import { add, compare, larger, ONE, type Rational, ratio, subtract, toNumber, whole, ZERO } from '#units/rational'
import { lines, spans, staircases } from './arbitraries.ts'
import { spelledOut, sumWhere } from './naive.ts'

describe('the window that lacks most', () => {
  it('lacks as much as the worst of all that end at, or just before, an instant that matters', () => {
    fc.assert(
      fc.property(
        staircases(60_000),
        lines(60_000, 2000),
        spans(70_000),
        fc.integer({ min: 1, max: 40_000 }),
        (stairs, line, span, length) => {
          const window = whole(length)
          const instants = spelledOut(stairs, span)
          const times = [...instants.map(({ t }): Rational => t), ...line.map(({ from_us }) => from_us)]
          const ends = [
            span.from_us,
            span.to_us,
            add(span.from_us, window),
            ...times.flatMap((t) => [t, add(t, window)]),
          ]
          const lacking = ends
            .filter((t) => compare(t, span.from_us) >= 0 && compare(t, span.to_us) <= 0)
            .flatMap((t) => {
              const from = subtract(t, window)
              const meant = increment(line, larger(from, span.from_us), t)
              const at = sumWhere(instants, (one) => compare(one, t) <= 0 && compare(one, from) > 0)
              const before = sumWhere(instants, (one) => compare(one, t) < 0 && compare(one, from) >= 0)
              return [subtract(meant, at), subtract(meant, before)]
            })
          const most = lacking.reduce(larger, ZERO)
          const found = largestShortfall(stairs, line, window, span)
          const size = found === undefined ? ZERO : subtract(found.prescribed, found.delivered)
          expect(toNumber(size)).toBeCloseTo(toNumber(most), 6)
        },
      ),
      { numRuns: 400 },
    )
  })

  /** One an hour of steps of 1, prescribed at one an hour. */
  const HOUR = 3_600_000_000
  const steady: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, BigInt(HOUR)) }]
  const steps = (first_h: number, count: number) => ({
    tick_us: 1,
    cadence: { first: first_h * HOUR, phase: 0, count, quotient: HOUR, remainder: 0, divisor: 1 },
    rise: ONE,
  })
  const DAY = whole(24 * HOUR)
  const week = { from_us: ZERO, to_us: whole(168 * HOUR) }

  it('holds the whole pause where that is shorter', () => {
    // No step from hour 51 to 56: of the day that ends with the last of these, (32, 56], 18 are left.
    const stairs = [steps(1, 50), steps(57, 112)]
    const found = largestShortfall(stairs, steady, DAY, week)
    expect(found).toEqual({ prescribed: whole(24), delivered: whole(18), to_us: whole(56 * HOUR) })
  })

  it('counts from the start where the span is shorter than the window', () => {
    const found = largestShortfall([steps(1, 4)], steady, DAY, { from_us: ZERO, to_us: whole(10 * HOUR) })
    expect(found).toEqual({ prescribed: whole(10), delivered: whole(4), to_us: whole(10 * HOUR) })
  })

  it('is none where nothing lacks', () => {
    expect(largestShortfall([steps(0, 168)], steady, DAY, { from_us: ZERO, to_us: whole(100) })).toBeUndefined()
    expect(() => largestShortfall([], steady, ZERO, week)).toThrow(/whole microseconds/)
  })
})
