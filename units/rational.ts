/**
 * Exact rational numbers as plain values.
 *
 * A dose of 350/3 ug over a day on a 0.25 uL step has no exact binary fraction, and ten years of small errors would
 * drift by whole motor steps. Every therapy quantity is therefore a ratio of two integers, always in lowest terms with
 * a positive denominator, so that two equal values are also structurally equal: they can be compared, hashed, stored
 * and sent without a second representation.
 */

/** An exact fraction `n / d`: lowest terms, `d` > 0. */
export interface Rational {
  readonly n: bigint
  readonly d: bigint
}

export const ZERO: Rational = { n: 0n, d: 1n }
export const ONE: Rational = { n: 1n, d: 1n }

/** Whole numbers up to here are exact as plain numbers, and so are their sums. */
const PLAIN_LIMIT = 2 ** 52
/** Whole numbers up to here fit the machine's own division. */
const WORD_LIMIT = 2 ** 31 - 1

/** Never below zero. Long numbers come down to plain ones, and these to short ones, whose division is many times faster. */
function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  let [m, n] = [Math.abs(Number(a)), Math.abs(Number(b))]
  while (n > PLAIN_LIMIT || (m > PLAIN_LIMIT && n !== 0)) {
    const rest = x % y
    x = y
    y = rest
    m = n
    n = Math.abs(Number(rest))
  }
  if (n === 0) return x < 0n ? -x : x
  return BigInt(plainDivisor(m, n))
}

/** The greatest common divisor of whole numbers from 0 to {@link PLAIN_LIMIT}. */
function plainDivisor(a: number, b: number): number {
  let [m, n] = [a, b]
  while (n > WORD_LIMIT) {
    const rest = plainRemainder(m, n)
    m = n
    n = rest
  }
  if (n === 0) return m
  let [short, shorter] = [n | 0, plainRemainder(m, n) | 0]
  while (shorter !== 0) {
    const rest = short % shorter
    short = shorter
    shorter = rest
  }
  return short
}

/** `m % n`, some times faster: the quotient in floating point is exact or one too large. */
function plainRemainder(m: number, n: number): number {
  const rest = m - Math.floor(m / n) * n
  return rest < 0 ? rest + n : rest
}

/** The fraction `n / d` in lowest terms. Throws RangeError when `d` is zero. */
export function ratio(n: bigint, d: bigint): Rational {
  if (d === 0n) throw new RangeError(`the fraction ${n}/0 has no value`)
  if (d === 1n) return { n, d }
  const divisor = greatestCommonDivisor(n, d)
  if (d < 0n) return { n: -n / divisor, d: -d / divisor }
  return divisor === 1n ? { n, d } : { n: n / divisor, d: d / divisor }
}

/** The fraction equal to a whole number; throws RangeError for anything that is not a safe integer. */
export function whole(value: number | bigint): Rational {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`)
  return { n: BigInt(value), d: 1n }
}

export function add(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return ratio(a.n + b.n, a.d)
  // A whole number on either side leaves lowest terms what they are.
  if (a.d === 1n) return { n: a.n * b.d + b.n, d: b.d }
  if (b.d === 1n) return { n: a.n + b.n * a.d, d: a.d }
  return ratio(a.n * b.d + b.n * a.d, a.d * b.d)
}

export function subtract(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return ratio(a.n - b.n, a.d)
  if (a.d === 1n) return { n: a.n * b.d - b.n, d: b.d }
  if (b.d === 1n) return { n: a.n - b.n * a.d, d: a.d }
  return ratio(a.n * b.d - b.n * a.d, a.d * b.d)
}

export function multiply(a: Rational, b: Rational): Rational {
  return ratio(a.n * b.n, a.d * b.d)
}

/** `a / b`; throws RangeError when `b` is zero. */
export function divide(a: Rational, b: Rational): Rational {
  return ratio(a.n * b.d, a.d * b.n)
}

/** `1 / a`; throws RangeError when `a` is zero. */
export function reciprocal({ n, d }: Rational): Rational {
  if (n === 0n) throw new RangeError(`the fraction ${d}/0 has no value`)
  return n < 0n ? { n: -d, d: -n } : { n: d, d: n }
}

/** `a * k` for a whole `k`. */
export function times({ n, d }: Rational, k: number | bigint): Rational {
  const factor = BigInt(k)
  if (d === 1n) return { n: n * factor, d }
  // Only the factor can have anything in common with the denominator.
  const divisor = greatestCommonDivisor(factor, d)
  return divisor === 1n ? { n: n * factor, d } : { n: n * (factor / divisor), d: d / divisor }
}

/** `a + b * (c - d)`, reduced once: what a constant rate comes to, without the cost of four fractions. */
export function advanced(a: Rational, b: Rational, c: Rational, d: Rational): Rational {
  const [n, over] = span(b, c, d)
  return ratio(a.n * over + n * a.d, a.d * over)
}

/** The floor of {@link advanced}, without any reduction. */
export function floorAdvanced(a: Rational, b: Rational, c: Rational, d: Rational): bigint {
  const [n, over] = span(b, c, d)
  return floor({ n: a.n * over + n * a.d, d: a.d * over })
}

/** {@link compare} of {@link advanced} and `e`, without any reduction. */
export function compareAdvanced(a: Rational, b: Rational, c: Rational, d: Rational, e: Rational): number {
  const [n, over] = span(b, c, d)
  return compare({ n: a.n * over + n * a.d, d: a.d * over }, e)
}

/** `a + (b - c) / d`, reduced once; throws RangeError when `d` is zero. */
export function delayed(a: Rational, b: Rational, c: Rational, d: Rational): Rational {
  const n = (b.n * c.d - c.n * b.d) * d.d
  const over = b.d * c.d * d.n
  return ratio(a.n * over + n * a.d, a.d * over)
}

/** Numerator and denominator of `b * (c - d)`, not reduced; the denominator is positive. */
function span(b: Rational, c: Rational, d: Rational): readonly [n: bigint, over: bigint] {
  return c.d === d.d ? [b.n * (c.n - d.n), b.d * c.d] : [b.n * (c.n * d.d - d.n * c.d), b.d * c.d * d.d]
}

export function negate(a: Rational): Rational {
  return { n: -a.n, d: a.d }
}

export function magnitude(a: Rational): Rational {
  return a.n < 0n ? negate(a) : a
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Rational, b: Rational): number {
  if (a === b) return 0
  if (a.d === b.d) return order(a.n, b.n)
  if (a.d === 1n) return order(a.n * b.d, b.n)
  if (b.d === 1n) return order(a.n, b.n * a.d)
  return order(a.n * b.d, b.n * a.d)
}

function order(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0
}

export function equal(a: Rational, b: Rational): boolean {
  return a.n === b.n && a.d === b.d
}

export function isZero(a: Rational): boolean {
  return a.n === 0n
}

export function isPositive(a: Rational): boolean {
  return a.n > 0n
}

export function isNegative(a: Rational): boolean {
  return a.n < 0n
}

export function smaller(a: Rational, b: Rational): Rational {
  return compare(a, b) <= 0 ? a : b
}

export function larger(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b
}

export function sum(values: Iterable<Rational>): Rational {
  let total = ZERO
  for (const value of values) total = add(total, value)
  return total
}

/** The largest whole number not above `a`. */
export function floor(a: Rational): bigint {
  if (a.d === 1n) return a.n
  const quotient = a.n / a.d
  return a.n < 0n && quotient * a.d !== a.n ? quotient - 1n : quotient
}

/** The smallest whole number not below `a`. */
export function ceil(a: Rational): bigint {
  if (a.d === 1n) return a.n
  const quotient = a.n / a.d
  return a.n > 0n && quotient * a.d !== a.n ? quotient + 1n : quotient
}

/** The smallest whole number not below `a / b`, without any reduction; throws RangeError when `b` is zero. */
export function ceilOfQuotient(a: Rational, b: Rational): bigint {
  return ceil(quotient(a, b))
}

/** The largest whole number not above `a / b`, without any reduction; throws RangeError when `b` is zero. */
export function floorOfQuotient(a: Rational, b: Rational): bigint {
  return floor(quotient(a, b))
}

/** `a / b`, not reduced; the denominator is positive. */
function quotient(a: Rational, b: Rational): Rational {
  if (b.n === 0n) throw new RangeError(`the fraction ${a.n}/0 has no value`)
  return b.n < 0n ? { n: -a.n * b.d, d: -a.d * b.n } : { n: a.n * b.d, d: a.d * b.n }
}

/** A bigint that must fit a safe integer; throws RangeError when it does not. */
export function toSafeInteger(value: bigint): number {
  const result = Number(value)
  if (!Number.isSafeInteger(result)) throw new RangeError(`${value} is beyond the safe integers`)
  return result
}

/** Bits beyond which only "exact or not" matters for the rounding of a double. */
const QUOTIENT_BITS = 64
/** No double is finer than 2^-1074. */
const FINEST = 1074

/** The nearest double, by integer arithmetic alone so that every machine prints the same digits. */
export function toNumber(a: Rational): number {
  if (a.d === 1n) return Number(a.n)
  const { n } = magnitude(a)
  const shift = Math.min(FINEST, a.d.toString(2).length + QUOTIENT_BITS - n.toString(2).length)
  const [above, below] = shift > 0 ? [n << BigInt(shift), a.d] : [n, a.d << BigInt(-shift)]
  const [units, rest] = [above / below, above % below]
  const nearest = units < 2n ** 53n ? Number(units + halfToEven(units, rest, below)) : roundedByNumber(units, rest)
  return (a.n < 0n ? -nearest : nearest) * 2 ** -shift
}

function halfToEven(units: bigint, rest: bigint, of: bigint): bigint {
  const half = 2n * rest
  return half > of || (half === of && units % 2n === 1n) ? 1n : 0n
}

/** Conversion of a long integer rounds half to even; what lies below it is told by one sticky bit. */
function roundedByNumber(units: bigint, rest: bigint): number {
  return Number(2n * units + (rest === 0n ? 0n : 1n)) / 2
}

/** Canonical text: `n`, or `n/d` in lowest terms. The inverse of {@link fromText}. */
export function toText(a: Rational): string {
  return a.d === 1n ? a.n.toString() : `${a.n}/${a.d}`
}

const TEXT = /^(-?\d+)(?:\/([1-9]\d*))?$/

/** Reads the text of {@link toText}, and any other fraction of whole numbers; throws SyntaxError on anything else. */
export function fromText(text: string): Rational {
  const match = TEXT.exec(text)
  if (match?.[1] === undefined) throw new SyntaxError(`"${text}" is not a fraction`)
  return ratio(BigInt(match[1]), BigInt(match[2] ?? '1'))
}
