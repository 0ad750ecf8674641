import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { largestBurst } from '#hil/oracle/burst'
import { compare, larger, ONE, type Rational, ratio, subtract, whole, ZERO } from '#units/rational'
import { fractions, spans, staircases } from './arbitraries.ts'
import { spelledOut, sumWhere } from './naive.ts'

describe('the largest rise in any window', () => {
  it('is the largest of all windows that end at an instant', () => {
    fc.assert(
      fc.property(staircases(200_000), spans(220_000), fractions(50_000), (stairs, span, length) => {
        const window = larger(length, ratio(1n, 7n))
        const instants = spelledOut(stairs, span)
        const sums = instants.map(({ t }) =>
          sumWhere(instants, (at) => compare(at, t) <= 0 && compare(at, subtract(t, window)) > 0),
        )
        const found = largestBurst(stairs, window, span)
        expect(found.rise).toEqual(sums.reduce(larger, ZERO))
        const first = sums.findIndex((sum) => compare(sum, found.rise) === 0)
        if (found.rise.n > 0n) expect(found.at_us).toEqual(instants[first]?.t)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves out what happened exactly one window ago', () => {
    const cadence = { first: 10, phase: 0, count: 100, quotient: 10, remainder: 0, divisor: 1 }
    const stairs = [{ tick_us: 1, cadence, rise: ratio(1n, 3n) }]
    const run = { from_us: ZERO, to_us: whole(5000) }
    expect(largestBurst(stairs, whole(30), run)).toEqual({ rise: whole(1), at_us: whole(30) })
    expect(largestBurst(stairs, whole(31), run)).toEqual({ rise: ratio(4n, 3n), at_us: whole(40) })
  })

  it('is exact where the sum is beyond what a plain number tells apart, and where rises are many units', () => {
    const cadence = { first: 10, phase: 0, count: 3, quotient: 10, remainder: 0, divisor: 1 }
    const run = { from_us: ZERO, to_us: whole(5000) }
    const steps = (rise: Rational) => [{ tick_us: 1, cadence, rise }]
    const odd = 2n ** 60n + 1n
    expect(largestBurst([...steps(ratio(odd, 1n)), ...steps(ONE)], whole(30), run).rise).toEqual(
      ratio(3n * odd + 3n, 1n),
    )
    // Two rises of few and three of many units are an odd number of them, beyond what a plain number tells apart.
    const many = 2n ** 52n + 1n
    expect(largestBurst([...steps(ratio(many, 1n)), ...steps(whole(2))], whole(30), run).rise).toEqual(
      ratio(3n * many + 6n, 1n),
    )
    expect(largestBurst(steps(ratio(6n, 7n)), whole(20), run)).toEqual({ rise: ratio(12n, 7n), at_us: whole(20) })
  })

  it('finds nothing where nothing rises', () => {
    expect(largestBurst([], whole(5), { from_us: whole(3), to_us: whole(9) })).toEqual({ rise: ZERO, at_us: whole(3) })
    expect(() => largestBurst([], ZERO, { from_us: ZERO, to_us: whole(9) })).toThrow(/longer than nothing/)
  })
})
