/**
 * The uncertainty budget of a step volume: what each source contributes, and what they come to.
 *
 * Independent standard uncertainties are added as squares; the sum is expanded by a factor that covers 95.45 % at the
 * effective degrees of freedom (Welch and Satterthwaite, JCGM 100:2008 G.4). Repeats are of type A; all else is of type B, is the
 * same in every run, and is not divided by the number of runs.
 */
import { coverageFactor } from '#hil/calibration/student'

export interface BudgetLine {
  readonly source: string
  /** Its part of the standard uncertainty of one step, in uL. */
  readonly standard_uL: number
  /** Infinite for type B. */
  readonly degrees: number
}

export interface Expanded {
  readonly standard_uL: number
  readonly degrees: number
  readonly coverage: number
  readonly expanded_uL: number
}

export function expanded(lines: readonly BudgetLine[]): Expanded {
  const standard_uL = Math.hypot(...lines.map((line) => line.standard_uL))
  const estimated = lines.reduce((sum, { standard_uL: one, degrees }) => sum + one ** 4 / degrees, 0)
  const degrees = estimated === 0 ? Number.POSITIVE_INFINITY : standard_uL ** 4 / estimated
  const coverage = coverageFactor(Math.max(1, degrees))
  return { standard_uL, degrees, coverage, expanded_uL: coverage * standard_uL }
}
