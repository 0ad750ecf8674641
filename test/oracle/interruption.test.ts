import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Interruption, longestInterruption } from '#hil/oracle/interruption'
import { changeRate, type Line, type LinePiece, valueAt } from '#hil/oracle/line'
import { during, type Span, type Staircase } from '#hil/oracle/staircase'
import { add, compare, divide, larger, ONE, type Rational, ratio, subtract, whole, ZERO } from '#units/rational'
import { fractions, lines, spans, staircases } from './arbitraries.ts'
import { idealSteps, spelledOut } from './naive.ts'

const HOUR_us = 3_600_000_000
const hours = (count: number) => whole(Math.round(count * HOUR_us))
const DAY: Span = { from_us: ZERO, to_us: hours(24) }
const LINE: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, BigInt(HOUR_us)) }]
const STEP = ratio(1n, 4n)
const STEPS = idealSteps(LINE, STEP, 64, DAY.to_us)

/** The time at a positive rate, of a pause, once a step's worth was prescribed since its start. */
function overdue(
  line: Line,
  from: Rational,
  to: Rational,
  step: Rational,
): { from: Rational; due: Rational } | undefined {
  const zero = valueAt(line, from)
  const edges = [
    from,
    ...line.map(({ from_us }) => from_us).filter((t) => compare(t, from) > 0 && compare(t, to) < 0),
    to,
  ]
  let found: { from: Rational; due: Rational } | undefined
  for (const [index, start] of edges.slice(0, -1).entries()) {
    const end = edges[index + 1]!
    const [a, b] = [subtract(valueAt(line, start), zero), subtract(valueAt(line, end), zero)]
    if (compare(b, a) === 0 || compare(b, step) <= 0) continue
    const rate = divide(subtract(b, a), subtract(end, start))
    const since = larger(start, add(start, divide(subtract(step, a), rate)))
    found = { from: found?.from ?? since, due: add(found?.due ?? ZERO, subtract(end, since)) }
  }
  return found
}

function naive(stairs: Staircase, line: Line, span: Span, step: Rational): Interruption | undefined {
  const edges = [span.from_us, ...spelledOut(stairs, span).map(({ t }) => t), span.to_us]
  let longest: Interruption | undefined
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1]!
    if (compare(to, from) <= 0) continue
    const wait = overdue(line, from, to, step)
    if (wait === undefined || (longest !== undefined && compare(wait.due, longest.due_us) <= 0)) continue
    longest = { from_us: wait.from, to_us: to, due_us: wait.due }
  }
  return longest
}

describe('the longest interruption', () => {
  it('is the longest of all pauses, each looked at on its own', () => {
    fc.assert(
      fc.property(
        lines(60_000, 1000),
        fc.oneof(staircases(60_000), fc.constantFrom(ratio(9n, 10n), ONE, ratio(21n, 20n))),
        spans(66_000),
        fractions(3),
        (line, made, span, some) => {
          const stairs = 'n' in made ? idealSteps(line, ratio(1n, 3n), 64, whole(60_000), made) : made
          const step = larger(some, ratio(1n, 7n))
          expect(longestInterruption(stairs, line, { ...span, step })).toEqual(naive(stairs, line, span, step))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is less than a tick of the rig for a faultless pump', () => {
    fc.assert(
      fc.property(lines(400_000, 3000), (line) => {
        const span = { from_us: ZERO, to_us: whole(400_000) }
        const stairs = idealSteps(line, STEP, 64, span.to_us)
        const found = longestInterruption(stairs, line, { ...span, step: STEP })
        if (found !== undefined) expect(compare(found.due_us, whole(64))).toBeLessThan(0)
      }),
    )
  })

  it('of a stall lasts from the first step that is overdue to the first that comes', () => {
    const stairs = [
      ...during(STEPS, { from_us: ZERO, to_us: hours(6) }),
      ...during(STEPS, { from_us: hours(8), to_us: DAY.to_us }),
    ]
    const found = longestInterruption(stairs, LINE, { ...DAY, step: STEP })
    expect(found).toEqual({ from_us: hours(6.25), to_us: hours(8.25), due_us: hours(2) })
  })

  it('lasts to the end when no step ever comes, and leaves out the time in which nothing is prescribed', () => {
    const line: LinePiece[] = [...LINE]
    changeRate(line, hours(10), ZERO)
    changeRate(line, hours(20), LINE[0]!.rate)
    const stairs = during(STEPS, { from_us: ZERO, to_us: hours(6) })
    const found = longestInterruption(stairs, line, { ...DAY, step: STEP })
    expect(found).toEqual({ from_us: hours(6.25), to_us: hours(24), due_us: hours(3.75 + 4) })
  })

  it('is exact where the span begins and ends within a microsecond', () => {
    const line: Line = [{ from_us: ZERO, value: ZERO, rate: ONE }]
    const span = { from_us: ratio(1n, 3n), to_us: ratio(22n, 7n) }
    const found = longestInterruption([], line, { ...span, step: ratio(1n, 2n) })
    expect(found).toMatchObject({ from_us: ratio(5n, 6n), to_us: span.to_us })
  })

  describe('of few steps', () => {
    // 1 every 10 us.
    const line: Line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]
    const flight = (first: number, count = 1, quotient = 0, { phase = 0, remainder = 0, divisor = 1 } = {}) => ({
      tick_us: 1,
      cadence: { first, phase, count, quotient, remainder, divisor },
      rise: ONE,
    })
    const among = (stairs: Staircase, to_us: number, step = ONE) =>
      longestInterruption(stairs, line, { from_us: ZERO, to_us: whole(to_us), step })

    it('is none where each comes at the very instant at which it is due', () => {
      expect(among([flight(10), flight(20), flight(30, 3, 10)], 60)).toBeUndefined()
    })

    it('is the first of two that are as long, between flights and within one', () => {
      const first = { from_us: whole(20), to_us: whole(30), due_us: whole(10) }
      expect(among([flight(10), flight(30), flight(50)], 60)).toEqual(first)
      expect(among([flight(10, 2, 20), flight(50)], 60)).toEqual(first)
      expect(among([flight(10), flight(30, 2, 20)], 60)).toEqual(first)
    })

    it('looks at no pause beyond the last step of a flight', () => {
      expect(among([flight(10, 1, 30), flight(20, 1, 90)], 30)).toBeUndefined()
      // Three pauses of 10 us, and the fourth, which would be of 11, never comes; of the five that follow one does.
      const uneven = { phase: 3, remainder: 1, divisor: 4 }
      expect(among([flight(10, 4, 10, uneven)], 50)).toBeUndefined()
      expect(among([flight(10, 5, 10, uneven)], 60)).toEqual({ from_us: whole(50), to_us: whole(51), due_us: ONE })
    })
  })

  it('is none where nothing is prescribed', () => {
    const none: Line = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
    expect(longestInterruption([], none, { ...DAY, step: STEP })).toBeUndefined()
    expect(() => longestInterruption([], none, { ...DAY, step: ZERO })).toThrow(/more than nothing/)
  })
})
