/** What passes through a line: steps that all move the same, what leaves at the tip and what through a leak. */
import type { Portion } from '#hil/plant/solution'
import type { Fraction, Volume_uL } from '#units/quantity'
import { floorOfQuotient, type Rational } from '#units/rational'

/** A hole in the line. */
export interface Leak {
  /** Where: 0 at the pump, 1 at the tip, by volume. */
  readonly position: Fraction
  /** How much of what comes by leaves through it: 0 to 1. */
  readonly fraction: Fraction
}

/** Steps to push through a line: each the same volume of the same fluid. */
export interface Push {
  readonly step_uL: Volume_uL
  /** At most so many of them; at least one. */
  readonly limit: number
}

/** The first steps of a push, of which each moves the same, and what they moved together. */
export interface Passage<L> {
  readonly line: L
  /** From 1 to the limit of the push. */
  readonly steps: number
  readonly tip: Portion
  readonly leaked: Portion
  /** What a single one of them gave at the tip; null where it has to be divided out. */
  readonly each: Portion | null
}

const MOST_STEPS = BigInt(Number.MAX_SAFE_INTEGER)

/** How many whole steps a volume holds; the largest safe integer where it is more. */
export function wholeSteps(volume_uL: Rational, step_uL: Rational): number {
  const steps = floorOfQuotient(volume_uL, step_uL)
  return Number(steps < MOST_STEPS ? steps : MOST_STEPS)
}
