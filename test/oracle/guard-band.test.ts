import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  around,
  bounded,
  type Demand,
  EXACTLY,
  errorAround,
  judged,
  type Outcome,
  sizeOf,
  verdictOf,
} from '#hil/oracle/guard-band'
import {
  add,
  compare,
  divide,
  magnitude,
  multiply,
  ONE,
  type Rational,
  ratio,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

const percent = (count: number) => ratio(BigInt(count), 100n)
const UNKNOWN = { kind: 'unknown' } as const

describe('a verdict under uncertainty', () => {
  it.each<[measured: number, uncertainty: number, outcome: Outcome]>([
    [8, 1, 'pass'],
    [9, 1, 'pass'],
    [10, 1, 'inconclusive'],
    [11, 1, 'inconclusive'],
    [12, 1, 'fail'],
    [10, 0, 'pass'],
    [11, 0, 'fail'],
  ])('of %i +- %i, at most 10, is %s', (measured, uncertainty, outcome) => {
    expect(judged(whole(measured), bounded(whole(uncertainty), ZERO), { atMost: whole(10) })).toBe(outcome)
    const mirrored = { atLeast: whole(-10) }
    expect(judged(whole(-measured), bounded(whole(uncertainty), ZERO), mirrored)).toBe(outcome)
  })

  it('is never a pass or a fail where nobody can say how uncertain the value is', () => {
    for (const measured of [-1000, 0, 1000]) {
      expect(judged(whole(measured), UNKNOWN, { atMost: ONE })).toBe('inconclusive')
      expect(judged(whole(measured), UNKNOWN, { atLeast: ONE })).toBe('inconclusive')
    }
  })

  it('is that of every value the interval holds, or inconclusive', () => {
    const numbers = fc.integer({ min: -50, max: 50 }).map((n) => ratio(BigInt(n), 7n))
    const parts = fc.integer({ min: 0, max: 20 }).map((n) => ratio(BigInt(n), 9n))
    fc.assert(
      fc.property(numbers, parts, parts, numbers, fc.boolean(), (value, absolute, relative, limit, upper) => {
        const demand: Demand = upper ? { atMost: limit } : { atLeast: limit }
        const found = judged(value, bounded(absolute, relative), demand)
        const half = add(absolute, multiply(relative, magnitude(value)))
        const meets = [-4, -3, -1, 0, 2, 4].map((k) => {
          const truth = add(value, multiply(half, ratio(BigInt(k), 4n)))
          return upper ? compare(truth, limit) <= 0 : compare(truth, limit) >= 0
        })
        const expected = meets.every(Boolean) ? 'pass' : meets.some(Boolean) ? 'inconclusive' : 'fail'
        expect(found).toBe(expected)
      }),
    )
  })

  it('without any uncertainty is the plain comparison', () => {
    expect(around(ratio(1n, 3n), EXACTLY)).toEqual({ low: ratio(1n, 3n), high: ratio(1n, 3n) })
    expect(() => bounded(whole(-1), ZERO)).toThrow(/must not be less than nothing/)
    expect(() => bounded(ZERO, whole(-1))).toThrow(/must not be less than nothing/)
  })
})

describe('an error in both directions', () => {
  it.each<[low: number, high: number, size: [number, number]]>([
    [2, 5, [2, 5]],
    [-5, -2, [2, 5]],
    [-5, 2, [0, 5]],
    [-2, 5, [0, 5]],
  ])('from %i to %i has sizes %j', (low, high, [least, most]) => {
    expect(sizeOf({ low: whole(low), high: whole(high) })).toEqual({ low: whole(least), high: whole(most) })
  })

  it('follows a step volume that is wrong by a fraction', () => {
    // Delivered 110 % by a step volume known to 2 %: truly between 107.8 % and 112.2 %.
    const found = errorAround(percent(10), percent(2))
    expect(found).toEqual({ low: ratio(78n, 1000n), high: ratio(122n, 1000n) })
    const verdicts = [5, 10, 13].map((limit) => verdictOf(sizeOf(found), { atMost: percent(limit) }))
    expect(verdicts).toEqual(['fail', 'inconclusive', 'pass'])
  })

  it('holds what any such step volume would have given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 50 }), (given, percents) => {
        const [delivered, prescribed, u] = [whole(given), whole(100), percent(percents)]
        const errorOf = (volume: Rational) => subtract(divide(volume, prescribed), ONE)
        const { low, high } = errorAround(errorOf(delivered), u)
        expect(low).toEqual(errorOf(multiply(delivered, subtract(ONE, u))))
        expect(high).toEqual(errorOf(multiply(delivered, add(ONE, u))))
      }),
    )
  })
})
