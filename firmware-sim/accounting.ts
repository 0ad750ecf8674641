/**
 * Accounting: what the pump believes it has delivered.
 *
 * Steps are booked at the instant they are due. Between two changes of rate they form one run; a run is closed when the
 * rate changes, and the open one is worked out whenever somebody asks, so that asking changes nothing.
 */
import { dueOf, intervalOf, stepsAt } from '#firmware-sim/delivery'
import type { BookedRun, Status } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { believedVolume } from '#firmware-sim/reservoir'
import type { BookedMasses, PumpState } from '#firmware-sim/state'
import { as, type Mass_ug, type Time_us, type Volume_uL } from '#units/quantity'
import { add, multiply, times } from '#units/rational'

/** Steps booked at the anchor of the delivery. */
function bookedAtAnchor(state: PumpState): number {
  return stepsAt(state.delivery, state.delivery.anchor_us)
}

/** The run booked from the anchor to the instant, or null when no step fell due. */
export function openRun(model: PumpModel, state: PumpState, at_us: Time_us): BookedRun | null {
  const from = bookedAtAnchor(state)
  const count = stepsAt(state.delivery, at_us) - from
  const first_us = dueOf(state.delivery, from + 1)
  if (count === 0 || first_us === null) return null
  return {
    first_us,
    interval_us: intervalOf(state.delivery),
    count,
    step_uL: model.step_uL,
    drug: state.contents.drug,
    step_ug: as(multiply(model.step_uL, state.contents.concentration_ug_per_uL)),
  }
}

/** The masses with a run added to its drug. */
export function withRun(masses: BookedMasses, run: BookedRun | null): BookedMasses {
  if (run === null) return masses
  const mass = times(run.step_ug, run.count)
  const known = masses.some(([drug]) => drug === run.drug)
  if (!known) return [...masses, [run.drug, as<Mass_ug>(mass)]]
  return masses.map(([drug, booked]) => [drug, drug === run.drug ? as<Mass_ug>(add(booked, mass)) : booked])
}

/** The pump's account of itself at the instant, which lies between the anchor and the next boundary. */
export function statusOf(model: PumpModel, state: PumpState, at_us: Time_us): Status {
  const steps = stepsAt(state.delivery, at_us)
  const open = openRun(model, state, at_us)
  return {
    state: state.operating,
    steps,
    volume_uL: as<Volume_uL>(times(model.step_uL, steps)),
    dose_ug: withRun(state.masses, open),
    reservoir_uL: believedVolume(state.reservoir, steps, model.step_uL),
    open,
  }
}
