/**
 * Boundaries: the instants at which something changes by itself, without anybody asking.
 *
 * Between two boundaries the motor runs at one rate, so everything the pump will do is known in closed form and it can
 * sleep until the next one.
 */
import { believedSteps } from '#firmware-sim/accounting'
import { endOfService, replacementByAge, sagAt } from '#firmware-sim/battery'
import { dueOf, reachedAt, stepsAt } from '#firmware-sim/delivery'
import { changesAt } from '#firmware-sim/line'
import { examined } from '#firmware-sim/memory/store'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import { stepReaching, stepsIn } from '#firmware-sim/reservoir'
import { alarmAt, warningAt } from '#firmware-sim/standing'
import type { PumpState, Unfit } from '#firmware-sim/state'
import type { Time_us } from '#units/quantity'
import { compare, floor, toSafeInteger, ZERO } from '#units/rational'

export interface Boundary {
  readonly at_us: Time_us
  readonly stimulus: Stimulus
  /** What comes first when it is asked of the pump at the same instant. */
  readonly yieldsTo: 'nothing' | 'refill' | 'everything'
}

type Instant = (model: PumpModel, state: PumpState) => Time_us | null
/** The count of believed steps at which something happens. */
type Step = (model: PumpModel, state: PumpState) => number | null
type When = Instant | { readonly atStep: Step }

/** Every boundary there is; of several at one instant the first of this list comes first. */
const BOUNDARIES: readonly (readonly [stimulus: Stimulus, when: When, yieldsTo?: 'refill' | 'everything'])[] = [
  ['bolus-ended', (_, state) => firstBolusEnd(state)],
  ['prime-ended', (_, state) => (state.prime === null ? null : reachedAt(state.delivery, state.prime))],
  ['plug-cleared', (_, state) => bridgeChange(state)],
  ['reservoir-low', { atStep: lowReservoir }],
  ['voltage-sagged', (model, state) => sagAt(state.battery, model.cell, state.now_us)],
  ['cell-reading', (_, state) => state.battery.nextReading_us],
  ['age-reached', (model, state) => replacementByAge(state.battery, model)],
  ['tube-worn', { atStep: tubeWorn }],
  ['service-ended', (model, state) => ended(state, endOfService(state.battery, model))],
  ['rotor-turns', (_, state) => stepAfterStop(state)],
  ['stopped-early', (model, state) => warningAt(model, state.standing)],
  ['stopped-long', (model, state) => alarmAt(model, state.standing)],
  ['memory-damaged', (_, state) => state.memoryCheck_us],
  ['silence-ended', (_, state) => state.sound.silence?.until_us ?? null],
  // A refill at the instant at which the pump runs dry keeps it going.
  ['reservoir-empty', { atStep: emptyReservoir }, 'refill'],
  // Whoever refills and then programs a therapy that fits does both at one instant.
  ['therapy-unfit', (_, state) => unfitAt(state, 'therapy'), 'everything'],
  ['boluses-unfit', (_, state) => unfitAt(state, 'boluses'), 'everything'],
  // Therapies hold up to their end and not at it, so a change at this instant comes first.
  ['pattern-start', (_, state) => state.next?.at_us ?? null, 'everything'],
]

/** The next boundary, never before the pump's present; null when nothing will happen by itself. */
export function nextBoundary(model: PumpModel, state: PumpState): Boundary | null {
  if (LAST?.state === state && LAST.model === model) return LAST.boundary
  const boundary = soonest(model, state)
  LAST = { model, state, boundary }
  return boundary
}

/** The answer before: most states are asked twice, once to sleep and once on waking. Only a saving of time. */
let LAST: { readonly model: PumpModel; readonly state: PumpState; readonly boundary: Boundary | null } | null = null

function soonest(model: PumpModel, state: PumpState): Boundary | null {
  if (state.operating === 'off') return null
  let next: Boundary | null = null
  for (const [stimulus, when, yieldsTo] of BOUNDARIES) {
    const due_us: Time_us | null =
      typeof when === 'function' ? when(model, state) : dueBefore(state, when.atStep(model, state), next)
    if (due_us === null || (next !== null && compare(due_us, next.at_us) >= 0)) continue
    // What fell due while the pump had no power happens as soon as it has.
    const at_us: Time_us = compare(due_us, state.now_us) < 0 ? state.now_us : due_us
    if (next !== null && compare(at_us, next.at_us) >= 0) continue
    next = { at_us, stimulus, yieldsTo: yieldsTo ?? 'nothing' }
  }
  if (next?.stimulus !== 'memory-damaged' || state.memory === null) return next
  if (examined(state.memory).state !== 'lost') return next
  return { ...next, stimulus: 'memory-lost' }
}

/** The last step that falls due before the rate changes by itself or the reservoir is used up. */
export function lastStepOfStretch(model: PumpModel, state: PumpState): number {
  const { delivery, next, prime } = state
  let last = stepReaching(state.reservoir, ZERO, model.step_uL) + state.lost
  for (const end_us of [firstBolusEnd(state), next?.at_us ?? null]) {
    if (end_us !== null) last = Math.min(last, stepsAt(delivery, end_us))
  }
  for (const position of [prime, changesAt(state)]) {
    if (position !== null) last = Math.min(last, toSafeInteger(floor(position)))
  }
  return last
}

function firstBolusEnd({ boluses }: PumpState): Time_us | null {
  let earliest: Time_us | null = null
  for (const { end_us } of boluses) {
    if (earliest === null || compare(end_us, earliest) < 0) earliest = end_us
  }
  return earliest
}

function bridgeChange(state: PumpState): Time_us | null {
  const position = changesAt(state)
  return position === null ? null : reachedAt(state.delivery, position)
}

/** When a pump that stands makes a step again; null while it does not move. */
function stepAfterStop({ standing, delivery }: PumpState): Time_us | null {
  return standing.since_us === null ? null : dueOf(delivery, standing.steps + 1)
}

function unfitAt({ unfit }: PumpState, what: Unfit['what']): Time_us | null {
  return unfit?.what === what ? unfit.at_us : null
}

function lowReservoir(model: PumpModel, state: PumpState): number | null {
  if (state.alarms.includes('low-reservoir')) return null
  return stepReaching(state.reservoir, model.lowReservoir_uL, model.step_uL)
}

function emptyReservoir(model: PumpModel, state: PumpState): number | null {
  if (state.operating === 'empty' || state.operating === 'end-of-service') return null
  // A reservoir is low before it is empty, and that comes first even at one step.
  if (!state.alarms.includes('low-reservoir')) return null
  return stepReaching(state.reservoir, ZERO, model.step_uL)
}

function tubeWorn(model: PumpModel, state: PumpState): number | null {
  return state.alarms.includes('tube-set-end-of-life') ? null : stepsIn(model.tubeLife_uL, model.step_uL)
}

function ended(state: PumpState, at_us: Time_us | null): Time_us | null {
  return state.operating === 'end-of-service' ? null : at_us
}

/** When so many steps are believed: now if they are already; null if the motor rests or something else comes before. */
function dueBefore(state: PumpState, steps: number | null, next: Boundary | null): Time_us | null {
  if (steps === null) return null
  // To count the steps up to an instant takes far less than to work out when one of them is due.
  if (next !== null && steps > believedSteps(state, next.at_us)) return null
  return steps <= believedSteps(state, state.now_us) ? state.now_us : dueOf(state.delivery, steps + state.lost)
}
