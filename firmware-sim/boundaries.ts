/**
 * Boundaries: the instants at which something changes by itself, without anybody asking.
 *
 * Between two boundaries the motor runs at one rate, so everything the pump will do is known in closed form and it can
 * sleep until the next one.
 */
import { believedSteps } from '#firmware-sim/accounting'
import { endOfService, replacementByAge, sagAt, sagsAfter } from '#firmware-sim/battery'
import { dueOf, reachedAt, stepsAt } from '#firmware-sim/delivery'
import { changesAt } from '#firmware-sim/line'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import { type Reservoir, stepReaching, stepsIn } from '#firmware-sim/reservoir'
import { alarmAt, warningAt } from '#firmware-sim/standing'
import type { PumpState, Unfit } from '#firmware-sim/state'
import type { Time_us } from '#units/quantity'
import { compare, floor, toSafeInteger, ZERO } from '#units/rational'
import { remembered, rememberedOfTwo } from '#units/remembered'

export interface Boundary {
  readonly at_us: Time_us
  readonly stimulus: Stimulus
  /** What comes first when it is asked of the pump at the same instant. */
  readonly yieldsTo: 'nothing' | 'refill' | 'everything'
}

type Instant = (model: PumpModel, state: PumpState) => Time_us | null
/** The count of believed steps at which something happens. */
type Step = (model: PumpModel, state: PumpState) => number | null

/**
 * When something happens: at an instant; when so many steps are believed; or at an instant that takes some work to find,
 * where `isAfter` tells with less of it that it comes after another one.
 */
type When =
  | { readonly at: Instant }
  | { readonly atStep: Step }
  | { readonly sought: Instant; readonly isAfter: (model: PumpModel, state: PumpState, other_us: Time_us) => boolean }

interface Row {
  readonly stimulus: Stimulus
  readonly when: When
  readonly yieldsTo: Boundary['yieldsTo']
  /** Its place in the list: of several at one instant the lowest comes first. */
  readonly rank: number
}

type Listed = readonly [stimulus: Stimulus, when: When, yieldsTo?: Boundary['yieldsTo']]

/** Every boundary there is; of several at one instant the first of this list comes first. */
const LISTED: readonly Listed[] = [
  ['bolus-ended', { at: (_, state) => firstBolusEnd(state) }],
  ['prime-ended', { at: (_, state) => (state.prime === null ? null : reachedAt(state.delivery, state.prime)) }],
  ['plug-cleared', { at: (_, state) => bridgeChange(state) }],
  ['reservoir-low', { atStep: lowReservoir }],
  [
    'voltage-sagged',
    {
      sought: (model, state) => sagAt(state.battery, model.cell, state.now_us, state.extra_ohm),
      isAfter: (model, state, other_us) => sagsAfter(state.battery, model.cell, other_us, state.extra_ohm),
    },
  ],
  ['cell-reading', { at: (_, state) => state.battery.nextReading_us }],
  ['age-reached', { at: (model, state) => replacementByAge(state.battery, model) }],
  ['tube-worn', { atStep: tubeWorn }],
  ['service-ended', { at: (model, state) => ended(state, endOfService(state.battery, model)) }],
  ['rotor-turns', { at: (_, state) => stepAfterStop(state) }],
  ['stopped-early', { at: (model, state) => warningAt(model, state.standing) }],
  ['stopped-long', { at: (model, state) => alarmAt(model, state.standing) }],
  ['memory-damaged', { at: (_, state) => state.memoryCheck_us }],
  ['silence-ended', { at: (_, state) => state.sound.silence?.until_us ?? null }],
  // A refill at the instant at which the pump runs dry keeps it going.
  ['reservoir-empty', { atStep: emptyReservoir }, 'refill'],
  // Whoever refills and then programs a therapy that fits does both at one instant.
  ['therapy-unfit', { at: (_, state) => unfitAt(state, 'therapy') }, 'everything'],
  ['boluses-unfit', { at: (_, state) => unfitAt(state, 'boluses') }, 'everything'],
  // Therapies hold up to their end and not at it, so a change at this instant comes first.
  ['pattern-start', { at: (_, state) => state.next?.at_us ?? null }, 'everything'],
]

const BOUNDARIES = LISTED.map(
  ([stimulus, when, yieldsTo = 'nothing'], rank): Row => ({ stimulus, when, yieldsTo, rank }),
)

/** What is known outright is looked at first: little of the rest may come before it, and is then not worked out. */
const BY_WORK: readonly Row[] = [
  ...BOUNDARIES.filter(({ when }) => 'at' in when),
  ...BOUNDARIES.filter(({ when }) => !('at' in when)),
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
  let first: Row | null = null
  let first_us: Time_us | null = null
  for (const row of BY_WORK) {
    const due_us = dueOfRow(row.when, model, state, first_us)
    if (due_us === null) continue
    // What fell due while the pump had no power happens as soon as it has.
    const at_us = compare(due_us, state.now_us) < 0 ? state.now_us : due_us
    const order = first_us === null ? -1 : compare(at_us, first_us)
    if (order > 0 || (order === 0 && first !== null && first.rank < row.rank)) continue
    first = row
    first_us = at_us
  }
  return first === null || first_us === null
    ? null
    : { at_us: first_us, stimulus: first.stimulus, yieldsTo: first.yieldsTo }
}

/** When it happens; null also where that is after the first of the others that are known. */
function dueOfRow(when: When, model: PumpModel, state: PumpState, first_us: Time_us | null): Time_us | null {
  if ('at' in when) return when.at(model, state)
  if ('atStep' in when) return dueBefore(state, when.atStep(model, state), first_us)
  return first_us !== null && when.isAfter(model, state, first_us) ? null : when.sought(model, state)
}

/** The last step that falls due before the rate changes by itself or the reservoir is used up. */
export function lastStepOfStretch(model: PumpModel, state: PumpState): number {
  const { delivery, next, prime } = state
  let last = emptyAt(model, state.reservoir) + state.lost
  const end_us = earlier(firstBolusEnd(state), next?.at_us ?? null)
  if (end_us !== null) last = Math.min(last, stepsAt(delivery, end_us))
  for (const position of [prime, changesAt(state)]) {
    if (position !== null) last = Math.min(last, toSafeInteger(floor(position)))
  }
  return last
}

function earlier(a_us: Time_us | null, b_us: Time_us | null): Time_us | null {
  if (a_us === null || b_us === null) return a_us ?? b_us
  return compare(a_us, b_us) <= 0 ? a_us : b_us
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
  return state.alarms.includes('low-reservoir') ? null : lowAt(model, state.reservoir)
}

function emptyReservoir(model: PumpModel, state: PumpState): number | null {
  if (state.operating === 'empty' || state.operating === 'end-of-service') return null
  // A reservoir is low before it is empty, and that comes first even at one step.
  return state.alarms.includes('low-reservoir') ? emptyAt(model, state.reservoir) : null
}

/** The believed steps at which a reservoir is low, and at which it is empty: the same from one refill to the next. */
const lowAt = rememberedOfTwo((model: PumpModel, reservoir: Reservoir) =>
  stepReaching(reservoir, model.lowReservoir_uL, model.step_uL),
)
const emptyAt = rememberedOfTwo((model: PumpModel, reservoir: Reservoir) =>
  stepReaching(reservoir, ZERO, model.step_uL),
)

function tubeWorn(model: PumpModel, state: PumpState): number | null {
  return state.alarms.includes('tube-set-end-of-life') ? null : wornAt(model)
}

const wornAt = remembered((model: PumpModel) => stepsIn(model.tubeLife_uL, model.step_uL))

function ended(state: PumpState, at_us: Time_us | null): Time_us | null {
  return state.operating === 'end-of-service' ? null : at_us
}

/** When so many steps are believed: now if they are already; null if the motor rests or something else comes before. */
function dueBefore(state: PumpState, steps: number | null, first_us: Time_us | null): Time_us | null {
  if (steps === null) return null
  // To count the steps up to an instant takes far less than to work out when one of them is due.
  if (first_us !== null && steps > believedSteps(state, first_us)) return null
  return steps <= believedSteps(state, state.now_us) ? state.now_us : dueOf(state.delivery, steps + state.lost)
}
