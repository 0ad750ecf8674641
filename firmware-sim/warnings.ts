/**
 * What the pump wants confirmed: soft limits, hard limits that a reduction may exceed, and what a refill makes of what was
 * programmed for other fluid. A warning names the value, the limit and the remedy; refusals are in limits.ts.
 */
import { bolusOf, dailyOf, measureOf } from '#firmware-sim/daily-dose'
import { beyondBound, beyondBy, beyondDose } from '#firmware-sim/dose-limits'
import { percent, relativeChange, riseOf } from '#firmware-sim/limits'
import type { Dose, PatientBolus, Program } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { PumpState } from '#firmware-sim/state'
import { decimal } from '#units/format'
import { DAY_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  isPositive,
  isZero,
  magnitude,
  multiply,
  type Rational,
  subtract,
  times,
  toNumber,
  whole,
} from '#units/rational'

/** What the program would have confirmed before it is committed. */
export function warningsOf(model: PumpModel, before: PumpState, after: PumpState, program: Program): readonly string[] {
  const warnings: string[] = []
  const { dailyDose, change } = before.limits
  const found = beyondSoft(model, before, after, program)
  if (found !== null) warnings.push(`${found}, the soft limit of the clinic`)
  if (dailyDose.hard !== null && program.kind === 'refill') {
    const found = beyondDose(model, after, dailyDose.hard)
    if (found !== null) warnings.push(`${found}, the hard limit of the clinic; program a lower dose`)
  }
  // A jump of the clock, and a therapy that is no reduction, have been refused for it.
  if (dailyDose.hard !== null && (program.kind === 'set-clock' || program.kind === 'therapy')) {
    const own = program.kind === 'therapy' ? ownDose(model, after, dailyDose.hard) : null
    const found = own === null ? beyondBy(model, before, after, dailyDose.hard) : null
    if (own !== null) warnings.push(`${own}, the hard limit of the clinic, though no more than the pump gives now`)
    if (found !== null) warnings.push(`${found}, the hard limit of the clinic, with what was given before`)
  }
  if (program.kind === 'refill' && after.unfit !== null) {
    const { reason, what } = after.unfit
    warnings.push(
      what === 'therapy'
        ? `${reason}; unless a therapy that fits is programmed at once, the pump stops and alarms`
        : `${reason}; the boluses under way end, and what is in force goes on without them`,
    )
  }
  if (program.kind === 'refill') warnings.push(...refillWarnings(model, before, after))
  const stops = after.therapy.mode === 'stopped'
  const changed = program.kind === 'therapy' && !stops ? relativeChange(model, before, after) : null
  if (changed !== null && change.soft !== null && compare(magnitude(changed), change.soft) > 0) {
    warnings.push(
      `the dose changes by ${percent(changed, change.soft)}, by more than the ${percent(change.soft)} of the clinic`,
    )
  }
  return warnings
}

/** What a refill makes of what was programmed for the fluid before it; the fluid is in, so none of it can be refused. */
function refillWarnings(model: PumpModel, before: PumpState, after: PumpState): readonly string[] {
  const { drug } = after.contents
  if (drug !== before.contents.drug) {
    const meant = before.lastDose?.contents ?? before.contents
    return drug !== meant.drug && isMeantFor(before) ? [otherDrug(before, meant.drug, drug)] : []
  }
  const dailyWith = ({ contents }: PumpState) => dailyOf(before.therapy, measureOf('mass', contents, model))
  const { permission } = before.patient
  const remedy = 'program the therapy anew for what the pump holds'
  const daily = changeWarnings(before, dailyWith(before), dailyWith(after), { what: 'dose', unit: 'ug a day', remedy })
  if (permission?.dose.by !== 'volume') return daily
  const { volume_uL } = permission.dose
  const bolusWith = ({ contents }: PumpState) => multiply(volume_uL, contents.concentration_ug_per_uL)
  const boluses = { what: 'bolus that the patient may ask for', unit: 'ug', remedy: 'program the leave anew' }
  return [...daily, ...changeWarnings(before, bolusWith(before), bolusWith(after), boluses)]
}

/** What a change of a dose is beyond, of the limits of change. */
function changeWarnings(
  { limits }: PumpState,
  was: Rational,
  is: Rational,
  { what, unit, remedy }: { readonly what: string; readonly unit: string; readonly remedy: string },
): readonly string[] {
  if (isZero(was)) return []
  const { soft, hard } = limits.change
  const changed = divide(subtract(is, was), was)
  const told = `the ${what} changes by ${percent(changed)}, from ${decimal(was)} to ${decimal(is)} ${unit}, by more than the`
  const warnings: string[] = []
  if (soft !== null && compare(magnitude(changed), soft) > 0) {
    warnings.push(`${told} ${percent(soft)} of the clinic; ${remedy}`)
  }
  if (hard !== null && compare(changed, hard) > 0)
    warnings.push(`${told} ${percent(hard)} the clinic allows; ${remedy}`)
  return warnings
}

/** Whether anything that gives a dose, or would once it is asked for, was programmed for what the pump holds. */
function isMeantFor({ contents, lastGiving, patient, boluses }: PumpState): boolean {
  const isProgrammed = lastGiving !== null || patient.permission !== null || boluses.length > 0
  return isProgrammed && isPositive(contents.concentration_ug_per_uL)
}

function otherDrug({ patient }: PumpState, meant: string, drug: string): string {
  const leave = patient.permission === null ? '' : `, and the leave of the patient for boluses goes on, of ${drug}`
  return `the therapy was programmed for ${meant}, and the reservoir now holds ${drug}${leave}; program it anew`
}

/** What the program makes of the dose of 24 h where that is beyond the soft limit. */
function beyondSoft(model: PumpModel, before: PumpState, after: PumpState, program: Program): string | null {
  const { soft } = before.limits.dailyDose
  if (soft === null) return null
  switch (program.kind) {
    case 'therapy':
      // What was given before is no reason against a therapy that gives no more.
      return riseOf(model, before, after) <= 0 ? ownDose(model, after, soft) : beyondDose(model, after, soft)
    case 'bolus':
    case 'refill':
      return beyondDose(model, after, soft)
    case 'set-clock':
      return beyondBy(model, before, after, soft)
    case 'prime':
    case 'bridge':
      return soft.by === 'mass' ? null : beyondBy(model, before, after, soft)
    case 'patient-bolus':
      return leaveDose(model, after, program.patientBolus, soft)
    case 'restart':
      return null
  }
}

/** What the therapy in force and every bolus that the leave allows come to in 24 h, where that is more than a dose. */
function leaveDose(
  model: PumpModel,
  { therapy, contents }: PumpState,
  leave: PatientBolus,
  limit: Dose,
): string | null {
  const measure = measureOf(limit.by, contents, model)
  const { lockout_us, maxPerDay } = leave
  // Grants lie a lockout apart at the least, the first of them at the very beginning.
  const fitting = isZero(lockout_us) ? maxPerDay : toNumber(whole(ceil(divide(DAY_us, lockout_us))))
  const found = beyondBound(
    add(dailyOf(therapy, measure), times(bolusOf(measure, leave), Math.min(maxPerDay, fitting))),
    limit,
  )
  return found === null ? null : `with every bolus of the leave ${found}`
}

/** What the therapy in force gives in its fullest 24 h by itself, where that is more than a dose. */
function ownDose(model: PumpModel, { therapy, contents }: PumpState, limit: Dose): string | null {
  return beyondBound(dailyOf(therapy, measureOf(limit.by, contents, model)), limit)
}
