/**
 * The volume check of a bench: what left the rotor against what was prescribed, by one of two yardsticks.
 *
 * Where nothing can make a step anything but a step, more than one of them is more than a faultless pump is ever out by, and
 * whatever is wrong was told wrong. A device that has a fault, was measured or departs from its figures is held to what is
 * asked of a device: its tolerance. Both are found, so that two runs can be held against each other by the same one.
 */
import { type Beyond, firstBeyond } from '#hil/oracle/beyond'
import { trackingOf } from '#hil/oracle/tracking'
import { TICK_us } from '#hil/rig/rig'
import { resolutionOf } from '#hil/run/analysis/amounts'
import { secondsOrNull } from '#hil/run/analysis/figures'
import type { VolumeCheck, Yardstick } from '#hil/run/detection/types'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { equal, isZero, type Rational, whole, ZERO } from '#units/rational'

/** The check as a result tells of it, and when it first noticed something by the yardstick that it was judged by. */
export interface JudgedVolume extends VolumeCheck {
  readonly noticed: { readonly at_us: Rational; readonly side: Beyond['side'] | null } | null
}

export function volumeCheckOf(ledgers: Ledgers): JudgedVolume {
  const { judged_by, because } = yardstickOf(ledgers)
  const step_us = beyondStep(ledgers)
  // Within a step is within any tolerance and a step.
  const beyond = step_us === undefined ? undefined : beyondTolerance(ledgers)
  const byStep = step_us === undefined ? null : { at_us: step_us, side: null }
  return {
    ...{ judged_by, because },
    step_s: secondsOrNull(step_us),
    tolerance_s: secondsOrNull(beyond?.at_us),
    noticed: judged_by === 'step' ? byStep : (beyond ?? null),
  }
}

function beyondStep({ scenario, delivered, prescribed }: Ledgers): Rational | undefined {
  const question = { ...spanOf(scenario), within: scenario.pump.step_uL, rigTick_us: whole(TICK_us) }
  return trackingOf(delivered.displaced.staircase, prescribed.volume, question).firstViolation_us
}

function beyondTolerance({ scenario, delivered, prescribed }: Ledgers): Beyond | undefined {
  const span = spanOf(scenario)
  const { step_uL, tolerance } = scenario.pump
  const step = resolutionOf(prescribed.volume, step_uL, span)
  return firstBeyond(delivered.displaced.staircase, prescribed.volume, { ...span, part: tolerance, step })
}

function spanOf({ duration_us }: Ledgers['scenario']) {
  return { from_us: ZERO, to_us: duration_us }
}

function yardstickOf({ scenario, records, instrument }: Ledgers): {
  readonly judged_by: Yardstick
  readonly because: string
} {
  if (scenario.faults.length > 0)
    return { judged_by: 'tolerance', because: 'a fault is declared, and a device may be out by its tolerance' }
  if (instrument.calibration !== null)
    return { judged_by: 'tolerance', because: 'the rig was calibrated, and a device may be out by its tolerance' }
  const isStep = recordsOf(records, 'delivered').every(({ displaced_uL }) => {
    const moved_uL = fromExact(displaced_uL)
    return isZero(moved_uL) || equal(moved_uL, scenario.pump.step_uL)
  })
  return isStep
    ? { judged_by: 'step', because: 'no fault is declared and every step moved what the pump model says' }
    : { judged_by: 'tolerance', because: 'steps moved otherwise than the pump model says, within its tolerance or not' }
}
