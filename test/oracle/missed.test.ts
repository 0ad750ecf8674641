import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Line } from '#hil/oracle/line'
import { missedOf } from '#hil/oracle/missed'
import { during, type Span } from '#hil/oracle/staircase'
import {
  add,
  compare,
  larger,
  magnitude,
  negate,
  ONE,
  type Rational,
  ratio,
  subtract,
  whole,
  ZERO,
} from '#units/rational'
import { fractions, lines, spans, staircases } from './arbitraries.ts'
import { idealSteps } from './naive.ts'
import { valuesOf } from './naive-partings.ts'

const HOUR_us = 3_600_000_000
const hours = (count: number) => whole(Math.round(count * HOUR_us))
const DAY: Span = { from_us: ZERO, to_us: hours(24) }
/** 1 ug an hour in steps of a quarter: one every 900 s. */
const LINE: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, BigInt(HOUR_us)) }]
const STEP = ratio(1n, 4n)
const STEPS = idealSteps(LINE, STEP, 64, DAY.to_us)
const during_h = (from: number, to: number) => during(STEPS, { from_us: hours(from), to_us: hours(to) })

/** The best choice of stretches, by trying for every end every start. */
function bestFalls(values: readonly Rational[], tolerance: Rational): Rational {
  const best: Rational[] = []
  for (const [k, end] of values.entries()) {
    let most = best[k - 1] ?? ZERO
    for (let i = 0; i < k; i += 1) {
      most = larger(most, subtract(add(best[i]!, subtract(values[i]!, end)), tolerance))
    }
    best.push(most)
  }
  return best.at(-1) ?? ZERO
}

describe('what was missed and what was too much', () => {
  it('is the best of all choices of stretches', () => {
    fc.assert(
      fc.property(
        lines(20_000, 1000),
        fc.oneof(staircases(20_000), fc.constantFrom(ratio(9n, 10n), ONE, ratio(21n, 20n))),
        spans(22_000),
        fractions(3),
        (line, made, span, some) => {
          const stairs = 'n' in made ? idealSteps(line, ratio(1n, 3n), 64, whole(20_000), made) : made
          const tolerance = larger(some, ratio(1n, 7n))
          const values = valuesOf(stairs, line, span)
          const found = missedOf(stairs, line, { ...span, tolerance })
          expect(found.under).toEqual(bestFalls(values, tolerance))
          expect(found.over).toEqual(bestFalls(values.map(negate), tolerance))
          const apart = subtract(subtract(found.over, found.under), values.at(-1)!)
          expect(compare(magnitude(apart), tolerance)).toBeLessThanOrEqual(0)
        },
      ),
      { numRuns: 80 },
    )
  })

  it('is nothing for a faultless pump', () => {
    const tolerance = add(STEP, ratio(64n, BigInt(HOUR_us)))
    expect(missedOf(STEPS, LINE, { ...DAY, tolerance })).toEqual({ under: ZERO, over: ZERO })
  })

  it('adds up two stalls, each less the tolerance', () => {
    // Steps from 6.25 h to 8 h and from 15.25 h to 16 h never come: 2 ug and 1 ug. Right after a step nothing is missing, right
    // before the next one a quarter more than was missed.
    const stairs = [...during_h(0, 6), ...during_h(8, 15), ...during_h(16, 24)]
    const { under, over } = missedOf(stairs, LINE, { ...DAY, tolerance: STEP })
    expect([under, over]).toEqual([whole(3), ZERO])
  })

  it('sees both harms where the total is right', () => {
    // Two hours without a step, then two hours with every step twice.
    const stairs = [...during_h(0, 6), ...twice(8, 10), ...during_h(10, 24)]
    const { under, over } = missedOf(stairs, LINE, { ...DAY, tolerance: STEP })
    expect([under, over]).toEqual([whole(2), whole(2)])
  })

  it('is exact where the span begins and ends within a microsecond', () => {
    const line: Line = [{ from_us: ZERO, value: ZERO, rate: ONE }]
    const span = { from_us: ratio(1n, 3n), to_us: ratio(22n, 7n) }
    const { under, over } = missedOf([], line, { ...span, tolerance: ratio(1n, 2n) })
    expect([under, over]).toEqual([subtract(span.to_us, ratio(5n, 6n)), ZERO])
  })

  it('of many steps at a wrong pace is what they are out by together, less the tolerance', () => {
    // Right before a step at half the rate a whole step more is missing than right after it, at twice the rate half a step.
    const slow = idealSteps(LINE, STEP, 64, hours(2400), ratio(1n, 2n))
    const fast = idealSteps(LINE, STEP, 64, hours(2400), whole(2))
    const run = { from_us: ZERO, to_us: hours(2400), tolerance: STEP }
    expect(missedOf(slow, LINE, run)).toEqual({ under: whole(1200), over: ZERO })
    expect(missedOf(fast, LINE, run)).toEqual({ under: ZERO, over: subtract(whole(2400), ratio(1n, 8n)) })
  })

  it('refuses a tolerance of nothing', () => {
    expect(() => missedOf(STEPS, LINE, { ...DAY, tolerance: ZERO })).toThrow(/more than nothing/)
  })
})

function twice(from: number, to: number) {
  return during_h(from, to).map((flight) => ({ ...flight, rise: add(flight.rise, flight.rise) }))
}
