/**
 * What the pump refuses, and what it wants confirmed.
 *
 * Nothing is rounded to fit. The rate at any instant is zero or within the range of the pump; only minimum rate, running
 * alone, may lie below it. The dose in any 24 h counts what was given and a full window of what is still to come. A
 * refusal names the value, the limit and the remedy.
 */
import { believedSteps } from '#firmware-sim/accounting'
import { dailyOf, largestDailyDose, measureOf } from '#firmware-sim/daily-dose'
import { massLine, volumeLine } from '#firmware-sim/dose-history'
import { clearedAt, type Foreseen, foresee } from '#firmware-sim/foresight'
import type { Dose, Program, Refill, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { refilled, residual } from '#firmware-sim/reservoir'
import { changed, type PumpState } from '#firmware-sim/state'
import { horizonOf } from '#firmware-sim/therapy/therapies'
import { decimal } from '#units/format'
import { as, DAY_us, type Time_us, type Volume_uL } from '#units/quantity'
import {
  add,
  compare,
  divide,
  isZero,
  larger,
  magnitude,
  multiply,
  type Rational,
  subtract,
  times,
  ZERO,
} from '#units/rational'

/** Boluses that may run at once: more are rare, and each makes the next change costlier to work out. */
const MOST_BOLUSES = 16

/** Why the pump cannot run from `after` on, which is its state with the program in force; null when it can. */
export function refusal(model: PumpModel, before: PumpState, after: PumpState, program: Program): string | null {
  switch (program.kind) {
    case 'therapy':
      return rangeRefusal(model, after) ?? therapyDoseRefusal(model, before, after)
    case 'bolus':
      return grantRefusal(model, after)
    case 'bridge':
    case 'set-clock':
      return rangeRefusal(model, after)
    case 'refill':
      // What was filled is in, whatever it makes of the therapy: see the warnings.
      return capacityRefusal(model, before, program.refill)
    case 'prime':
    case 'patient-bolus':
    case 'restart':
      return null
  }
}

/** Why a bolus that has just begun must not run, or null when it may. */
export function grantRefusal(model: PumpModel, after: PumpState): string | null {
  // What is in force is about to make way, and a bolus would end with it.
  if (after.unfit !== null) return `${after.unfit.reason}; program a therapy that fits first`
  if (after.boluses.length > MOST_BOLUSES) {
    return `${MOST_BOLUSES} boluses are running; wait until one of them has ended`
  }
  const last_us = after.boluses.reduce<Rational>((latest, { end_us }) => larger(latest, end_us), after.now_us)
  const refused = firstOutOfRange(model, foresee(model, after, as(last_us)))
  return refused ?? doseRefusal(model, after)
}

/** What the program would have confirmed before it is committed. */
export function warningsOf(model: PumpModel, before: PumpState, after: PumpState, program: Program): readonly string[] {
  const warnings: string[] = []
  const { dailyDose, change } = before.limits
  if (dailyDose.soft !== null && DOSING.has(program.kind)) {
    const found = isReduction(model, before, after, program)
      ? beyondBound(dailyOf(after.therapy, measureOf(dailyDose.soft.by, after.contents, model)), dailyDose.soft)
      : beyondDose(model, after, dailyDose.soft)
    if (found !== null) warnings.push(`${found}, the soft limit of the clinic`)
  }
  if (dailyDose.hard !== null && program.kind === 'refill') {
    const found = beyondDose(model, after, dailyDose.hard)
    if (found !== null) warnings.push(`${found}, the hard limit of the clinic; program a lower dose`)
  }
  if (program.kind === 'refill' && after.unfit !== null) {
    warnings.push(`${after.unfit.reason}; unless a therapy that fits is programmed at once, the pump stops and alarms`)
  }
  const stops = after.therapy.mode === 'stopped'
  const changed = program.kind === 'therapy' && !stops ? relativeChange(model, before, after) : null
  if (changed !== null && change.soft !== null && compare(magnitude(changed), change.soft) > 0) {
    warnings.push(`the dose changes by ${percent(changed)}, by more than the ${percent(change.soft)} of the clinic`)
  }
  return warnings
}

/** Programs that add to what a patient gets. */
const DOSING: ReadonlySet<Program['kind']> = new Set(['therapy', 'bolus', 'refill'])

/** Volume a therapy gives in 24 h with what the pump holds; of a pattern, in the fullest 24 h. */
export function dailyVolume(model: PumpModel, state: PumpState, therapy: Therapy): Volume_uL {
  return as(dailyOf(therapy, measureOf('volume', state.contents, model)))
}

/** Whether a therapy gives no more than the one before it: what was given before that is no reason against it. */
function isReduction(model: PumpModel, before: PumpState, after: PumpState, program: Program): boolean {
  if (program.kind !== 'therapy') return false
  return compare(dailyVolume(model, before, after.therapy), dailyVolume(model, before, before.therapy)) <= 0
}

/** By how much of the last therapy that gave anything the dose of a day changes; null where there was none. */
function relativeChange(model: PumpModel, before: PumpState, after: PumpState): Rational | null {
  if (before.lastGiving === null) return null
  const last = dailyVolume(model, before, before.lastGiving)
  return divide(subtract(dailyVolume(model, before, after.therapy), last), last)
}

/** A rate that the motor cannot make or must not, at any time from now on; null where there is none. */
export function rangeRefusal(model: PumpModel, after: PumpState): string | null {
  const horizon_us = horizonOf(after.therapy)
  const cleared_us = clearedAt(model, after)
  const all = cleared_us === null ? null : foresee(model, after, as(add(cleared_us, horizon_us)))
  if (all !== null) return firstOutOfRange(model, all)
  // Prime and bridge outlast what can be looked at, so the pattern is looked at with them and without.
  const until_us = as<Time_us>(add(after.now_us, horizon_us))
  const cleared = firstOutOfRange(model, foresee(model, changed(after, { prime: null, covered: null }), until_us))
  return cleared ?? firstOutOfRange(model, foresee(model, after, until_us))
}

function firstOutOfRange(model: PumpModel, stretches: readonly Foreseen[] | null): string | null {
  if (stretches === null) return 'too many boluses of the pattern fall into it; give it over a shorter time'
  for (const { given, masked, exempt } of stretches) {
    const refused = masked ? null : rateRefusal(model, given, exempt)
    if (refused !== null) return refused
  }
  return null
}

function rateRefusal(model: PumpModel, rate: Rational, exempt: boolean): string | null {
  if (isZero(rate)) return null
  const daily = `${decimal(multiply(rate, DAY_us))} uL/d`
  if (compare(rate, model.rateMax_uL_per_us) > 0) {
    const most = decimal(multiply(model.rateMax_uL_per_us, DAY_us))
    return `${daily} is above the highest rate of ${most} uL/d; lower the dose, or give it over a longer time`
  }
  if (!exempt && compare(rate, model.rateMin_uL_per_us) < 0) {
    const least = decimal(multiply(model.rateMin_uL_per_us, DAY_us))
    return `${daily} is below the least rate of ${least} uL/d; use a lower concentration, or minimum-rate`
  }
  return null
}

/** The hard limits of the clinic; a therapy that gives no more than the present one is never blocked by them. */
function therapyDoseRefusal(model: PumpModel, before: PumpState, after: PumpState): string | null {
  if (isReduction(model, before, after, { kind: 'therapy', therapy: after.therapy })) return null
  const { hard } = before.limits.change
  const changed = relativeChange(model, before, after)
  if (hard !== null && changed !== null && compare(changed, hard) > 0) {
    return `the dose rises by ${percent(changed)}, by more than the ${percent(hard)} the clinic allows; raise it in smaller steps`
  }
  return doseRefusal(model, after)
}

function doseRefusal(model: PumpModel, after: PumpState): string | null {
  const { hard } = after.limits.dailyDose
  const found = hard === null ? null : beyondDose(model, after, hard)
  return found === null ? null : `${found}, the hard limit of the clinic; give less, or wait`
}

/** What is given in the fullest 24 h that end now or later, where that is more than a dose. */
function beyondDose(model: PumpModel, state: PumpState, limit: Dose): string | null {
  const { now_us, therapy, contents, history } = state
  const byMass = limit.by === 'mass'
  // Behind a prime or a bridge less may flow than when it is over; of a bridge, the mass is the same.
  const cleared_us = clearedAt(model, byMass ? changed(state, { covered: null }) : state)
  const rateOf = ({ asked, given, masked }: Foreseen) => {
    if (!byMass) return given
    return masked ? ZERO : multiply(asked, contents.concentration_ug_per_uL)
  }
  const until_us = as<Time_us>(add(cleared_us ?? now_us, horizonOf(therapy)))
  const stretches = cleared_us === null ? null : foresee(model, state, until_us)
  if (stretches === null)
    return 'so many boluses that their dose in 24 h cannot be looked at may be more than the limit'
  const pieces = stretches.map((stretch) => ({ from_us: stretch.from_us, rate: rateOf(stretch) }))
  const past = byMass ? massLine(history, contents.drug) : volumeLine(history)
  const most = largestDailyDose(past, now_us, { pieces, until_us })
  return beyondBound(most, limit)
}

/** A dose of 24 h where it is more than the limit. */
function beyondBound(most: Rational, limit: Dose): string | null {
  const bound = limit.by === 'mass' ? limit.mass_ug : limit.volume_uL
  const unit = limit.by === 'mass' ? 'ug' : 'uL'
  return compare(most, bound) > 0 ? `${decimal(most)} ${unit} in 24 h are more than ${decimal(bound)} ${unit}` : null
}

function capacityRefusal(model: PumpModel, state: PumpState, refill: Refill): string | null {
  const steps = believedSteps(state, state.now_us)
  const left = residual(state.reservoir, steps, model.step_uL, refill.withdrawn)
  const after = refilled(state.reservoir, steps, model.step_uL, refill.withdrawn, refill.volume_uL)
  if (compare(after.volume_uL, model.reservoir_uL) <= 0) return null
  const [had, room] = [decimal(left), decimal(model.reservoir_uL)]
  return `${decimal(refill.volume_uL)} uL on top of ${had} uL believed left is more than the reservoir of ${room} uL; draw out more first`
}

function percent(fraction: Rational): string {
  return `${decimal(times(fraction, 100))} %`
}
