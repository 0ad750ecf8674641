import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Beat, crestByDescent, crestByWalk, crestOf, firstAbove } from '#hil/oracle/beat'

function levels({ count, a, b, remainder, phase, divisor }: Beat): bigint[] {
  const [r, p, d] = [BigInt(remainder), BigInt(phase), BigInt(divisor)]
  return Array.from({ length: count }, (_, j) => {
    const exact = BigInt(j) * r - p
    return a * BigInt(j) + b * (exact <= 0n ? -(-exact / d) : (exact + d - 1n) / d)
  })
}

const beats = (limit: number): fc.Arbitrary<Beat> =>
  fc
    .record({
      count: fc.integer({ min: 1, max: 60 }),
      a: fc.bigInt({ min: -60n, max: 60n }),
      b: fc.bigInt({ min: -60n, max: 60n }),
      unit: fc.bigInt({ min: 1n, max: 10n ** 30n }),
      divisor: fc.integer({ min: 1, max: limit }),
      r: fc.nat(),
      p: fc.nat(),
    })
    .map(({ a, b, unit, divisor, r, p, count }) => {
      return { count, a: a * unit, b: b * unit, unit, divisor, remainder: r % divisor, phase: p % divisor }
    })

describe('a beat of steps against a constant rate', () => {
  it.each([20, 2 ** 31 - 1])('has the same crest by walk, by descent and spelled out (divisors to %d)', (limit) => {
    fc.assert(
      fc.property(beats(limit), (beat) => {
        const all = levels(beat)
        const value = all.reduce((most, level) => (level > most ? level : most))
        const crest = { index: all.indexOf(value), value }
        expect(crestByWalk(beat)).toEqual(crest)
        expect(crestByDescent(beat)).toEqual(crest)
        expect(crestOf(beat)).toEqual(crest)
      }),
      { numRuns: 2000 },
    )
  })

  it('has the first of equal crests', () => {
    const few = fc.record({
      count: fc.integer({ min: 1, max: 9 }),
      a: fc.bigInt({ min: -3n, max: 3n }),
      b: fc.bigInt({ min: -3n, max: 3n }),
      divisor: fc.integer({ min: 1, max: 4 }),
      r: fc.nat(3),
      p: fc.nat(3),
    })
    fc.assert(
      fc.property(few, ({ r, p, ...rest }) => {
        const beat = { ...rest, unit: 1n, remainder: r % rest.divisor, phase: p % rest.divisor }
        const all = levels(beat)
        const value = all.reduce((most, level) => (level > most ? level : most))
        const crest = { index: all.indexOf(value), value }
        expect([crestByWalk(beat), crestByDescent(beat)]).toEqual([crest, crest])
      }),
      { numRuns: 4000 },
    )
  })

  it('finds the first instant above a limit, which may be the height of another instant', () => {
    const limits = fc.oneof(fc.bigInt({ min: -50n, max: 400n }), fc.nat(59))
    fc.assert(
      fc.property(beats(50), limits, (beat, chosen) => {
        const all = levels(beat)
        const limit = typeof chosen === 'bigint' ? chosen * beat.unit : (all[chosen % all.length] ?? 0n)
        const index = all.findIndex((level) => level > limit)
        expect(firstAbove(beat, limit)).toBe(index < 0 ? undefined : index)
      }),
      { numRuns: 1000 },
    )
  })

  // Each of these is beyond the whole numbers that a plain number tells apart, in one way.
  it.each([
    ['a large rise', 2n ** 60n + 1n, 3n],
    ['a large fall', -(2n ** 60n) - 1n, 2n ** 61n + 5n],
    ['a large jump', 3n, 2n ** 60n + 1n],
    ['a large jump down', 2n ** 61n + 7n, -(2n ** 60n) - 1n],
    ['a jump down as large as the rise', 2n ** 60n + 1n, -(2n ** 60n) - 1n],
    ['a fall that nearly every jump makes up for', -(2n ** 60n) - 1n, 2n ** 60n + 2n],
  ])('is exact at %s', (_, a, b) => {
    for (const [unit, remainder] of [
      [1n, 3],
      [2n, 3],
      [1n, 6],
    ] as const) {
      const beat = { count: 9, a: a * unit, b: b * unit, unit, remainder, phase: 1, divisor: 7 }
      const all = levels(beat)
      const value = all.reduce((most, level) => (level > most ? level : most))
      expect(crestOf(beat)).toEqual({ index: all.indexOf(value), value })
    }
  })

  it('descends through millions of instants whose numbers fit no plain number', () => {
    const divisor = 2 ** 31 - 1
    const [rise, slope] = [3n ** 50n, 7n ** 20n]
    const beat = { count: 2 ** 21, a: rise, b: -slope * 10n ** 12n, unit: 1n, remainder: 12_345, phase: 77, divisor }
    const crest = crestByDescent(beat)
    const [before, after] = [crest.index, crest.index + 1].map((j) => levelAt(beat, j))
    expect(before).toBe(crest.value)
    expect(after === undefined || after < crest.value).toBe(true)
  })
})

function levelAt(beat: Beat, j: number): bigint {
  const exact = BigInt(j) * BigInt(beat.remainder) - BigInt(beat.phase)
  const d = BigInt(beat.divisor)
  return beat.a * BigInt(j) + beat.b * (exact <= 0n ? -(-exact / d) : (exact + d - 1n) / d)
}
