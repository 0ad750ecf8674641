/**
 * The largest unit of which several exact amounts are whole multiples: what lets a walk add small integers, not
 * fractions.
 */
import type { Staircase } from '#hil/oracle/staircase'
import { ONE, type Rational } from '#units/rational'

/** The largest positive amount that divides every value; one when all of them are zero. */
export function commonUnit(values: Iterable<Rational>): Rational {
  let [n, d] = [0n, 1n]
  for (const value of values) {
    if (value.n === 0n) continue
    if (n === 0n || value.n % n !== 0n) n = greatestCommonDivisor(n, value.n)
    d = leastCommonMultiple(d, value.d)
  }
  return n === 0n ? ONE : { n, d }
}

/** How many of the unit an amount is; the unit must divide it. */
export function multipleOf(unit: Rational, value: Rational): bigint {
  return (value.n / unit.n) * (unit.d / value.d)
}

/** The rise of every flight, each distinct one once in a row. */
export function* risesOf(staircase: Staircase): Generator<Rational> {
  let last: Rational | undefined
  for (const { rise } of staircase) {
    if (last === undefined || rise.n !== last.n || rise.d !== last.d) yield rise
    last = rise
  }
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** The least common multiple of two positive numbers; cheap when the first already is one. */
export function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return a % b === 0n ? a : (a / greatestCommonDivisor(a, b)) * b
}
