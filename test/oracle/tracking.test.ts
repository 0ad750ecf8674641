import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeRate, increment, type Line, type LinePiece } from '#hil/oracle/line'
import type { Flight, Span, Staircase } from '#hil/oracle/staircase'
import { type Tracking, trackingOf } from '#hil/oracle/tracking'
import {
  add,
  compare,
  isZero,
  multiply,
  negate,
  type Rational,
  ratio,
  subtract,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'
import { fractions, lines, RIG_TICK_us, spans, staircases } from './arbitraries.ts'
import { excessAt, idealSteps, naiveExcess, spelledOut, sumWhere } from './naive.ts'

const STEP = ratio(1n, 4n)
const HOUR_us = 3_600_000_000
const DAY_us = 24 * HOUR_us

function track(delivered: Staircase, prescribed: Line, span: Span, within: Rational = STEP): Tracking {
  return trackingOf(delivered, prescribed, { ...span, within, rigTick_us: RIG_TICK_us })
}

/** A line that changes its rate, in uL/d, at each of the hours. */
function therapy(...changes: readonly (readonly [hour: number, uL_per_day: Rational])[]): Line {
  const pieces: LinePiece[] = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
  for (const [hour, rate] of changes)
    changeRate(pieces, whole(hour * HOUR_us), multiply(rate, ratio(1n, BigInt(DAY_us))))
  return pieces
}

const WEEK: Span = { from_us: ZERO, to_us: whole(7 * DAY_us) }

describe('tracking of delivered against prescribed', () => {
  it('allows an ideal pump exactly one step, whatever the rates, the changes and the part of the run', () => {
    fc.assert(
      fc.property(lines(400_000, 3000), spans(400_000), fractions(2), (line, span, volume) => {
        const step = isZero(volume) ? STEP : volume
        const run = { from_us: ZERO, to_us: whole(400_000) }
        const flights = idealSteps(line, step, 64, run.to_us)
        for (const part of [run, span]) {
          const found = track(flights, line, part, step)
          expect(compare(found.excess, step)).toBeLessThanOrEqual(0)
          expect(found.firstViolation_us).toBeUndefined()
        }
      }),
      { numRuns: 500 },
    )
  })

  it('finds the same worst excess as an evaluation of every instant, and the first violation', () => {
    fc.assert(
      fc.property(
        lines(200_000, 2000),
        staircases(200_000),
        spans(220_000),
        fractions(4),
        (line, stairs, span, within) => {
          const found = track(stairs, line, span, within)
          expect(found.excess).toEqual(naiveExcess(stairs, line, span, RIG_TICK_us))
          const instants = spelledOut(stairs, span)
          const excess = (t: Rational) => excessAt(instants, line, span, RIG_TICK_us, t)
          const first = found.firstViolation_us
          expect(first === undefined).toBe(compare(found.excess, within) <= 0)
          if (first === undefined) return
          const soon = add(first, ratio(1n, 10n ** 9n))
          expect([excess(first), excess(soon)].some((value) => compare(value, within) > 0)).toBe(true)
          for (const { t } of instants)
            if (compare(t, first) < 0) expect(compare(excess(t), within)).toBeLessThanOrEqual(0)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('adds up: the deviation is the excess and the allowance of its instant, ahead or behind', () => {
    fc.assert(
      fc.property(lines(200_000, 2000), staircases(200_000), spans(220_000), (line, stairs, span) => {
        const { deviation, allowance, excess, at_us } = track(stairs, line, span)
        const isAhead = compare(deviation, ZERO) >= 0
        expect(add(excess, allowance)).toEqual(isAhead ? deviation : negate(deviation))
        const before = (t: Rational) => increment(line, subtract(t, RIG_TICK_us), t)
        if (!isZero(deviation)) expect(allowance).toEqual(before(isAhead ? span.from_us : at_us))
        const made = spelledOut(stairs, span)
        const isThere = (t: Rational) => compare(t, at_us) <= 0
        const wasThere = (t: Rational) => compare(t, at_us) < 0
        const prescribed = increment(line, span.from_us, at_us)
        const apart = [isThere, wasThere].map((condition) => subtract(sumWhere(made, condition), prescribed))
        expect(apart).toContainEqual(deviation)
        if (compare(excess, ZERO) < 0) return
        expect(track(stairs, line, span, excess).firstViolation_us).toBeUndefined()
        if (isZero(excess)) return
        const less = subtract(excess, multiply(excess, ratio(1n, 10n ** 9n)))
        expect(track(stairs, line, span, less).firstViolation_us).toBeDefined()
      }),
      { numRuns: 400 },
    )
  })

  describe('of a few steps', () => {
    const flight = (first: number, count = 1, quotient = 0): Flight => ({
      tick_us: 1,
      cadence: { first, phase: 0, count, quotient, remainder: 0, divisor: 1 },
      rise: whole(1),
    })
    const among = (stairs: Staircase, line: Line, to_us: number, within = whole(9)) =>
      trackingOf(stairs, line, { from_us: ZERO, to_us: whole(to_us), within, rigTick_us: ratio(1n, 1000n) })
    const tenth: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]

    it('finds where it was furthest behind though it caught up later', () => {
      const stairs = [flight(10, 2, 10), flight(60), flight(60), flight(60), flight(60), flight(70), flight(80)]
      expect(among(stairs, tenth, 85)).toMatchObject({ deviation: whole(-4), at_us: whole(60) })
      const slow = [flight(10), flight(60, 5), flight(75), flight(80)]
      expect(among(slow, tenth, 85)).toMatchObject({ deviation: whole(-5), at_us: whole(60) })
      const slower = [flight(10, 5, 20), flight(91, 5)]
      expect(among(slower, tenth, 95)).toMatchObject({ deviation: whole(-5), at_us: whole(90) })
    })

    it('names the first instant of those that are as far out, and of ahead and behind the one ahead', () => {
      expect(among([flight(5), flight(15), flight(25)], tenth, 29)).toMatchObject({
        deviation: ratio(1n, 2n),
        at_us: whole(5),
      })
      const late = [flight(20), flight(30), flight(40)]
      expect(among(late, tenth, 49)).toMatchObject({ deviation: whole(-2), at_us: whole(20) })
      expect(among(late, tenth, 49, ratio(19_999n, 10_000n)).firstViolation_us).toBeUndefined()
      expect(among(late, tenth, 49, ratio(19_998n, 10_000n)).firstViolation_us).toBeDefined()
      // By the end it is as far behind again.
      expect(among([flight(20)], tenth, 30)).toMatchObject({ deviation: whole(-2), at_us: whole(20) })
      const question = { from_us: ZERO, to_us: whole(20), within: whole(9), rigTick_us: whole(5) }
      // Half a step ahead, and behind by one where half of it is prescribed in a tick.
      const alike = trackingOf([flight(5), flight(20)], tenth, question)
      expect(alike).toMatchObject({ deviation: ratio(1n, 2n), excess: ratio(1n, 2n), at_us: whole(5) })
      const still: Line = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
      expect(among([flight(5), flight(6, 1)], still, 10)).toMatchObject({ deviation: whole(2), at_us: whole(6) })
    })

    it('allows in the middle of a run what was prescribed in the tick before it', () => {
      const question = { from_us: whole(100), to_us: whole(130), within: whole(9), rigTick_us: whole(5) }
      expect(trackingOf([flight(105, 2)], tenth, question)).toMatchObject({
        ...{ deviation: ratio(3n, 2n), allowance: ratio(1n, 2n), excess: whole(1), at_us: whole(105) },
      })
    })

    it('is exact at a step that comes half a microsecond after the rate has changed', () => {
      const line: Line = [
        { from_us: ZERO, value: ZERO, rate: ZERO },
        { from_us: ratio(199n, 2n), value: ZERO, rate: whole(1) },
      ]
      expect(among([flight(50, 2, 50)], line, 100)).toMatchObject({ deviation: ratio(3n, 2n), at_us: whole(100) })
    })
  })

  it('measures an ideal pump at a constant rate just short of a step, and refuses a bound below it', () => {
    const line = therapy([0, ratio(350n, 6n)])
    const flights = idealSteps(line, STEP, 64, WEEK.to_us)
    const found = track(flights, line, WEEK)
    expect(toNumber(found.excess)).toBeCloseTo(0.25, 4)
    expect(track(flights, line, WEEK, ratio(24n, 100n)).firstViolation_us).toBeDefined()
  })

  describe('with 350/3 ug/d at 2000 ug/mL changed four times', () => {
    const [low, high] = [ratio(350n, 6n), ratio(1000n, 7n)]
    const line = therapy([0, low], [20, high], [45, ZERO], [50, low], [101, high])
    const ideal = idealSteps(line, STEP, 64, WEEK.to_us)

    it('passes the ideal pump', () => {
      expect(track(ideal, line, WEEK).firstViolation_us).toBeUndefined()
    })

    it('finds a pump that is 0.1 % fast once it is more than a step ahead', () => {
      const found = track(idealSteps(line, STEP, 64, WEEK.to_us, ratio(1001n, 1000n)), line, WEEK)
      expect(found.firstViolation_us).toBeDefined()
      expect(compare(found.deviation, STEP)).toBeGreaterThan(0)
    })

    it('finds a pump that is 0.1 % slow', () => {
      const found = track(idealSteps(line, STEP, 64, WEEK.to_us, ratio(999n, 1000n)), line, WEEK)
      expect(found.firstViolation_us).toBeDefined()
      expect(compare(found.deviation, ZERO)).toBeLessThan(0)
    })

    it('finds a pump that drops every 100th step when the first one is missing', () => {
      const steps = single(ideal)
      const found = track(
        steps.filter((_, k) => k % 100 !== 99),
        line,
        WEEK,
      )
      const hundredth = steps[99]
      const first = found.firstViolation_us
      expect(hundredth && first && toNumber(first) >= (hundredth.cadence.first - 1) * 64).toBe(true)
      expect(first && toNumber(first) / HOUR_us).toBeLessThan(13)
    })

    it('finds a pump that makes every 100th step twice as soon as it is two steps ahead', () => {
      const steps = single(ideal).flatMap((flight, k) => (k % 100 === 99 ? [flight, flight] : [flight]))
      const found = track(steps, line, WEEK)
      expect(found.firstViolation_us).toEqual(whole((steps[200]?.cadence.first ?? 0) * 64))
    })

    it('finds a pump that forgets the fraction of a step at each change', () => {
      const changes = Array.from({ length: 12 }, (_, k) => [k * 14, k % 2 === 0 ? low : high] as const)
      const hourly = therapy(...changes)
      const forgetful = changes.flatMap(([hour, rate], k) => {
        const start = whole(hour * HOUR_us)
        const end = whole((changes[k + 1]?.[0] ?? 168) * HOUR_us)
        return restarted(idealSteps(therapy([0, rate]), STEP, 64, subtract(end, start)), start)
      })
      expect(track(idealSteps(hourly, STEP, 64, WEEK.to_us), hourly, WEEK).firstViolation_us).toBeUndefined()
      expect(track(forgetful, hourly, WEEK).firstViolation_us).toBeDefined()
    })

    it('finds a step that comes more than one rig tick late', () => {
      const late = single(ideal).map((flight) => moved(flight, 2))
      expect(track(late, line, WEEK).firstViolation_us).toBeDefined()
    })
  })

  it('names the instant after which too little was delivered', () => {
    const line = therapy([0, whole(24)])
    const nothing = track([], line, WEEK)
    expect(nothing.firstViolation_us).toEqual(whole(HOUR_us / 4 + 64))
    expect(nothing.deviation).toEqual(whole(-168))
    expect(nothing.at_us).toEqual(WEEK.to_us)
  })

  it('passes a run in which nothing is prescribed and nothing delivered', () => {
    expect(track([], therapy(), WEEK)).toMatchObject({ excess: ZERO, deviation: ZERO, firstViolation_us: undefined })
  })

  it('counts what moves at the very start of a run', () => {
    const cadence = { first: 0, phase: 0, count: 2, quotient: 1, remainder: 0, divisor: 1 }
    const found = track([{ tick_us: 64, cadence, rise: STEP }], therapy(), WEEK)
    expect(found.deviation).toEqual(times(STEP, 2))
    expect(found.firstViolation_us).toEqual(whole(64))
  })
})

describe('the moment that is furthest behind', () => {
  // 2 every 5 us from 2.5 us on, and steps of 1 each 2.5 us, rounded up: the second comes half a microsecond late.
  const line: Line = [
    { from_us: ZERO, value: ZERO, rate: ZERO },
    { from_us: ratio(5n, 2n), value: ZERO, rate: ratio(2n, 5n) },
  ]
  const cadence = { first: 5, phase: 0, count: 3, quotient: 2, remainder: 1, divisor: 2 }
  const rigTick_us = ratio(1n, 1000n)
  const found = (question: Partial<Span> & { readonly within: Rational }) =>
    trackingOf([{ tick_us: 1, cadence, rise: whole(1) }], line, {
      ...{ from_us: ZERO, to_us: whole(10), rigTick_us },
      ...question,
    })

  it('may lie in the middle of a cadence, and the limit may break there', () => {
    const allowance = multiply(ratio(2n, 5n), rigTick_us)
    expect(found({ within: ratio(11n, 10n) })).toEqual({
      deviation: ratio(-6n, 5n),
      at_us: whole(8),
      allowance,
      excess: subtract(ratio(6n, 5n), allowance),
      // 1.1 is missing where 2.1 was prescribed, and a rig tick later it is too late.
      firstViolation_us: add(ratio(31n, 4n), rigTick_us),
    })
    expect(found({ within: ratio(6n, 5n) }).firstViolation_us).toBeUndefined()
  })

  it('is exact where the span begins and ends within a microsecond', () => {
    // From 16/3 us on, where 17/15 was prescribed and one step was made; up to 43/6 us, where 28/15 was.
    const { deviation, at_us } = found({ from_us: ratio(16n, 3n), to_us: ratio(43n, 6n), within: ratio(1n, 2n) })
    expect([deviation, at_us]).toEqual([ratio(-11n, 15n), ratio(43n, 6n)])
  })
})

/** The same steps, each a flight of its own. */
function single(flights: Staircase): Flight[] {
  return flights.flatMap((flight) =>
    spelledOut([flight], { from_us: ZERO, to_us: whole(2 ** 50) }).map(({ t }) => ({
      ...flight,
      cadence: { first: toNumber(t) / 64, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 },
    })),
  )
}

function moved(flight: Flight, ticks: number): Flight {
  return { ...flight, cadence: { ...flight.cadence, first: flight.cadence.first + ticks } }
}

function restarted(flights: Staircase, start_us: Rational): Flight[] {
  return flights.map((flight) => moved(flight, toNumber(start_us) / 64))
}
