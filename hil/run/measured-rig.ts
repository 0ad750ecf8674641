/**
 * A measured rig: what a calibration found of one rig, and which one.
 *
 * The pump goes on to believe in the step volume of its model; the plant moves the one that was measured. So a pump that
 * is wrong about its motor shows in the ledgers, which it could not as long as both sides took the same figure.
 */
import { fromExact } from '#hil/run/exact'
import type { CalibrationRecord } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import { as, type Volume_uL } from '#units/quantity'

export interface MeasuredRig {
  /** As on the command line, such as `avr`. */
  readonly rig: string
  /** As the rig tells it. */
  readonly identity: string
  readonly calibration: CalibrationRecord
}

/** What one step of the motor truly moves. */
export function trueStep_uL({ pump }: Scenario, measured: MeasuredRig | null): Volume_uL {
  return measured === null ? pump.step_uL : as(fromExact(measured.calibration.step_uL))
}

/** Why figures measured of one rig say nothing of another; null where they are of this one. */
export function strangeTo(measured: MeasuredRig, here: Pick<MeasuredRig, 'rig' | 'identity'>): string | null {
  if (measured.rig === here.rig && measured.identity === here.identity) return null
  return `the rig file is of the rig ${measured.rig}, "${measured.identity}"; this is ${here.rig}, "${here.identity}"`
}
