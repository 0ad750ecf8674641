/**
 * Boundaries: the instants at which something changes by itself, without anybody asking.
 *
 * Between two boundaries the motor runs at one rate, so everything the pump will do is known in closed form and it can
 * sleep until the next one.
 */
import { dueOf, stepsAt } from '#firmware-sim/delivery'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import { stepReaching } from '#firmware-sim/reservoir'
import type { PumpState } from '#firmware-sim/state'
import type { Time_us } from '#units/quantity'
import { compare, ZERO } from '#units/rational'

export interface Boundary {
  readonly at_us: Time_us
  readonly stimulus: Stimulus
}

/** The next boundary, never before the pump's present; of several at one instant the first of the order below. */
export function nextBoundary(model: PumpModel, state: PumpState): Boundary | null {
  const candidates: readonly (Boundary | null)[] = [
    bolusEnd(state),
    lowReservoir(model, state),
    emptyReservoir(model, state),
  ]
  let next: Boundary | null = null
  for (const candidate of candidates) {
    if (candidate !== null && (next === null || compare(candidate.at_us, next.at_us) < 0)) next = candidate
  }
  return next
}

/** The last step that falls due before the rate changes by itself or the reservoir is used up. */
export function lastStepOfStretch(model: PumpModel, state: PumpState): number {
  const empty = stepReaching(state.reservoir, ZERO, model.step_uL)
  const end = bolusEnd(state)
  return end === null ? empty : Math.min(empty, stepsAt(state.delivery, end.at_us))
}

function bolusEnd(state: PumpState): Boundary | null {
  let earliest: Time_us | null = null
  for (const { end_us } of state.boluses) {
    if (earliest === null || compare(end_us, earliest) < 0) earliest = end_us
  }
  return earliest === null ? null : { at_us: earliest, stimulus: 'bolus-ended' }
}

function lowReservoir(model: PumpModel, state: PumpState): Boundary | null {
  if (state.alarms.includes('low-reservoir')) return null
  const step = stepReaching(state.reservoir, model.lowReservoir_uL, model.step_uL)
  const at_us = reached(state, step)
  return at_us === null ? null : { at_us, stimulus: 'reservoir-low' }
}

function emptyReservoir(model: PumpModel, state: PumpState): Boundary | null {
  if (state.operating === 'empty') return null
  const at_us = reached(state, stepReaching(state.reservoir, ZERO, model.step_uL))
  return at_us === null ? null : { at_us, stimulus: 'reservoir-empty' }
}

/** When `step` is due: now if it is booked already, null if the motor rests. */
function reached(state: PumpState, step: number): Time_us | null {
  if (step <= stepsAt(state.delivery, state.now_us)) return state.now_us
  return dueOf(state.delivery, step)
}
