/**
 * A blockage between pump and line, such as a misaligned connector: the tube before it swells with what the rotor pushes in.
 *
 * As long as the tube gives way every step fills it further. A full one takes nothing more: rollers turn and fluid slips
 * back under them. When the way is free again the tube shrinks at once and drives all of it into the line: the bolus after
 * an occlusion. A catheter that is blocked at its tip and sound otherwise behaves alike.
 */
import { displaced, joinedLines, type Line, volumeOf } from '#hil/plant/line'
import { type Push, wholeSteps } from '#hil/plant/passage'
import type { Solution } from '#hil/plant/solution'
import { as, type Volume_uL } from '#units/quantity'
import { compare, isPositive, subtract, times, ZERO } from '#units/rational'

export interface Blockage {
  /** How much the tube can swell. */
  readonly compliance_uL: Volume_uL
  /** What it has swollen with, the first of it first. */
  readonly swelling: Line
}

export interface Swelling {
  readonly blockage: Blockage
  readonly steps: number
  /** What each of the steps pushed in. */
  readonly step_uL: Volume_uL
}

/** Pushes steps against the blockage: as many of the first as all move the same. */
export function swollen(blockage: Blockage, { step_uL, limit }: Push, entering: Solution): Swelling {
  const { compliance_uL, swelling } = blockage
  const room_uL = subtract(compliance_uL, volumeOf(swelling))
  if (!isPositive(room_uL)) return { blockage, steps: limit, step_uL: as(ZERO) }
  const fits = compare(step_uL, room_uL) <= 0
  const steps = fits ? Math.min(limit, wholeSteps(room_uL, step_uL)) : 1
  const each_uL = fits ? step_uL : as<Volume_uL>(room_uL)
  const more = displaced([], times(each_uL, steps), { fluid: true, solution: entering }).left
  return { blockage: { compliance_uL, swelling: joinedLines(swelling, more) }, steps, step_uL: each_uL }
}
