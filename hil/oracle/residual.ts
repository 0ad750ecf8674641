/**
 * What a refill would show: the true residual against the one that is expected.
 *
 * A pump without a volume sensor is looked at only there. Its error grows with what it gave since the last fill, so a
 * difference tells something only beyond a part of that, and never below what a syringe can draw.
 */
import { compare, larger, magnitude, multiply, type Rational, subtract } from '#units/rational'

export interface ResidualQuestion {
  /** What is believed to be left, what is left, and what is believed to have been given since the last fill. */
  readonly expected_uL: Rational
  readonly left_uL: Rational
  readonly dispensed_uL: Rational
  /** The part of what was given that the difference may be, and the least that it may be. */
  readonly part: Rational
  readonly least_uL: Rational
}

export interface Residue {
  /** What is left less what is expected: above zero where less was given than is believed. */
  readonly difference_uL: Rational
  readonly allowed_uL: Rational
  /** Whether a refill would show it. */
  readonly tells: boolean
}

export function residueOf({ expected_uL, left_uL, dispensed_uL, part, least_uL }: ResidualQuestion): Residue {
  const difference_uL = subtract(left_uL, expected_uL)
  const allowed_uL = larger(multiply(part, dispensed_uL), least_uL)
  return { difference_uL, allowed_uL, tells: compare(magnitude(difference_uL), allowed_uL) > 0 }
}
