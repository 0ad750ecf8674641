/**
 * Random lines and staircases: plain ones, and ones whose fractions fit no plain number.
 */
import fc from 'fast-check'
import { changeRate, type Line, type LinePiece } from '#hil/oracle/line'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { negate, type Rational, ratio, whole, ZERO } from '#units/rational'

/** Fractions from nothing to `top`, with small or with ugly denominators. */
export function fractions(top: number): fc.Arbitrary<Rational> {
  const denominators = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 40 }))
  return fc
    .tuple(fc.integer({ min: 0, max: 1000 }), denominators)
    .map(([share, d]) => ratio((BigInt(share) * BigInt(top) * BigInt(d)) / 1000n, BigInt(d)))
}

/** A line over about `length_us` microseconds; its rates are such that a step of 1 takes some `pace_us`. */
export function lines(length_us: number, pace_us: number): fc.Arbitrary<Line> {
  const rate = fc.oneof(
    fc.constant(ZERO),
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })).map(([n, d]) => {
      return ratio(BigInt(n), BigInt(d) * BigInt(pace_us))
    }),
    fc.integer({ min: 2 ** 38, max: 2 ** 40 }).map((n) => ratio(BigInt(n), 1_099_511_627_791n * BigInt(pace_us))),
  )
  return fc.array(fc.tuple(fractions(length_us), rate), { minLength: 1, maxLength: 6 }).map((changes) => {
    const pieces: LinePiece[] = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
    const ordered = changes.toSorted(([a], [b]) => Number(a.n * b.d - b.n * a.d))
    for (const [at_us, value] of ordered) changeRate(pieces, at_us, value)
    return pieces
  })
}

/** Flights on clocks of 1 us and 64 us, at any rises, in order of time. */
export function staircases(length_us: number): fc.Arbitrary<Staircase> {
  const flight = fc.record({
    wait: fc.integer({ min: 0, max: Math.ceil(length_us / 512) }),
    count: fc.integer({ min: 1, max: 12 }),
    quotient: fc.integer({ min: 0, max: Math.ceil(length_us / 4096) }),
    divisor: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    remainder: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    phase: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    tick_us: fc.constantFrom(1, 64),
    rise: fc.oneof(fc.constant(ratio(1n, 4n)), fractions(3)),
  })
  return fc.array(flight, { maxLength: 6 }).map((flights) => {
    let now_us = 0
    return flights.map(({ wait, count, quotient, divisor, remainder, phase, tick_us, rise }) => {
      const first = Math.ceil(now_us / tick_us) + wait
      const [r, p] = [Math.floor(remainder * divisor), Math.floor(phase * divisor)]
      const cadence = { first, phase: p, count, quotient, remainder: r, divisor }
      now_us = (first + (count - 1) * (quotient + 1)) * tick_us
      return { tick_us, cadence, rise }
    })
  })
}

/** Flights that fall as well as rise: what a pump believes when it withdraws what it had booked. */
export function wanderings(length_us: number): fc.Arbitrary<Staircase> {
  return fc
    .tuple(staircases(length_us), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
    .map(([stairs, falls]) =>
      stairs.map((flight, index) => (falls[index] === true ? { ...flight, rise: negate(flight.rise) } : flight)),
    )
}

/** A part of a run of at most `length_us`, from its start or not. */
export function spans(length_us: number): fc.Arbitrary<Span> {
  return fc
    .tuple(fc.oneof(fc.constant(ZERO), fractions(length_us)), fractions(length_us))
    .map(([a, b]) => (a.n * b.d <= b.n * a.d ? { from_us: a, to_us: b } : { from_us: b, to_us: a }))
}

export const RIG_TICK_us = whole(64)
