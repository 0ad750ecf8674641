/** What therapies and doses come to in volume, for the reference: on another implementation of fractions, and naively. */
import Fraction from 'fraction.js'
import type { Contents, Dose, DoseRate, Program, Therapy, Weekday } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { reference } from '../units/arbitraries.ts'

export const NOTHING = new Fraction(0)
export const DAY_us = new Fraction(86_400_000_000)
export const HOUR_us = new Fraction(3_600_000_000)
const WEEKDAYS: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']

/** Rate of a therapy without its boluses, in uL/us. */
export function basalOf(therapy: Therapy, contents: Contents, model: PumpModel): Fraction {
  switch (therapy.mode) {
    case 'stopped':
      return NOTHING
    case 'minimum-rate':
      return reference(model.minimumRate_uL_per_us)
    case 'simple-continuous':
      return rateVolume(therapy.dose, contents)
    case 'flex':
      return rateVolume(therapy.basal, contents)
    case 'periodic-bolus':
      return therapy.basal === null ? NOTHING : rateVolume(therapy.basal, contents)
  }
}

function rateVolume(dose: DoseRate, contents: Contents): Fraction {
  return dose.by === 'volume'
    ? reference(dose.rate_uL_per_us)
    : reference(dose.rate_ug_per_us).div(reference(contents.concentration_ug_per_uL))
}

export function doseVolume(dose: Dose, contents: Contents): Fraction {
  return dose.by === 'volume'
    ? reference(dose.volume_uL)
    : reference(dose.mass_ug).div(reference(contents.concentration_ug_per_uL))
}

/** Whether a program asks for a dose, which takes knowing what the pump holds. */
export function givesDose(program: Program): boolean {
  switch (program.kind) {
    case 'therapy':
      return !(program.therapy.mode === 'stopped' || program.therapy.mode === 'minimum-rate')
    case 'bolus':
    case 'patient-bolus':
      return true
    default:
      return false
  }
}

export function givesAnything(therapy: Therapy, model: PumpModel): boolean {
  const water: Contents = { drug: 'water', concentration_ug_per_uL: model.step_uL as never }
  if (basalOf(therapy, water, model).gt(0)) return true
  if (therapy.mode === 'flex')
    return therapy.days.length > 0 && therapy.boluses.some(({ dose }) => doseVolume(dose, water).gt(0))
  return therapy.mode === 'periodic-bolus' && doseVolume(therapy.dose, water).gt(0)
}

/** A bolus of a pattern: when it starts, and what tells it from the others. */
export interface Start {
  readonly at_us: Fraction
  readonly dose: Dose
  readonly over_us: Fraction
  /** Its place in the order of the pattern. */
  readonly order: readonly [Fraction, number]
}

/** The first flex bolus at or after a reading of the clock and after one that was started already. */
export function flexStart(
  therapy: Extract<Therapy, { mode: 'flex' }>,
  passed: Fraction,
  after: Start['order'] | null,
  instantOf: (reading: Fraction) => Fraction,
): Start | null {
  const today = Number((after === null ? passed : after[0]).div(DAY_us).floor())
  for (let day = today; day <= today + 8; day += 1) {
    if (!therapy.days.includes(WEEKDAYS[((day % 7) + 7) % 7] as Weekday)) continue
    const starts = therapy.boluses
      .map(({ at_us, dose, over_us }, index) => ({
        reading: DAY_us.mul(day).add(reference(at_us)),
        dose,
        over_us,
        index,
      }))
      .sort((a, b) => a.reading.compare(b.reading) || a.index - b.index)
    for (const { reading, dose, over_us, index } of starts) {
      if (after === null ? reading.lt(passed) : !isAfter([reading, index], after)) continue
      return { at_us: instantOf(reading), dose, over_us: reference(over_us), order: [reading, index] }
    }
  }
  return null
}

function isAfter([reading, index]: Start['order'], [other, otherIndex]: Start['order']): boolean {
  return reading.gt(other) || (reading.equals(other) && index > otherIndex)
}
