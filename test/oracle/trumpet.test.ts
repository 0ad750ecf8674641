import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeRate, type Line, type LinePiece } from '#hil/oracle/line'
import { during, type Span, type Staircase } from '#hil/oracle/staircase'
import { resolves, trumpetOf } from '#hil/oracle/trumpet'
import {
  add,
  compare,
  divide,
  isPositive,
  isZero,
  larger,
  magnitude,
  multiply,
  ONE,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'
import { fractions, lines, RIG_TICK_us, spans, staircases } from './arbitraries.ts'
import { idealSteps, naiveWindows } from './naive.ts'

const STEP = ratio(1n, 4n)
const HOUR_us = 3_600_000_000
const DAY: Span = { from_us: ZERO, to_us: whole(24 * HOUR_us) }

/** The cadence of a single step, but for its time. */
const ONCE = { phase: 0, count: 1, quotient: 0, remainder: 0, divisor: 1 }

function trumpet(delivered: Staircase, prescribed: Line, span: Span, window_us: Rational, step: Rational = STEP) {
  return trumpetOf(delivered, prescribed, { ...span, window_us, step, rigTick_us: RIG_TICK_us })
}

/** 1 uL an hour at a gain, in steps of a quarter: one every 900 s. */
function constant(gain: Rational = ONE): Line {
  return [{ from_us: ZERO, value: ZERO, rate: divide(gain, whole(HOUR_us)) }]
}

/** The highest rate at any time of a span, and of the tick before it. */
function fastest(line: Line, { from_us, to_us }: Span): Rational {
  const from = subtract(from_us, RIG_TICK_us)
  const inside = line.filter((piece, index) => {
    const next = line[index + 1]
    return compare(piece.from_us, to_us) < 0 && (next === undefined || compare(next.from_us, from) > 0)
  })
  return inside.map(({ rate }) => rate).reduce(larger, ZERO)
}

describe('the trumpet of the flow', () => {
  it('has the same extremes as every candidate evaluated on its own', () => {
    fc.assert(
      fc.property(
        lines(200_000, 20_000),
        fc.oneof(staircases(200_000), fc.constant(undefined)),
        spans(220_000),
        fractions(80_000),
        (line, random, span, length) => {
          const window = larger(length, ratio(1n, 3n))
          const stairs = random ?? idealSteps(line, whole(8), 64, span.to_us, ratio(11n, 10n))
          const found = trumpet(stairs, line, span, window)
          if (compare(subtract(span.to_us, span.from_us), window) < 0) return
          const all = naiveWindows(stairs, line, span, window)
          const errors = all
            .filter(({ prescribed }) => isPositive(prescribed))
            .map(({ delivered, prescribed }) => subtract(divide(delivered, prescribed), ONE))
          const into = all.filter(({ prescribed }) => isZero(prescribed)).map(({ delivered }) => delivered)
          const unprescribed = into.reduce(larger, ZERO)
          expect(found.unprescribed?.delivered ?? ZERO).toEqual(unprescribed)
          if (isZero(unprescribed)) expect(found.most?.error).toEqual(errors.toSorted(compare).at(-1))
          expect(found.least?.error).toEqual(errors.toSorted(compare)[0])
          const lean = all.map(({ prescribed }) => prescribed).reduce(smaller)
          expect(found.floor).toEqual(
            isZero(lean) ? undefined : divide(add(STEP, multiply(fastest(line, span), RIG_TICK_us)), lean),
          )
        },
      ),
      { numRuns: 400 },
    )
  })

  // On the scale of one microsecond every instant within it counts.
  it.each([1000, 1])(
    'finds its extremes wherever a long window straddles a change of rate, on a scale of %i us',
    (us) => {
      // For most of the run the prescription of the window grows or falls steadily, and many steps pass meanwhile.
      const rate = fc.integer({ min: 0, max: 60 }).map((n) => ratio(BigInt(n), 20n * BigInt(us)))
      const gaps = fc.array(fc.integer({ min: 0, max: Math.ceil(1.5 * us) }), { minLength: 20, maxLength: 60 })
      const part = fc.integer({ min: 1, max: 3000 * us }).map((n) => ratio(BigInt(n), 77n))
      fc.assert(
        fc.property(rate, rate, part, part, gaps, (before, after, turn_us, window_us, waits) => {
          const line: LinePiece[] = [{ from_us: ZERO, value: ZERO, rate: before }]
          changeRate(line, turn_us, after)
          let first = 0
          const steps = waits.map((wait) => {
            first += wait
            return { tick_us: 1, cadence: { ...ONCE, first }, rise: ONE }
          })
          const span = { from_us: ZERO, to_us: whole(40 * us) }
          if (compare(window_us, span.to_us) > 0) return
          const found = trumpet(steps, line, span, window_us)
          const all = naiveWindows(steps, line, span, window_us)
          const errors = all
            .filter(({ prescribed }) => isPositive(prescribed))
            .map(({ delivered, prescribed }) => subtract(divide(delivered, prescribed), ONE))
            .toSorted(compare)
          const into = all.filter(({ prescribed }) => isZero(prescribed)).map(({ delivered }) => delivered)
          expect(found.unprescribed?.delivered ?? ZERO).toEqual(into.reduce(larger, ZERO))
          expect(found.least?.error).toEqual(errors[0])
          if (found.unprescribed === undefined) expect(found.most?.error).toEqual(errors.at(-1))
        }),
      )
    },
  )

  it('finds the largest error at the very end, where the prescription of the window still falls', () => {
    const line = [
      { from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) },
      { from_us: whole(50), value: whole(5), rate: ratio(1n, 20n) },
    ]
    const steps = [{ tick_us: 1, cadence: { ...ONCE, first: 5, count: 6, quotient: 10 }, rise: ONE }]
    const found = trumpet(steps, line, { from_us: ZERO, to_us: whole(60) }, whole(20))
    expect(found.most).toEqual({ error: ratio(1n, 3n), start_us: whole(40) })
  })

  it('is exact half a microsecond after the prescription begins to grow', () => {
    // A hundredth of a step every us, from 100.5 us on a step; of five that come, four enter the window at 101 us.
    const line = [
      { from_us: ZERO, value: ZERO, rate: ratio(1n, 100n) },
      { from_us: ratio(201n, 2n), value: ratio(201n, 200n), rate: ONE },
    ]
    const steps = [{ tick_us: 1, cadence: { ...ONCE, first: 90 }, rise: ONE }]
    const more = [{ tick_us: 1, cadence: { ...ONCE, first: 101, count: 4 }, rise: ONE }]
    const found = trumpet([...steps, ...more], line, { from_us: ZERO, to_us: whole(130) }, ratio(81n, 4n))
    const prescribed = add(ratio(79n, 400n), ratio(1n, 2n))
    expect(found.most).toEqual({ error: subtract(divide(whole(5), prescribed), ONE), start_us: ratio(323n, 4n) })
  })

  it('tells apart errors that are closer than plain numbers get', () => {
    // Every window of 9 us holds one step at most, and each of three differs from the last one by 2^-50 of it.
    const line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]
    const size = (parts: bigint) => ratio(2n ** 50n + parts, 2n ** 50n)
    const steps = [0n, 1n, -1n].map((parts, index) => ({
      tick_us: 1,
      cadence: { ...ONCE, first: 10 * index + 5 },
      rise: size(parts),
    }))
    const found = trumpet(steps, line, { from_us: ZERO, to_us: whole(30) }, whole(9))
    expect(found.most).toMatchObject({ error: subtract(divide(size(1n), ratio(9n, 10n)), ONE), start_us: whole(6) })
    // A window of 10 us always holds one.
    const calm = trumpet(steps, line, { from_us: ZERO, to_us: whole(30) }, whole(10))
    expect([calm.most?.error, calm.least?.error]).toEqual([subtract(size(1n), ONE), subtract(size(-1n), ONE)])
    // What comes after, where the line is looked at anew, is no record for being as close to one.
    const again = [...steps, { tick_us: 1, cadence: { ...ONCE, first: 35 }, rise: size(0n) }]
    const parted = [...line, { from_us: whole(28), value: ratio(14n, 5n), rate: ratio(1n, 10n) }]
    const same = trumpet(again, parted, { from_us: ZERO, to_us: whole(40) }, whole(10))
    expect([same.most?.error, same.least?.error]).toEqual([subtract(size(1n), ONE), subtract(size(-1n), ONE)])
  })

  it('names the first of the windows that hold most of what nobody prescribed', () => {
    const line = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
    const steps = [5, 25, 26, 45, 46].map((first) => ({ tick_us: 1, cadence: { ...ONCE, first }, rise: ONE }))
    const found = trumpet(steps, line, { from_us: ZERO, to_us: whole(60) }, whole(10))
    expect(found).toMatchObject({ most: undefined, least: undefined, floor: undefined })
    expect(found.unprescribed).toEqual({ delivered: whole(2), start_us: whole(16) })
    const between: LinePiece[] = [...line]
    changeRate(between, whole(60), ONE)
    changeRate(between, whole(100), ZERO)
    const later = [...steps, ...[125, 126].map((first) => ({ tick_us: 1, cadence: { ...ONCE, first }, rise: ONE }))]
    const twice = trumpet(later, between, { from_us: ZERO, to_us: whole(150) }, whole(10))
    expect(twice.unprescribed).toEqual({ delivered: whole(2), start_us: whole(16) })
  })

  it('is out by all there is where nothing comes at all', () => {
    const found = trumpet([], constant(), DAY, whole(HOUR_us))
    expect([found.most?.error, found.least?.error]).toEqual([whole(-1), whole(-1)])
    expect(found.unprescribed).toBeUndefined()
  })

  it('says at which start its extremes lie', () => {
    fc.assert(
      fc.property(
        lines(200_000, 2000),
        staircases(200_000),
        spans(220_000),
        fractions(80_000),
        (line, stairs, span, w) => {
          const window = larger(w, ratio(1n, 3n))
          const found = trumpet(stairs, line, span, window)
          for (const extreme of [found.most, found.least]) {
            if (extreme === undefined) continue
            const here = naiveWindows(stairs, line, span, window).filter(
              ({ start }) => !compare(start, extreme.start_us),
            )
            const errors = here.map(({ delivered, prescribed }) =>
              isZero(prescribed) ? undefined : subtract(divide(delivered, prescribed), ONE),
            )
            expect(errors).toContainEqual(extreme.error)
          }
        },
      ),
    )
  })

  it('keeps an ideal pump within the floor, whatever the rates', () => {
    fc.assert(
      fc.property(lines(400_000, 3000), spans(400_000), fractions(100_000), (line, span, length) => {
        const window = larger(length, whole(100))
        const found = trumpet(idealSteps(line, STEP, 64, whole(400_000)), line, span, window)
        const { floor } = found
        if (floor === undefined) return
        for (const extreme of [found.most, found.least]) {
          expect(extreme && compare(magnitude(extreme.error), floor)).toBeLessThanOrEqual(0)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is flat at exactly zero at a constant flow in windows of whole steps', () => {
    const flights = idealSteps(constant(), STEP, 64, DAY.to_us)
    for (const hours of [1, 2, 5, 11]) {
      const found = trumpet(flights, constant(), DAY, whole(hours * HOUR_us))
      expect([found.most?.error, found.least?.error]).toEqual([ZERO, ZERO])
      expect(toNumber(found.floor ?? ZERO)).toBeCloseTo(0.25 / hours, 6)
    }
  })

  it('is out by less than one step in other windows, and calmer the longer they are', () => {
    const flights = idealSteps(constant(), STEP, 64, DAY.to_us)
    for (const [minutes, most, least] of [
      [50, ratio(1n, 5n), ratio(-1n, 10n)],
      [350, ratio(1n, 35n), ratio(-1n, 70n)],
    ] as const) {
      const found = trumpet(flights, constant(), DAY, whole((minutes * HOUR_us) / 60))
      expect([found.most?.error, found.least?.error]).toEqual([most, least])
    }
  })

  it('is flat at exactly zero when the window is the whole run', () => {
    const found = trumpet(idealSteps(constant(), STEP, 64, DAY.to_us), constant(), DAY, DAY.to_us)
    expect(found.most?.error).toEqual(ZERO)
    expect(found.least?.error).toEqual(ZERO)
  })

  it('sees the moment between a step that leaves and one that enters half a microsecond later', () => {
    const line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]
    const cadence = { first: 10, phase: 0, count: 100, quotient: 10, remainder: 0, divisor: 1 }
    const run = { from_us: ZERO, to_us: whole(1000) }
    for (const from of [0, 5]) {
      // From 5 us on, every window but those between the two steps holds three.
      const steps = [{ tick_us: 1, cadence, rise: ONE }]
      const found = trumpet(steps, line, { ...run, from_us: whole(from) }, ratio(59n, 2n), ONE)
      expect([found.most?.error, found.least?.error]).toEqual([ratio(1n, 59n), ratio(-19n, 59n)])
    }
  })

  it('shifts by 100 (g - 1) % under a gain g', () => {
    const fast = idealSteps(constant(), STEP, 64, DAY.to_us).map((flight) => ({ ...flight, rise: times(STEP, 1) }))
    const gained = fast.map((flight) => ({ ...flight, rise: multiply(STEP, ratio(9n, 8n)) }))
    const [plain, shifted] = [fast, gained].map((flights) => trumpet(flights, constant(), DAY, whole(5 * HOUR_us)))
    const more = (error: Rational | undefined) => multiply(subtract(error ?? ZERO, whole(-1)), ratio(9n, 8n))
    expect(shifted?.most?.error).toEqual(subtract(more(plain?.most?.error), ONE))
    expect(shifted?.least?.error).toEqual(subtract(more(plain?.least?.error), ONE))
  })

  it('shows a pause as the share of the window that it takes, no more and no less', () => {
    const [start, end] = [8 * HOUR_us, 9 * HOUR_us]
    const flights = idealSteps(constant(), STEP, 64, DAY.to_us)
    const paused = [
      ...during(flights, { from_us: ZERO, to_us: whole(start) }),
      ...during(flights, { from_us: whole(end), to_us: DAY.to_us }),
    ]
    const found = trumpet(paused, constant(), DAY, whole(4 * HOUR_us))
    expect(found.least?.error).toEqual(ratio(-1n, 4n))
    expect(found.most?.error).toEqual(ZERO)
  })

  it('resolves only what is coarser than a step in its leanest window', () => {
    const found = trumpet(idealSteps(constant(), STEP, 64, DAY.to_us), constant(), DAY, whole(HOUR_us))
    expect(resolves(found, ratio(26n, 100n))).toBe(true)
    expect(resolves(found, ratio(25n, 100n))).toBe(false)
    expect(resolves(found, found.floor ?? ZERO)).toBe(true)
  })

  it('resolves nothing where some window has no prescription, and reports what was delivered there', () => {
    const line: LinePiece[] = [...constant()]
    changeRate(line, whole(12 * HOUR_us), ZERO)
    const found = trumpet(idealSteps(constant(), STEP, 64, DAY.to_us), line, DAY, whole(2 * HOUR_us))
    expect(resolves(found, whole(1000))).toBe(false)
    expect(found.unprescribed).toEqual({ delivered: whole(2), start_us: whole(12 * HOUR_us) })
  })

  it('is exact where a window holds more units than a plain number tells apart', () => {
    // Three rises of 2^52 + 1 units and one of two are an odd number of them, which no plain number is.
    const line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]
    const cadence = { first: 10, phase: 0, count: 100, quotient: 10, remainder: 0, divisor: 1 }
    const one = { ...cadence, count: 1, first: 5 }
    const [large, small] = [ratio(2n ** 52n + 1n, 2n ** 52n), ratio(2n, 2n ** 52n)]
    const steps = [
      { tick_us: 1, cadence: one, rise: small },
      { tick_us: 1, cadence, rise: large },
    ]
    const found = trumpet(steps, line, { from_us: ZERO, to_us: whole(1000) }, whole(30), ONE)
    expect(found.most?.error).toEqual(subtract(divide(add(times(large, 3), small), whole(3)), ONE))
  })

  it('has nothing to say about a run shorter than its window', () => {
    const found = trumpet([], constant(), DAY, whole(25 * HOUR_us))
    expect(found).toStrictEqual({ most: undefined, least: undefined, unprescribed: undefined, floor: undefined })
    expect(resolves(found, ONE)).toBe(false)
    expect(() => trumpet([], constant(), DAY, ZERO)).toThrow(/longer than nothing/)
  })
})
