import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { largestBurst } from '#hil/oracle/burst'
import { differenceOf } from '#hil/oracle/difference'
import { heightAt, indexHeights } from '#hil/oracle/heights'
import { merged, type Staircase } from '#hil/oracle/staircase'
import { trackingOf } from '#hil/oracle/tracking'
import { trumpetOf } from '#hil/oracle/trumpet'
import {
  add,
  compare,
  floor,
  magnitude,
  negate,
  type Rational,
  ratio,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'
import { fractions, lines, spans, staircases, wanderings } from './arbitraries.ts'
import { idealSteps, spelledOut, sumWhere } from './naive.ts'

const RUN = { from_us: ZERO, to_us: whole(200_000) }

/** The difference at every instant of the grid from start to end. */
function spelled(a: Staircase, b: Staircase, from: bigint, to: bigint, grid: bigint, offset: Rational) {
  const span = { from_us: whole((from / grid) * grid), to_us: whole((to / grid) * grid) }
  const [up, down] = [spelledOut(a, span), spelledOut(b, span)]
  const ceiling = ({ t }: { t: Rational }) =>
    whole(-((-t.n / grid) * grid === -t.n ? -t.n / grid : -t.n / grid - 1n) * grid)
  const times = [span.from_us, ...up.map(ceiling), ...down.map(ceiling)].filter((t) => compare(t, span.to_us) <= 0)
  return times.toSorted(compare).map((t) => {
    const before = (at: Rational) => compare(at, t) <= 0
    return { at_us: t, difference: add(offset, subtract(sumWhere(up, before), sumWhere(down, before))) }
  })
}

describe('the worst of the difference', () => {
  const step = (at_us: number, rise: Rational) => [
    { tick_us: 1, cadence: { first: at_us, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 }, rise },
  ]
  const worst = (a: Staircase, b: Staircase) => differenceOf(a, b, RUN).worst

  it('is the farther of both extremes, the earlier where they are as far', () => {
    const [third, quarter] = [ratio(1n, 3n), ratio(1n, 4n)]
    const [up, down] = [step(10, third), step(20, add(third, quarter))]
    expect(worst(up, down)).toEqual({ at_us: whole(10), difference: third })
    expect(worst(down, up)).toEqual({ at_us: whole(10), difference: negate(third) })
    const far = step(20, add(third, third))
    expect(worst(up, far)).toEqual({ at_us: whole(10), difference: third })
    expect(worst(far, up)).toEqual({ at_us: whole(10), difference: negate(third) })
    const farther = step(20, whole(1))
    expect(worst(up, farther)).toEqual({ at_us: whole(20), difference: ratio(-2n, 3n) })
    expect(worst(farther, up)).toEqual({ at_us: whole(20), difference: ratio(2n, 3n) })
  })

  it('is nothing where both take the same step at the very start of a run', () => {
    const found = differenceOf(step(0, whole(2)), step(0, whole(2)), { ...RUN, within: ZERO })
    expect([found.highest, found.lowest]).toEqual([
      { at_us: ZERO, difference: ZERO },
      { at_us: ZERO, difference: ZERO },
    ])
    expect(found.firstViolation_us).toBeUndefined()
    expect(differenceOf(step(0, whole(2)), [], RUN).lowest.difference).toEqual(whole(2))
  })

  it('is exact when it starts from less than any plain number', () => {
    const offset = whole(-(2n ** 60n) - 1n)
    const found = differenceOf(step(10, whole(2)), [], { ...RUN, offset, within: whole(2n ** 60n) })
    expect(found.lowest.difference).toEqual(offset)
    expect(found.highest.difference).toEqual(add(offset, whole(2)))
    expect(found.firstViolation_us).toEqual(ZERO)
  })
})

describe('the difference of two staircases', () => {
  it.each([1, 64, 1000])('is as extreme as every instant spelled out says, on a grid of %d us', (grid_us) => {
    fc.assert(
      fc.property(
        fc.oneof(staircases(200_000), wanderings(200_000)),
        fc.oneof(staircases(200_000), wanderings(200_000)),
        spans(220_000),
        fractions(2),
        fractions(3),
        (a, b, span, offset, within) => {
          const found = differenceOf(a, b, { ...span, grid_us, offset, within })
          const all = spelled(a, b, floor(span.from_us), floor(span.to_us), BigInt(grid_us), offset)
          const values = all.map(({ difference }) => difference)
          const highest = values.reduce((most, value) => (compare(value, most) > 0 ? value : most))
          const lowest = values.reduce((least, value) => (compare(value, least) < 0 ? value : least))
          expect(found.highest.difference).toEqual(highest)
          expect(found.lowest.difference).toEqual(lowest)
          if (isReached(span.from_us, grid_us)) {
            expect(all).toContainEqual(found.highest)
            const violation = all.find(({ difference }) => compare(magnitude(difference), within) > 0)
            expect(found.firstViolation_us).toEqual(violation?.at_us)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is one step between a due time and its tick, and nothing at the ticks', () => {
    fc.assert(
      fc.property(lines(200_000, 20_000), (line) => {
        const step = ratio(1n, 4n)
        const [due, moved] = [idealSteps(line, step, 1, RUN.to_us), idealSteps(line, step, 64, RUN.to_us)]
        const all = differenceOf(due, moved, RUN)
        expect(compare(all.worst.difference, step)).toBeLessThanOrEqual(0)
        const ticks = differenceOf(due, moved, { ...RUN, grid_us: 64, within: ZERO })
        expect(ticks.worst.difference).toEqual(ZERO)
        expect(ticks.firstViolation_us).toBeUndefined()
      }),
    )
  })

  it('sees a step that was booked and never made, from that instant on', () => {
    const cadence = { first: 100, phase: 0, count: 10, quotient: 50, remainder: 0, divisor: 1 }
    const rise = ratio(1n, 4n)
    const booked = [{ tick_us: 64, cadence, rise }]
    const made = [
      { tick_us: 64, cadence: { ...cadence, count: 4 }, rise },
      { tick_us: 64, cadence: { ...cadence, first: 350, count: 5 }, rise },
    ]
    const found = differenceOf(booked, made, { ...RUN, within: ZERO })
    expect(found.firstViolation_us).toEqual(whole(300 * 64))
    expect(found.worst).toEqual({ at_us: whole(300 * 64), difference: rise })
  })
})

describe('what a pump believes', () => {
  const cadence = { first: 100, phase: 0, count: 10, quotient: 50, remainder: 0, divisor: 1 }
  const rise = ratio(1n, 4n)
  const booked = [{ tick_us: 1, cadence, rise }]
  const made = [{ tick_us: 1, cadence: { ...cadence, count: 6 }, rise }]

  it('meets the truth again once it has withdrawn what was lost, while it goes on booking', () => {
    const lost = { tick_us: 1, cadence: { ...cadence, first: 500, count: 4, quotient: 0 }, rise: negate(rise) }
    const found = differenceOf(merged(booked, [lost]), made, { ...RUN, within: rise })
    // Lost are those of 400, 450, 500 and 550; at 500 four are withdrawn, one of them before it was booked.
    expect(found.highest).toEqual({ at_us: whole(450), difference: ratio(1n, 2n) })
    expect(found.lowest).toEqual({ at_us: whole(500), difference: ratio(-1n, 4n) })
    expect(found.firstViolation_us).toEqual(whole(450))
    expect(heightAt(indexHeights(merged([lost], booked)), whole(1000))).toEqual(ratio(3n, 2n))
  })

  it('takes numbers beyond plain ones when it falls', () => {
    const huge = { tick_us: 1, cadence, rise: ratio(-(3n ** 60n), 7n) }
    const found = differenceOf([huge], booked, RUN)
    expect(found.worst).toEqual({ at_us: whole(550), difference: subtract(times(huge.rise, 10), ratio(10n, 4n)) })
  })

  it('is no measure of what has moved', () => {
    const fall = [{ tick_us: 64, cadence, rise: negate(rise) }]
    const line = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
    const question = { ...RUN, within: rise, rigTick_us: whole(64), window_us: whole(10), step: rise }
    expect(() => trackingOf(fall, line, question)).toThrow(/falls at 6400 us/)
    expect(() => trumpetOf(fall, line, question)).toThrow(RangeError)
    expect(() => largestBurst(fall, whole(10), RUN)).toThrow(RangeError)
  })
})

function isReached(from_us: Rational, grid_us: number): boolean {
  return grid_us === 1 || floor(from_us) % BigInt(grid_us) === 0n
}
