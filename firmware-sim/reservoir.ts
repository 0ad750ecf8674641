/**
 * The believed reservoir: the volume the pump was told it holds, less what it has booked.
 *
 * A real pump has no volume sensor; its low-reservoir alarm is computed from the programmed delivery (TGA
 * RC-2016-RN-01458-1). A wrong fill or a pump that over-delivers therefore makes this account wrong, and the pump
 * cannot know.
 */
import { as, type Volume_uL } from '#units/quantity'
import { add, ceilOfQuotient, type Rational, subtract, times, toSafeInteger } from '#units/rational'

export interface Reservoir {
  /** Believed volume when `steps` steps had been booked. */
  readonly volume_uL: Volume_uL
  readonly steps: number
}

/** Believed volume when `steps` steps have been booked; below zero when the last step took more than was left. */
export function believedVolume(reservoir: Reservoir, steps: number, step_uL: Volume_uL): Volume_uL {
  return as(subtract(reservoir.volume_uL, times(step_uL, steps - reservoir.steps)))
}

/** The first step at which the believed volume is at or below `level_uL`. */
export function stepReaching(reservoir: Reservoir, level_uL: Rational, step_uL: Volume_uL): number {
  return reservoir.steps + Math.max(0, stepsIn(subtract(reservoir.volume_uL, level_uL), step_uL))
}

/** How many steps it takes to move all of a volume. */
export function stepsIn(volume_uL: Rational, step_uL: Volume_uL): number {
  return toSafeInteger(ceilOfQuotient(volume_uL, step_uL))
}

/** The account after `withdrawn` was drawn and `added_uL` put in, with `steps` steps booked so far. */
export function refilled(
  reservoir: Reservoir,
  steps: number,
  step_uL: Volume_uL,
  withdrawn: 'all' | Volume_uL,
  added_uL: Volume_uL,
): Reservoir {
  const left = residual(reservoir, steps, step_uL, withdrawn)
  return { volume_uL: as(add(left, added_uL)), steps }
}

/** What the pump believes is left after a withdrawal, never below nothing. */
export function residual(
  reservoir: Reservoir,
  steps: number,
  step_uL: Volume_uL,
  withdrawn: 'all' | Volume_uL,
): Rational {
  const nothing = { n: 0n, d: 1n }
  if (withdrawn === 'all') return nothing
  const left = subtract(believedVolume(reservoir, steps, step_uL), withdrawn)
  return left.n < 0n ? nothing : left
}
