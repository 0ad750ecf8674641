/** Exact fractions: every operation against an independent implementation, and the one way out, to a double. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  advanced,
  ceil,
  ceilOfQuotient,
  compare,
  delayed,
  divide,
  equal,
  floor,
  floorAdvanced,
  floorOfQuotient,
  fromText,
  isNegative,
  isPositive,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  type Rational,
  ratio,
  reciprocal,
  smaller,
  subtract,
  sum,
  times,
  toNumber,
  toSafeInteger,
  toText,
  whole,
  ZERO,
} from '#units/rational'
import { fromReference, numerators, pairs, rationals, reference } from './arbitraries.ts'

describe('a fraction', () => {
  it('is in lowest terms with a positive denominator, however it was written', () => {
    fc.assert(
      fc.property(pairs, fc.bigInt({ min: 1n, max: 10n ** 12n }), ([n, d], k) => {
        const value = ratio(n, d)
        expect(value.d > 0n).toBe(true)
        expect(value).toEqual(fromReference(reference({ n, d })))
        expect(ratio(n * k, d * k)).toEqual(value)
        expect(ratio(-n, -d)).toEqual(value)
      }),
    )
  })

  it('is in lowest terms about every size at which whole numbers are divided another way', () => {
    const near = fc
      .tuple(fc.constantFrom(31, 52, 53, 62, 64), fc.integer({ min: -40, max: 40 }))
      .map(([bits, off]) => 2n ** BigInt(bits) + BigInt(off))
    const plain = fc.oneof(
      near,
      fc.maxSafeNat().map((n) => BigInt(n) + 1n),
    )
    fc.assert(
      fc.property(plain, plain, fc.oneof(fc.constant(1n), plain), (n, d, k) => {
        expect(ratio(n, d)).toEqual(fromReference(reference({ n, d })))
        expect(ratio(n * k, d * k)).toEqual(fromReference(reference({ n, d })))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([0n, 1n, -5n])('of %s over zero has no value', (n) => {
    expect(() => ratio(n, 0n)).toThrow(RangeError)
    expect(() => divide(whole(n), ZERO)).toThrow(RangeError)
  })

  it('is made of whole numbers only as far as a plain number is exact', () => {
    expect(whole(2 ** 53 - 1)).toEqual({ n: 9_007_199_254_740_991n, d: 1n })
    for (const inexact of [2 ** 53, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => whole(inexact)).toThrow(RangeError)
    }
  })
})

describe('arithmetic', () => {
  it.each([
    ['adds', add, 'add'],
    ['subtracts', subtract, 'sub'],
    ['multiplies', multiply, 'mul'],
  ] as const)('%s as the reference does', (_, operation, name) => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        expect(operation(a, b)).toEqual(fromReference(reference(a)[name](reference(b))))
      }),
    )
  })

  it('divides as the reference does', () => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        fc.pre(!isZero(b))
        expect(divide(a, b)).toEqual(fromReference(reference(a).div(reference(b))))
      }),
    )
  })

  it('turns a fraction upside down, and refuses zero', () => {
    fc.assert(
      fc.property(rationals, (a) => {
        fc.pre(!isZero(a))
        expect(reciprocal(a)).toEqual(fromReference(reference(a).inverse()))
      }),
    )
    expect(() => reciprocal(ZERO)).toThrow(RangeError)
  })

  it('follows a rate to an instant and back, as one sum', () => {
    fc.assert(
      fc.property(rationals, rationals, rationals, rationals, (a, b, c, d) => {
        const [x, y, z, w] = [reference(a), reference(b), reference(c), reference(d)]
        const reached = x.add(y.mul(z.sub(w)))
        expect(advanced(a, b, c, d)).toEqual(fromReference(reached))
        expect(floorAdvanced(a, b, c, d)).toBe(fromReference(reached.floor()).n)
        if (isZero(d)) expect(() => delayed(a, b, c, d)).toThrow(RangeError)
        else expect(delayed(a, b, c, d)).toEqual(fromReference(x.add(y.sub(z).div(w))))
      }),
    )
  })

  it('multiplies by a whole number, plain or big', () => {
    fc.assert(
      fc.property(rationals, fc.maxSafeInteger(), (a, k) => {
        const product = fromReference(reference(a).mul(BigInt(k)))
        expect(times(a, k)).toEqual(product)
        expect(times(a, BigInt(k))).toEqual(product)
      }),
    )
  })

  it('negates and takes the magnitude', () => {
    fc.assert(
      fc.property(rationals, (a) => {
        expect(negate(a)).toEqual(fromReference(reference(a).neg()))
        expect(magnitude(a)).toEqual(fromReference(reference(a).abs()))
      }),
    )
  })

  it('adds up any number of fractions, none included', () => {
    fc.assert(
      fc.property(fc.array(rationals, { maxLength: 8 }), (values) => {
        const total = values.map(reference).reduce((a, b) => a.add(b), reference(ZERO))
        expect(sum(values)).toEqual(fromReference(total))
      }),
    )
  })
})

describe('order', () => {
  it('is that of the reference, signs and extremes too', () => {
    fc.assert(
      fc.property(rationals, fc.oneof(rationals, fc.constant(null)), (a, other) => {
        const b = other ?? a
        const order = reference(a).compare(reference(b))
        expect(Math.sign(compare(a, b))).toBe(Math.sign(order))
        expect(equal(a, b)).toBe(order === 0)
        expect(smaller(a, b)).toEqual(order <= 0 ? a : b)
        expect(larger(a, b)).toEqual(order >= 0 ? a : b)
        expect([isNegative(a), isZero(a), isPositive(a)]).toEqual([a.n < 0n, a.n === 0n, a.n > 0n])
      }),
    )
  })
})

describe('rounding to whole numbers', () => {
  it('goes down and up as the reference does, below zero too', () => {
    fc.assert(
      fc.property(rationals, (a) => {
        expect(floor(a)).toBe(fromReference(reference(a).floor()).n)
        expect(ceil(a)).toBe(fromReference(reference(a).ceil()).n)
      }),
    )
  })

  it('goes down and up for a quotient too', () => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        fc.pre(!isZero(b))
        const quotient = reference(a).div(reference(b))
        expect(floorOfQuotient(a, b)).toBe(fromReference(quotient.floor()).n)
        expect(ceilOfQuotient(a, b)).toBe(fromReference(quotient.ceil()).n)
      }),
    )
  })

  it('refuses a quotient by zero', () => {
    fc.assert(
      fc.property(rationals, (a) => {
        expect(() => floorOfQuotient(a, ZERO)).toThrow(RangeError)
        expect(() => ceilOfQuotient(a, ZERO)).toThrow(RangeError)
      }),
    )
  })

  it.each([
    ['-7/2', -4n, -3n],
    ['-4', -4n, -4n],
    ['-1/1000', -1n, 0n],
    ['0', 0n, 0n],
    ['1/1000', 0n, 1n],
    ['7/2', 3n, 4n],
    ['4', 4n, 4n],
  ])('takes %s down to %s and up to %s', (text, down, up) => {
    expect([floor(fromText(text)), ceil(fromText(text))]).toEqual([down, up])
  })

  it('hands on a plain number only where it is exact', () => {
    expect(toSafeInteger(-(2n ** 53n) + 1n)).toBe(Number.MIN_SAFE_INTEGER)
    expect(toSafeInteger(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => toSafeInteger(2n ** 53n)).toThrow(RangeError)
    expect(() => toSafeInteger(-(2n ** 53n))).toThrow(RangeError)
  })
})

const MOST = Number.MAX_VALUE
const LEAST = Number.MIN_VALUE

/** The bits of a double that is zero or above: their order is the order of the doubles. */
function bitsOf(double: number): bigint {
  return new BigUint64Array(new Float64Array([double]).buffer)[0]!
}

function doubleOf(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0]!
}

/** The exact value of a finite double of zero or above, from its bits. */
function exactly(double: number): Rational {
  const bits = bitsOf(double)
  const [exponent, fraction] = [bits >> 52n, bits & (2n ** 52n - 1n)]
  const significand = exponent === 0n ? fraction : fraction + 2n ** 52n
  const power = (exponent === 0n ? 1n : exponent) - 1075n
  return power < 0n ? ratio(significand, 2n ** -power) : whole(significand * 2n ** power)
}

const halfway = (a: Rational, b: Rational) => divide(add(a, b), whole(2))

/** Where doubles end: half a unit above the largest. */
const OVERFLOW = add(exactly(MOST), divide(subtract(exactly(MOST), exactly(doubleOf(bitsOf(MOST) - 1n))), whole(2)))

/** Asserts that no double lies closer to the value, and of two equally close ones the even one was taken. */
function expectNearest(value: Rational, found: number): void {
  const [a, double] = [magnitude(value), Math.abs(found)]
  if (found !== 0) expect(Math.sign(found)).toBe(isNegative(value) ? -1 : 1)
  if (double === Number.POSITIVE_INFINITY) {
    expect(compare(a, OVERFLOW)).toBeGreaterThanOrEqual(0)
    return
  }
  const bits = bitsOf(double)
  const even = bits % 2n === 0n
  const above = double === MOST ? OVERFLOW : halfway(exactly(double), exactly(doubleOf(bits + 1n)))
  expect(compare(a, above)).toBeLessThan(even ? 1 : 0)
  if (bits === 0n) return
  const below = halfway(exactly(doubleOf(bits - 1n)), exactly(double))
  expect(compare(a, below)).toBeGreaterThan(even ? -1 : 0)
}

/** Fractions from about 2^-span to 2^span. */
const fractionsWithin = (span: number): fc.Arbitrary<Rational> =>
  fc
    .tuple(
      numerators,
      fc.integer({ min: -span, max: span }),
      fc.bigInt({ min: 1n, max: 2n ** 70n }),
      fc.bigInt({ min: 1n, max: 2n ** 200n }),
    )
    .map(([n, power, d, fine]) => {
      const scale = 2n ** BigInt(Math.abs(power))
      return power < 0 ? ratio(n * fine, d * scale) : ratio(n * fine * scale, d)
    })

/** Doubles from one to another, every exponent with the same weight. */
const doublesWithin = (least: bigint, most: bigint) => fc.bigInt({ min: least, max: most }).map(doubleOf)

const EVERYDAY = doublesWithin(bitsOf(2 ** -600), bitsOf(2 ** 600))
const EXTREME = fc.oneof(
  doublesWithin(0n, 40n),
  doublesWithin(0n, 2n ** 53n),
  doublesWithin(bitsOf(MOST) - 40n, bitsOf(MOST) - 1n),
)

describe.each([
  { sizes: 'of the sizes that occur', test: it, fractions: fractionsWithin(600), doubles: EVERYDAY },
  { sizes: 'at the ends of the doubles', test: it, fractions: fractionsWithin(1200), doubles: EXTREME },
])('the nearest double, $sizes,', ({ test, fractions, doubles }) => {
  test('is found for every fraction', () => {
    fc.assert(
      fc.property(fractions, (value) => expectNearest(value, toNumber(value))),
      { numRuns: 1000 },
    )
  })

  test('is the fraction itself where the fraction is a double', () => {
    fc.assert(
      fc.property(doubles, (double) => {
        expect(toNumber(exactly(double))).toBe(double)
        expect(toNumber(negate(exactly(double))) + 0).toBe(0 - double)
      }),
    )
  })

  test('is the even one halfway between two, and the closer one just beside', () => {
    fc.assert(
      fc.property(doubles, fc.bigInt({ min: 1n, max: 2n ** 1300n }), fc.constantFrom(1, -1), (low, fine, sign) => {
        const high = doubleOf(bitsOf(low) + 1n)
        const middle = halfway(exactly(low), exactly(high))
        const even = bitsOf(low) % 2n === 0n ? low : high
        const signed = (value: Rational) => times(value, sign)
        const beside = ratio(1n, 2n ** 1500n + fine)
        expect(toNumber(signed(middle)) + 0).toBe(sign * even + 0)
        expect(toNumber(signed(add(middle, beside)))).toBe(sign * high)
        expect(toNumber(signed(subtract(middle, beside))) + 0).toBe(sign * low + 0)
      }),
    )
  })
})

const EXAMPLES: readonly (readonly [what: string, value: Rational, double: number])[] = [
  ['1/10', ratio(1n, 10n), 0.1],
  ['10^400 / (10^400 + 1)', ratio(10n ** 400n, 10n ** 400n + 1n), 1],
  ['10^400 / 3', ratio(10n ** 400n, 3n), Number.POSITIVE_INFINITY],
  ['10^-400', ratio(1n, 10n ** 400n), 0],
  ['a third of the largest double', divide(exactly(MOST), whole(3)), MOST / 3],
  ['half a unit above the largest double', OVERFLOW, Number.POSITIVE_INFINITY],
  ['half the smallest double', ratio(1n, 2n ** 1075n), 0],
]
const EXTREMES: typeof EXAMPLES = [
  ['a little more than half the smallest double', ratio(2n ** 100n + 1n, 2n ** 1175n), LEAST],
  ['one and a half times the smallest double', ratio(3n, 2n ** 1075n), 2 * LEAST],
  ['a subnormal third', ratio(1n, 3n * 2n ** 1060n), Math.round(2 ** 14 / 3) * LEAST],
  ['a third more than the largest double', add(exactly(MOST), ratio(1n, 3n)), MOST],
]

describe('the nearest double', () => {
  it.each(EXAMPLES)('of %s', (_, value, double) => {
    expect(toNumber(value)).toBe(double)
    expect(toNumber(negate(value)) + 0).toBe(0 - double)
  })

  it.each(EXTREMES)('of %s', (_, value, double) => {
    expect(toNumber(value)).toBe(double)
    expect(toNumber(negate(value)) + 0).toBe(0 - double)
  })
})

describe('the text of a fraction', () => {
  it('reads back as the same fraction, and is the only text for it', () => {
    fc.assert(
      fc.property(pairs, ([n, d]) => {
        const value = ratio(n, d)
        expect(fromText(toText(value))).toEqual(value)
        expect(toText(value)).toBe(reference({ n, d }).toFraction())
      }),
    )
  })

  it.each(['', ' ', '1/', '/2', '1.5', '1e3', '+1', '1/-2', '--1', '0x10', '1/2/3', ' 1', '1\n', '1n', 'NaN', '½'])(
    'refuses %j',
    (text) => {
      expect(() => fromText(text)).toThrow(SyntaxError)
    },
  )
})
