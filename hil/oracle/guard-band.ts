/**
 * A verdict under uncertainty: what an instrument can say about a limit, and when it must keep silent.
 *
 * A measured value stands for everything within its uncertainty. Only if all of that is inside the limit is it a pass,
 * and only if all of it is outside a fail; when the limit lies in between the measurement is inconclusive (guarded
 * acceptance and guarded rejection after JCGM 106:2012). Bounds are added up as they are and not as squares, so that a
 * verdict never depends on errors being independent.
 */
import {
  add,
  compare,
  isNegative,
  isPositive,
  magnitude,
  multiply,
  ONE,
  type Rational,
  subtract,
} from '#units/rational'

/** Every value that a quantity may truly have; `low` <= `high`. */
export interface Interval {
  readonly low: Rational
  readonly high: Rational
}

/**
 * How far a true value may lie on either side of the measured one. `unknown` where nobody can say: an instrument without
 * a certificate, or past its due date.
 */
export type Uncertainty =
  | { readonly kind: 'bounded'; readonly absolute: Rational; readonly relative: Rational }
  | { readonly kind: 'unknown' }

export type Outcome = 'pass' | 'fail' | 'inconclusive'

/** A value that is counted or computed and not measured has none. */
export const EXACTLY: Uncertainty = { kind: 'bounded', absolute: { n: 0n, d: 1n }, relative: { n: 0n, d: 1n } }

/** An absolute part in the unit of the value and a part relative to it; neither is less than nothing. */
export function bounded(absolute: Rational, relative: Rational): Uncertainty {
  if (isNegative(absolute) || isNegative(relative)) throw new RangeError('an uncertainty must not be less than nothing')
  return { kind: 'bounded', absolute, relative }
}

/** Undefined when nobody can say. */
export function around(measured: Rational, uncertainty: Uncertainty): Interval | undefined {
  switch (uncertainty.kind) {
    case 'unknown':
      return undefined
    case 'bounded': {
      const half = add(uncertainty.absolute, multiply(uncertainty.relative, magnitude(measured)))
      return { low: subtract(measured, half), high: add(measured, half) }
    }
  }
}

/** The sizes of all values of an interval: for an error that counts in both directions. */
export function sizeOf({ low, high }: Interval): Interval {
  if (!isNegative(low)) return { low, high }
  if (!isPositive(high)) return { low: magnitude(high), high: magnitude(low) }
  const far = compare(magnitude(low), high) > 0 ? magnitude(low) : high
  return { low: { n: 0n, d: 1n }, high: far }
}

/**
 * The error `delivered / prescribed - 1` that was truly made, when each delivered volume is uncertain by a fraction: a
 * wrong step volume scales all of them alike.
 */
export function errorAround(error: Rational, relative: Rational): Interval {
  const half = multiply(magnitude(add(error, ONE)), relative)
  return { low: subtract(error, half), high: add(error, half) }
}

/** What is demanded; the limit itself is allowed. */
export type Demand = { readonly atMost: Rational } | { readonly atLeast: Rational }

/** Without an interval, inconclusive. */
export function verdictOf(found: Interval | undefined, demand: Demand): Outcome {
  if (found === undefined) return 'inconclusive'
  if ('atMost' in demand) {
    if (compare(found.high, demand.atMost) <= 0) return 'pass'
    return compare(found.low, demand.atMost) > 0 ? 'fail' : 'inconclusive'
  }
  if (compare(found.low, demand.atLeast) >= 0) return 'pass'
  return compare(found.high, demand.atLeast) < 0 ? 'fail' : 'inconclusive'
}

/** The usual case in one call: a measured value, how uncertain it is, and what is demanded of it. */
export function judged(measured: Rational, uncertainty: Uncertainty, demand: Demand): Outcome {
  return verdictOf(around(measured, uncertainty), demand)
}

const RANK: Readonly<Record<Outcome, number>> = { pass: 0, inconclusive: 1, fail: 2 }

/** What several verdicts come to together: the worst of them, and a pass of none. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((worst, outcome) => (RANK[outcome] > RANK[worst] ? outcome : worst), 'pass')
}
