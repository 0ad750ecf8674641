/**
 * How far the volume that a pump believes and the volume it delivered were ever apart, by the figures of a run.
 *
 * The checks of a scenario need not hold the two against each other; what a parting of other ledgers means depends on them
 * all the same.
 */
import type { RunResult } from '#hil/run/result'

/** A stalled step leaves the belief one step out until the motor reports it, and one more may be on its way. */
const ALLOWED_steps = 2

/** Absorbs the rounding of figures that are exact before they are written as doubles. */
const ROUNDING = 1e-9

/** Believed and displaced volume where they were furthest apart, errors that cancel out later included. */
export interface BeliefGap {
  /** `followed` within two steps throughout; `unknown` where the bench cannot measure well enough to say. */
  readonly kind: 'followed' | 'parted' | 'unknown'
  /** The largest distance, 0 or more. */
  readonly most_uL: number
  readonly allowed_uL: number
  readonly at_s: number
}

/** Compares believed and displaced volume at every sample and at the end. */
export function beliefGap(run: RunResult): BeliefGap {
  const end = { t_s: run.simulated_s, believed_uL: run.believed.volume_uL, displaced_uL: run.delivered.displaced_uL }
  const gaps = [...run.samples, end].map((sample) => ({
    at_s: sample.t_s,
    most_uL: Math.abs(sample.displaced_uL - sample.believed_uL),
  }))
  const furthest = gaps.reduce((a, b) => (b.most_uL > a.most_uL ? b : a))
  const allowed_uL = ALLOWED_steps * run.step_uL
  return { ...furthest, allowed_uL, kind: kindOf(run, furthest.most_uL, allowed_uL) }
}

/** True where delivered and prescribed volume are more than two steps apart at the end. */
export function volumesDiffer(run: RunResult): boolean {
  const gap_uL = Math.abs(run.delivered.displaced_uL - run.prescribed.volume_uL)
  return kindOf(run, gap_uL, ALLOWED_steps * run.step_uL) === 'parted'
}

/** Judges all that a distance may truly be. */
function kindOf({ delivered, provenance }: RunResult, gap_uL: number, allowed_uL: number): BeliefGap['kind'] {
  const half_uL = provenance.displaced_uncertainty_uL
  if (half_uL === null) return 'unknown'
  const limit_uL = allowed_uL + Math.abs(delivered.displaced_uL) * ROUNDING
  if (gap_uL - half_uL > limit_uL) return 'parted'
  return gap_uL + half_uL <= limit_uL ? 'followed' : 'unknown'
}
