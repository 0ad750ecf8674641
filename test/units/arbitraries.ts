/** Random fractions, plain and nasty, and an independent reference for them. */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { type Rational, ratio } from '#units/rational'

/** Primes around the sizes at which plain numbers, the wire and machine words end. */
const PRIMES: readonly bigint[] = [
  7n,
  97n,
  65_537n,
  2_147_483_647n,
  2_147_483_659n,
  1_099_511_627_791n,
  9_007_199_254_740_997n,
  18_446_744_073_709_551_629n,
  2n ** 127n - 1n,
]

/** Denominators: small ones, primes, powers of two and ten, and anything up to 2^96. */
export const denominators: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 1n, max: 12n }),
  fc.constantFrom(...PRIMES),
  fc.integer({ min: 0, max: 80 }).map((power) => 2n ** BigInt(power)),
  fc.integer({ min: 0, max: 25 }).map((power) => 10n ** BigInt(power)),
  fc.bigInt({ min: 1n, max: 2n ** 96n }),
)

/** Numerators, of both signs, small and large. */
export const numerators: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }),
)

/** Fractions of both signs as pairs that are not in lowest terms. */
export const pairs: fc.Arbitrary<readonly [n: bigint, d: bigint]> = fc
  .tuple(numerators, denominators, fc.boolean())
  .map(([n, d, below]) => [n, below ? -d : d])

export const rationals: fc.Arbitrary<Rational> = pairs.map(([n, d]) => ratio(n, d))

/** The same number for the reference. */
export function reference({ n, d }: Rational): Fraction {
  return new Fraction(n, d)
}

/** The number of the reference, in this project's form. */
export function fromReference({ s, n, d }: Fraction): Rational {
  return { n: s * n, d }
}
