/** When delivery is first beyond a tolerance that grows: against hand-worked cases and a naive look at every microsecond. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstBeyond } from '#hil/oracle/beyond'
import type { Line } from '#hil/oracle/line'
import { residueOf } from '#hil/oracle/residual'
import type { Staircase } from '#hil/oracle/staircase'
import { equal, isZero, type Rational, ratio, toNumber, whole, ZERO } from '#units/rational'

const steps = (times: readonly number[], rise = 1): Staircase =>
  times.map((first) => ({
    tick_us: 1,
    cadence: { first, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 },
    rise: whole(rise),
  }))
const lineOf = (rates: readonly Rational[], every: number): Line => {
  let value = ZERO
  return rates.map((rate, n) => {
    const piece = { from_us: whole(n * every), value, rate }
    value = ratio(value.n * rate.d + rate.n * BigInt(every) * value.d, value.d * rate.d)
    return piece
  })
}

describe('the first instant beyond', () => {
  const one = lineOf([ratio(1n, 10n)], 1000)
  const question = { from_us: ZERO, to_us: whole(1000), part: ratio(1n, 4n), step: whole(2) }

  it('is the crossing where nothing is delivered: 3/4 of a tenth a microsecond reaches 2 after 26 2/3', () => {
    expect(firstBeyond([], one, question)).toEqual({ at_us: ratio(80n, 3n), side: 'under' })
  })

  it('is the step that is one too many: the third at 8 us just is allowed, the fourth at 10 us is not', () => {
    expect(firstBeyond(steps([1, 2, 8, 10, 11]), one, question)).toEqual({ at_us: whole(10), side: 'over' })
    expect(firstBeyond(steps([1, 2, 8, 16]), one, question)?.side).toBe('under')
  })

  it('is none where delivery follows', () => {
    expect(firstBeyond(steps(Array.from({ length: 100 }, (_, n) => 10 * n + 10)), one, question)).toBeUndefined()
  })

  it('is what a look at every microsecond finds', () => {
    const rates = fc.array(fc.tuple(fc.bigInt(0n, 6n), fc.bigInt(1n, 6n)), { minLength: 1, maxLength: 4 })
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 119 }), { maxLength: 60 })
    fc.assert(
      fc.property(rates, times, fc.bigInt(0n, 12n), fc.integer({ min: 1, max: 5 }), (given, when, tenths, step) => {
        const line = lineOf(
          given.map(([n, d]) => ratio(n, d)),
          30,
        )
        const at = when.toSorted((a, b) => a - b)
        const part = ratio(tenths, 10n)
        const found = firstBeyond(steps(at), line, { from_us: ZERO, to_us: whole(120), part, step: whole(step) })
        const prescribed = (t: number) => {
          const { from_us, value, rate } = line.findLast((piece) => toNumber(piece.from_us) <= t) ?? {
            from_us: ZERO,
            value: ZERO,
            rate: ZERO,
          }
          return toNumber(value) + toNumber(rate) * (t - toNumber(from_us))
        }
        const share = toNumber(part)
        const slack = 1e-9
        let naive: { t: number; side: string } | undefined
        for (let t = 1; t <= 120 && naive === undefined; t += 1) {
          const [before, after] = [at.filter((one_us) => one_us < t).length, at.filter((one_us) => one_us <= t).length]
          if (before < (1 - share) * prescribed(t) - step - slack) naive = { t, side: 'under' }
          else if (after > (1 + share) * prescribed(t) + step + slack) naive = { t, side: 'over' }
        }
        expect(found?.side).toBe(naive?.side)
        if (found === undefined || naive === undefined) return
        const at_us = toNumber(found.at_us)
        if (naive.side === 'over') expect(at_us).toBe(naive.t)
        else expect(at_us > naive.t - 1 - slack && at_us <= naive.t).toBe(true)
      }),
    )
  })

  it('knows no part below nothing', () => {
    expect(() => firstBeyond([], one, { ...question, part: whole(-1) })).toThrow('less than nothing')
  })
})

describe('the residual', () => {
  const question = { expected_uL: whole(900), dispensed_uL: whole(100), part: ratio(1n, 10n), least_uL: whole(5) }

  it('tells beyond a part of what was given, and not at it', () => {
    expect(residueOf({ ...question, left_uL: whole(890) })).toMatchObject({ tells: false, difference_uL: whole(-10) })
    const more = residueOf({ ...question, left_uL: whole(911) })
    expect([more.tells, equal(more.allowed_uL, whole(10))]).toEqual([true, true])
  })

  it('tells nothing below what can be drawn', () => {
    const little = residueOf({ ...question, dispensed_uL: ZERO, left_uL: whole(905) })
    expect([little.tells, isZero(little.difference_uL)]).toEqual([false, false])
  })
})
