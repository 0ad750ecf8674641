/**
 * What the pump refuses; what it wants confirmed is in warnings.ts.
 *
 * Nothing is rounded to fit. The rate at any instant is zero or within the range of the pump; only minimum rate, running
 * alone, may lie below it. The dose in any 24 h counts what was given and a full window of what is still to come. A
 * refusal names the value, the limit and the remedy.
 */
import { believedSteps } from '#firmware-sim/accounting'
import { isJump } from '#firmware-sim/clock'
import { bolusOf, dailyOf, measureOf } from '#firmware-sim/daily-dose'
import { positionAt } from '#firmware-sim/delivery'
import { beyondBound, beyondBy, beyondDose } from '#firmware-sim/dose-limits'
import { clearedAt, type Foreseen, foresee } from '#firmware-sim/foresight'
import type { PatientBolus, Program, Refill, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { believedVolume, refilled, residual } from '#firmware-sim/reservoir'
import { changed, type PumpState } from '#firmware-sim/state'
import { spread, volumeRate } from '#firmware-sim/therapy/dose'
import { horizonOf } from '#firmware-sim/therapy/therapies'
import { decimal, decimalBeside } from '#units/format'
import { as, DAY_us, type Time_us, type Volume_uL } from '#units/quantity'
import {
  add,
  compare,
  divide,
  equal,
  isZero,
  larger,
  multiply,
  ONE,
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
    case 'set-clock':
      return rangeRefusal(model, after) ?? clockRefusal(model, before, after, program.to_us)
    case 'bridge':
      return rangeRefusal(model, after) ?? fluidRefusal(model, before, after)
    case 'prime':
      return primeRefusal(model, after) ?? hurriedRefusal(model, before, after) ?? fluidRefusal(model, before, after)
    case 'refill':
      // What was filled is in, whatever it makes of the therapy: see the warnings.
      return capacityRefusal(model, before, program.refill)
    case 'patient-bolus':
      return leaveRefusal(model, after, program.patientBolus)
    case 'restart':
      return null
  }
}

/** Why a prime must not hurry a bridge on, after which what runs on top of the therapy could not be given any more. */
function hurriedRefusal(model: PumpModel, before: PumpState, after: PumpState): string | null {
  if (before.covered === null || before.boluses.length === 0 || rangeRefusal(model, before) !== null) return null
  return rangeRefusal(model, after)
}

/** Why a bolus that has just begun must not run, or null when it may. */
export function grantRefusal(model: PumpModel, after: PumpState): string | null {
  // What is in force is about to make way, and a bolus would end with it.
  if (after.unfit !== null) {
    const { reason, what } = after.unfit
    return what === 'therapy' ? `${reason}; program a therapy that fits first` : `${reason}; those under way end first`
  }
  if (after.boluses.length > MOST_BOLUSES) {
    return `${MOST_BOLUSES} boluses are running; wait until one of them has ended`
  }
  const last_us = after.boluses.reduce<Rational>((latest, { end_us }) => larger(latest, end_us), after.now_us)
  const refused = firstOutOfRange(model, foresee(model, after, as(last_us)))
  return refused ?? doseRefusal(model, after)
}

/** Volume a therapy gives in 24 h with what the pump holds; of a pattern, in the fullest 24 h. */
export function dailyVolume(model: PumpModel, state: PumpState, therapy: Therapy): Volume_uL {
  return as(dailyOf(therapy, measureOf('volume', state.contents, model)))
}

/** A therapy against the one before it, by what they give in a day: below zero where it gives less. */
export function riseOf(model: PumpModel, before: PumpState, after: PumpState): number {
  return compare(dailyVolume(model, before, after.therapy), dailyVolume(model, before, before.therapy))
}

/** By how much of the last dose that was meant the dose of a day changes; null where there was none to compare with. */
export function relativeChange(model: PumpModel, before: PumpState, after: PumpState): Rational | null {
  const last = previousDaily(model, before)
  return last === null ? null : divide(subtract(dailyVolume(model, before, after.therapy), last), last)
}

/**
 * Volume in 24 h that gives, with what the pump holds, the last dose that was meant: by a therapy that gave anything, other
 * than minimum rate, with the fluid it was programmed for. Null where there was none, and where it was of another drug.
 */
export function previousDaily(model: PumpModel, { lastDose, contents }: PumpState): Volume_uL | null {
  if (lastDose === null || lastDose.contents.drug !== contents.drug) return null
  const daily_uL = dailyOf(lastDose.therapy, measureOf('volume', lastDose.contents, model))
  // Only fluid with drug gives a dose, and none without is ever filled after it.
  const stronger = divide(lastDose.contents.concentration_ug_per_uL, contents.concentration_ug_per_uL)
  return as(multiply(daily_uL, stronger))
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

/**
 * Why the motor cannot run as it would at this very instant; null where it can. Limits are looked at ahead, but a bridge lasts longer
 * than was foreseen where steps do not move the rotor.
 */
export function presentRefusal(model: PumpModel, state: PumpState): string | null {
  return firstOutOfRange(model, foresee(model, state, as(add(state.now_us, ONE))))
}

function firstOutOfRange(model: PumpModel, stretches: readonly Foreseen[] | null): string | null {
  if (stretches === null) return 'too many boluses of the pattern fall into it; give it over a shorter time'
  for (const stretch of stretches) {
    const refused = stretch.masked ? null : rateRefusal(model, stretch)
    if (refused !== null) return refused
  }
  return null
}

function rateRefusal(
  model: PumpModel,
  { asked, given, exempt }: Pick<Foreseen, 'asked' | 'given' | 'exempt'>,
): string | null {
  if (isZero(given)) return null
  const { rateMax_uL_per_us: most, rateMin_uL_per_us: least } = model
  const isBridged = !equal(asked, given)
  const told = (bound: Rational) => {
    const bridge = isBridged ? `, which a bridge makes of ${daily(asked)},` : ''
    return `${decimalBeside(multiply(given, DAY_us), multiply(bound, DAY_us))} uL/d${bridge}`
  }
  if (compare(given, most) > 0) {
    const remedy = isBridged ? 'lower the dose until the bridge is over' : 'lower the dose'
    return `${told(most)} is above the highest rate of ${daily(most)}; ${remedy}, or give it over a longer time`
  }
  if (!exempt && compare(given, least) < 0) {
    const remedy = isBridged ? 'program it when the bridge is over, and until then' : 'use a lower concentration, or'
    return `${told(least)} is below the least rate of ${daily(least)}; ${remedy} minimum-rate`
  }
  return null
}

function daily(rate: Rational): string {
  return `${decimal(multiply(rate, DAY_us))} uL/d`
}

/**
 * Why no request could ever be granted a bolus of this leave: it is given at more than the highest rate, or is by itself more than
 * a hard limit allows in 24 h.
 */
function leaveRefusal(model: PumpModel, { contents, limits }: PumpState, leave: PatientBolus): string | null {
  const rate = volumeRate(spread(leave.dose, leave.over_us), contents)
  const tooFast = rateRefusal(model, { asked: rate, given: rate, exempt: true })
  if (tooFast !== null) return tooFast
  const { hard } = limits.dailyDose
  const found = hard === null ? null : beyondBound(bolusOf(measureOf(hard.by, contents, model), leave), hard)
  return found === null ? null : `${found}, the hard limit of the clinic; give less`
}

/**
 * The hard limits of the clinic; a therapy that gives less than the present one is never blocked by them, and one that
 * gives as much only where some 24 h hold more with it, what was given before included, than without it.
 */
function therapyDoseRefusal(model: PumpModel, before: PumpState, after: PumpState): string | null {
  const rise = riseOf(model, before, after)
  if (rise < 0) return null
  if (rise === 0) return addedRefusal(model, before, after)
  const { hard } = before.limits.change
  const changed = relativeChange(model, before, after)
  if (hard !== null && changed !== null && compare(changed, hard) > 0) {
    return `the dose rises by ${percent(changed, hard)}, by more than the ${percent(hard)} the clinic allows; raise it in smaller steps`
  }
  return doseRefusal(model, after)
}

function doseRefusal(model: PumpModel, after: PumpState): string | null {
  const { hard } = after.limits.dailyDose
  const found = hard === null ? null : beyondDose(model, after, hard)
  return found === null ? null : `${found}, the hard limit of the clinic; give less, or wait`
}

/** A jump of the clock begins the therapy anew, so it is held to the hard limit as a change of therapy is. */
function clockRefusal(model: PumpModel, before: PumpState, after: PumpState, to_us: Time_us): string | null {
  return isJump(before.clock, before.now_us, to_us) ? addedRefusal(model, before, after) : null
}

/** A prime or a bridge by which more fluid flows in 24 h than a hard limit by volume allows. */
function fluidRefusal(model: PumpModel, before: PumpState, after: PumpState): string | null {
  const { hard } = before.limits.dailyDose
  return hard?.by === 'volume' ? addedRefusal(model, before, after) : null
}

/** The hard limit against what gives more in 24 h than there would be without it. */
function addedRefusal(model: PumpModel, before: PumpState, after: PumpState): string | null {
  const { hard } = before.limits.dailyDose
  const found = hard === null ? null : beyondBy(model, before, after, hard)
  return found === null ? null : `${found}, the hard limit of the clinic; give less, or wait`
}

/** A prime of more than there is; one under way counts with what is left of it. */
function primeRefusal(model: PumpModel, after: PumpState): string | null {
  const { prime, delivery, now_us, reservoir } = after
  if (prime === null) return null
  const asked_uL = multiply(subtract(prime, positionAt(delivery, now_us)), model.step_uL)
  const left_uL = believedVolume(reservoir, believedSteps(after, now_us), model.step_uL)
  if (compare(asked_uL, left_uL) <= 0) return null
  return `a prime of ${decimalBeside(asked_uL, left_uL)} uL is more than the ${decimal(left_uL)} uL believed left; prime less, or refill first`
}

function capacityRefusal(model: PumpModel, state: PumpState, refill: Refill): string | null {
  const steps = believedSteps(state, state.now_us)
  const left = residual(state.reservoir, steps, model.step_uL, refill.withdrawn)
  const after = refilled(state.reservoir, steps, model.step_uL, refill.withdrawn, refill.volume_uL)
  if (compare(after.volume_uL, model.reservoir_uL) <= 0) return null
  const [had, room] = [decimal(left), decimal(model.reservoir_uL)]
  return `${decimal(refill.volume_uL)} uL on top of ${had} uL believed left is more than the reservoir of ${room} uL; draw out more first`
}

/** A fraction as people read it, beside another one with as many digits as tell them apart. */
export function percent(fraction: Rational, beside: Rational = ZERO): string {
  return `${decimalBeside(times(fraction, 100), times(beside, 100))} %`
}
