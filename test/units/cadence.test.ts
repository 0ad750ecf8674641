/** Cadences: every instant rounded up on its own, for ever, whatever the fractions are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Cadence,
  cadencesOf,
  countThrough,
  DIVISOR_LIMIT,
  joined,
  LONGEST_CADENCE,
  lastTick,
  shifted,
  slice,
  tickOf,
} from '#units/cadence'
import { compare, fromText, type Rational, ratio, whole } from '#units/rational'
import { denominators, reference } from './arbitraries.ts'

/** First instants: within ten years of 64 us ticks, with any fraction, before zero too. */
const firsts: fc.Arbitrary<Rational> = fc
  .tuple(fc.integer({ min: -(2 ** 40), max: 2 ** 43 }), fc.double({ min: 0, max: 1, noNaN: true }), denominators)
  .map(([tick, share, d]) => ratio(BigInt(tick) * d + (BigInt(Math.round(share * 2 ** 52)) * d) / 2n ** 52n, d))

/** Intervals from far below a tick to months. */
const intervals: fc.Arbitrary<Rational> = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: 1n, max: 100n }), fc.bigInt({ min: 1n, max: 2n ** 34n })),
    fc.bigInt({ min: 0n, max: 2n ** 100n }),
    denominators,
  )
  .map(([ticks, part, d]) => ratio(ticks * d + (part % d), d))
const shortIntervals: fc.Arbitrary<Rational> = denominators.chain((d) =>
  fc.bigInt({ min: 1n, max: d }).map((n) => ratio(n, d)),
)
const anyInterval = fc.oneof(intervals, shortIntervals)

/** Tick of instant j by the reference alone. */
function exactTick(first: Rational, interval: Rational, j: number): bigint {
  const rounded = reference(interval).mul(j).add(reference(first)).ceil()
  return rounded.s * rounded.n
}

/** Every tick of the cadences, in order. */
function ticks(cadences: readonly Cadence[]): bigint[] {
  return cadences.flatMap((cadence) => Array.from({ length: cadence.count }, (_, j) => BigInt(tickOf(cadence, j))))
}

/** Which cadence holds instant `j` of them all, and where. */
function tickAmong(cadences: readonly Cadence[], j: number): bigint {
  let left = j
  for (const cadence of cadences) {
    if (left < cadence.count) return BigInt(tickOf(cadence, left))
    left -= cadence.count
  }
  throw new Error(`instant ${j} is in none of the cadences`)
}

function expectWithinBounds({ first, phase, count, quotient, remainder, divisor }: Cadence): void {
  for (const field of [first, phase, count, quotient, remainder, divisor]) {
    expect(Number.isSafeInteger(field)).toBe(true)
  }
  expect(divisor).toBeGreaterThanOrEqual(1)
  expect(BigInt(divisor) < DIVISOR_LIMIT).toBe(true)
  expect(phase).toBeGreaterThanOrEqual(0)
  expect(phase).toBeLessThan(divisor)
  expect(remainder).toBeGreaterThanOrEqual(0)
  expect(remainder).toBeLessThan(divisor)
  expect(quotient).toBeGreaterThanOrEqual(0)
  expect(count).toBeGreaterThanOrEqual(1)
  expect(count).toBeLessThanOrEqual(LONGEST_CADENCE)
}

describe('the cadences of an interval', () => {
  it('have every instant at its exact time, rounded up', () => {
    fc.assert(
      fc.property(firsts, anyInterval, fc.integer({ min: 0, max: 150 }), (first, interval, count) => {
        const cadences = cadencesOf(first, interval, count)
        expect(ticks(cadences)).toEqual(Array.from({ length: count }, (_, j) => exactTick(first, interval, j)))
        for (const cadence of cadences) expectWithinBounds(cadence)
      }),
      { numRuns: 600 },
    )
  })

  it('are cut at the very instant at which a neglected part becomes a whole', () => {
    // An interval a hair beside n/d, and a first instant so close to a d-th of a tick that the hair matters in mid-run.
    const besides = fc.record({
      d: fc.bigInt({ min: 1n, max: 6n }),
      n: fc.bigInt({ min: 1n, max: 40n }),
      m: fc.bigInt({ min: 0n, max: 40n }),
      crossing: fc.bigInt({ min: -120n, max: 120n }),
      hair: fc.constantFrom(2n ** 61n, 3n ** 50n, 10n ** 21n + 117n),
      side: fc.constantFrom(1n, -1n),
    })
    fc.assert(
      fc.property(besides, ({ d, n, m, crossing, hair, side }) => {
        const interval = ratio(n * hair + side * d, d * hair)
        const first = ratio(m * hair - side * crossing * d, d * hair)
        const cadences = cadencesOf(first, interval, 120)
        expect(ticks(cadences)).toEqual(Array.from({ length: 120 }, (_, j) => exactTick(first, interval, j)))
        expect(cadences.length).toBeLessThanOrEqual(2)
        for (const cadence of cadences) expectWithinBounds(cadence)
      }),
      { numRuns: 400 },
    )
  })

  it('have instants that lie millions of steps away at their exact time too', () => {
    const counts = fc.integer({ min: 1, max: 3 * LONGEST_CADENCE })
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 12 })
    fc.assert(
      fc.property(firsts, anyInterval, counts, places, (first, interval, count, shares) => {
        fc.pre(compare(interval, whole(2 ** 30)) < 0)
        const cadences = cadencesOf(first, interval, count)
        fc.pre(cadences.length < 1000)
        expect(cadences.reduce((sum, cadence) => sum + cadence.count, 0)).toBe(count)
        for (const cadence of cadences) expectWithinBounds(cadence)
        for (const j of [0, count - 1, ...shares.map((share) => Math.floor(share * count))]) {
          expect(tickAmong(cadences, j)).toBe(exactTick(first, interval, j))
        }
        let start = 0
        for (const cadence of cadences) {
          expect(BigInt(cadence.first)).toBe(exactTick(first, interval, start))
          start += cadence.count
          expect(BigInt(lastTick(cadence))).toBe(exactTick(first, interval, start - 1))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are one cadence while the denominator fits the wire, and cut at the longest cadence only', () => {
    const interval = ratio(10n * 2_147_483_647n + 5n, 2_147_483_647n)
    const counts = (count: number) => cadencesOf(fromText('1/3'), interval, count).map((cadence) => cadence.count)
    expect(counts(LONGEST_CADENCE)).toEqual([LONGEST_CADENCE])
    expect(counts(2 * LONGEST_CADENCE + 1)).toEqual([LONGEST_CADENCE, LONGEST_CADENCE, 1])
  })

  it('keep a divisor just below the bound and replace one at the bound', () => {
    const divisorOf = (d: bigint) => cadencesOf(whole(0), ratio(d + 1n, d), 3).map((cadence) => cadence.divisor)
    expect(divisorOf(DIVISOR_LIMIT - 1n)).toEqual([2_147_483_647])
    for (const divisor of divisorOf(DIVISOR_LIMIT)) expect(divisor).toBeLessThan(2_147_483_648)
  })

  it('are cut rarely where the denominator does not fit: a neglected part adds up to a whole only now and then', () => {
    fc.assert(
      fc.property(firsts, intervals, (first, interval) => {
        fc.pre(interval.d >= DIVISOR_LIMIT)
        expect(cadencesOf(first, interval, 100_000).length).toBeLessThanOrEqual(3)
      }),
    )
  })

  it.each(['0', '-1/2'])('do not exist for an interval of %s', (interval) => {
    expect(() => cadencesOf(whole(0), fromText(interval), 1)).toThrow(RangeError)
  })

  it('are none for no instants', () => {
    expect(cadencesOf(whole(0), whole(1), 0)).toEqual([])
  })

  it('never drift: a step of 216 2/3 ms is at most one tick late after ten years', () => {
    const [first, interval] = [fromText('1/7'), ratio(216_666_666n * 3n + 2n, 3n * 64_000n)]
    const count = 3 * LONGEST_CADENCE
    const cadences = cadencesOf(first, interval, count)
    expect(BigInt(lastTick(cadences.at(-1)!))).toBe(exactTick(first, interval, count - 1))
  })
})

/** One cadence, taken from the middle of some others so that its phase is anything. */
const cadences: fc.Arbitrary<Cadence> = fc
  .tuple(firsts, anyInterval, fc.integer({ min: 1, max: 200 }))
  .map(([first, interval, count]) => cadencesOf(first, interval, count)[0]!)

const partsOf = (cadence: Cadence) =>
  fc
    .tuple(fc.nat(cadence.count - 1), fc.nat(cadence.count - 1))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b) + 1] as const)
const cadencesWithPart = cadences.chain((cadence) => fc.tuple(fc.constant(cadence), partsOf(cadence)))

describe('a part of a cadence', () => {
  it('has the same instants as the whole, and is a cadence itself', () => {
    fc.assert(
      fc.property(cadencesWithPart, ([cadence, [from, to]]) => {
        const part = slice(cadence, from, to)
        expectWithinBounds(part)
        expect(ticks([part])).toEqual(ticks([cadence]).slice(from, to))
        expect(part.first).toBe(tickOf(cadence, from))
        expect(lastTick(part)).toBe(tickOf(cadence, to - 1))
      }),
    )
  })

  it.each([
    [-1, 1],
    [0, 0],
    [2, 1],
    [0, 4],
    [3, 4],
    [Number.NaN, 1],
  ])('from %d to %d of three instants is refused', (from, to) => {
    const [cadence] = cadencesOf(whole(5), whole(2), 3)
    expect(() => slice(cadence!, from, to)).toThrow(RangeError)
  })
})

describe('two cadences', () => {
  it('become the whole again where one goes on as the other ended', () => {
    fc.assert(
      fc.property(cadences, fc.nat(), (cadence, at) => {
        fc.pre(cadence.count > 1)
        const cut = 1 + (at % (cadence.count - 1))
        const [before, after] = [slice(cadence, 0, cut), slice(cadence, cut, cadence.count)]
        expect(joined(before, after)).toEqual(cadence)
      }),
    )
  })

  it('are joined only if the result has exactly the instants of both', () => {
    const near = fc.tuple(cadencesWithPart, fc.constantFrom(-1, 0, 1), fc.constantFrom(-1, 0, 1))
    fc.assert(
      fc.property(near, ([[cadence, [from, to]], tick, phase]) => {
        const after = shifted(slice(cadence, from, to), tick)
        const moved = { ...after, phase: Math.min(Math.max(after.phase + phase, 0), after.divisor - 1) }
        const both = joined(cadence, moved)
        if (both === undefined) return
        expectWithinBounds(both)
        expect(ticks([both])).toEqual([...ticks([cadence]), ...ticks([moved])])
      }),
      { numRuns: 300 },
    )
  })

  it('stay apart when a tick or a phase is missing between them, and when their intervals differ', () => {
    const whole_ = cadencesOf(fromText('1/3'), fromText('7/5'), 10)[0]!
    const [before, after] = [slice(whole_, 0, 4), slice(whole_, 4, 10)]
    expect(joined(before, after)).toEqual(whole_)
    expect(joined(before, shifted(after, 1))).toBeUndefined()
    expect(joined(before, { ...after, phase: (after.phase + 1) % after.divisor })).toBeUndefined()
    expect(joined(before, slice(whole_, 5, 10))).toBeUndefined()
    expect(joined(after, before)).toBeUndefined()
    for (const field of ['quotient', 'remainder', 'divisor'] as const) {
      expect(joined(before, { ...after, [field]: after[field] + 1 })).toBeUndefined()
    }
  })

  it('stay apart where the result would be longer than a cadence may be', () => {
    const [longest, rest] = cadencesOf(whole(0), whole(3), LONGEST_CADENCE + 1)
    expect(joined(longest!, rest!)).toBeUndefined()
    const most = joined(slice(longest!, 0, LONGEST_CADENCE - 1), slice(longest!, LONGEST_CADENCE - 1, LONGEST_CADENCE))
    expect(most).toEqual(longest)
  })
})

describe('the instants through a tick', () => {
  it('are those at or before it', () => {
    fc.assert(
      fc.property(cadences, fc.nat(), fc.integer({ min: -2, max: 2 }), (cadence, at, beside) => {
        const tick = tickOf(cadence, at % cadence.count) + beside
        const through = ticks([cadence]).filter((one) => one <= BigInt(tick)).length
        expect(countThrough(cadence, tick)).toBe(through)
      }),
    )
  })

  it('are found in the longest cadences too', () => {
    const longest = fc.tuple(firsts, anyInterval).map(([first, interval]) => {
      return cadencesOf(first, compare(interval, whole(2 ** 30)) < 0 ? interval : whole(7), LONGEST_CADENCE)[0]!
    })
    fc.assert(
      fc.property(longest, fc.nat(LONGEST_CADENCE - 1), fc.integer({ min: -2, max: 2 }), (cadence, at, beside) => {
        const tick = tickOf(cadence, at % cadence.count) + beside
        const through = countThrough(cadence, tick)
        expect(through === 0 || tickOf(cadence, through - 1) <= tick).toBe(true)
        expect(through === cadence.count || tickOf(cadence, through) > tick).toBe(true)
      }),
    )
  })

  it('are none before the first and all from the last on', () => {
    fc.assert(
      fc.property(cadences, (cadence) => {
        expect(countThrough(cadence, cadence.first - 1)).toBe(0)
        expect(countThrough(cadence, Number.NEGATIVE_INFINITY)).toBe(0)
        expect(countThrough(cadence, cadence.first)).toBeGreaterThanOrEqual(1)
        expect(countThrough(cadence, lastTick(cadence))).toBe(cadence.count)
        expect(countThrough(cadence, Number.POSITIVE_INFINITY)).toBe(cadence.count)
      }),
    )
  })
})

describe('a moved cadence', () => {
  it('has every instant moved by the same whole ticks', () => {
    fc.assert(
      fc.property(cadences, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (cadence, by) => {
        expect(ticks([shifted(cadence, by)])).toEqual(ticks([cadence]).map((tick) => tick + BigInt(by)))
        expect(shifted(shifted(cadence, by), -by)).toEqual(cadence)
      }),
    )
  })
})
