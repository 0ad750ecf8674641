/** Exact values as the doubles of a result, rounded once. */
import { divide, multiply, type Rational, times, toNumber, whole } from '#units/rational'

const SECOND_us = whole(1_000_000)
/** From uL/us to mL/d. */
const PER_DAY = whole(86_400_000)

export function seconds(at_us: Rational): number {
  return toNumber(divide(at_us, SECOND_us))
}

export function secondsOrNull(at_us: Rational | undefined | null): number | null {
  return at_us === undefined || at_us === null ? null : seconds(at_us)
}

export function percent(fraction: Rational): number {
  return toNumber(times(fraction, 100))
}

export function percentOrNull(fraction: Rational | undefined): number | null {
  return fraction === undefined ? null : percent(fraction)
}

export function milliliters_per_day(rate_uL_per_us: Rational): number {
  return toNumber(multiply(rate_uL_per_us, PER_DAY))
}
