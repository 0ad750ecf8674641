/**
 * Prescriptions written briefly, in the units of a scenario file.
 */
import type { Intent } from '#hil/oracle/prescribed'
import {
  type Bridge,
  type DailyBolus,
  type Dose,
  type DoseRate,
  type Entry,
  type Fill,
  type Limits,
  type Prime,
  type ScenarioEvent,
  type SimpleEvent,
  type Therapy,
  WEEKDAYS,
  type Weekday,
} from '#hil/scenario/types'
import { type Dimension, parseMeasure } from '#units/measure'
import { as, type Quantity } from '#units/quantity'
import { ratio, times, whole } from '#units/rational'

function amount<Q extends Quantity<string>>(text: string, dimension: Dimension): Q {
  const parsed = parseMeasure(text, [dimension])
  if (!parsed.ok) throw new Error(parsed.problem)
  return as<Q>(parsed.measure.value)
}

export const at = (text: string) => amount<Entry['at_us']>(text, 'duration')
const volumeOf = (text: string) => amount<Intent['catheter_uL']>(text, 'volume')

/** A reading of the pattern clock, as `2026-01-05T08:00`. */
export function clockAt(text: string): Intent['clock_us'] {
  return as(times(whole(Date.parse(`${text}Z`)), 1000))
}

/** A time of day, as `08:00`. */
const timeOfDay = (text: string) => clockAt(`1970-01-01T${text}`)

const PUMP: Intent['pump'] = {
  rateMin_uL_per_us: amount('0.048 mL/d', 'volume rate'),
  rateMax_uL_per_us: amount('24 mL/d', 'volume rate'),
  minimumRate_uL_per_us: amount('0.006 mL/d', 'volume rate'),
  tube_uL: volumeOf('0.199 mL'),
}

export const NO_LIMITS: Limits = { dailyDose: { soft: null, hard: null }, change: { soft: null, hard: null } }

/** A hard limit of the daily dose and nothing else. */
export function hardLimit(dose: string): Limits {
  return { ...NO_LIMITS, dailyDose: { soft: null, hard: doseOf(dose) } }
}

function fill(drug: string, concentration: string): Fill {
  return {
    drug,
    concentration_ug_per_uL: amount(concentration, 'concentration'),
    volume_uL: volumeOf('20 mL'),
  }
}

/** A fill meant to be this, which is something else and of which the pump is told something else again. */
function mislabeled(drug: string, concentration: string): Intent['fill'] {
  return { actual: fill(drug, '7 ug/mL'), meant: fill(drug, concentration), programmed: fill('water', '9 mg/mL') }
}

export function refill(time: string, drug: string, concentration: string): ScenarioEvent {
  return {
    kind: 'refill',
    at_us: at(time),
    withdraw: { amount: 'all' },
    fill: mislabeled(drug, concentration),
  }
}

export function clockSetTo(time: string, to: string): ScenarioEvent {
  return { kind: 'set-clock', at_us: at(time), to_us: clockAt(to) }
}

export function event(time: string, kind: SimpleEvent): ScenarioEvent {
  return { kind, at_us: at(time) }
}

function doseOf(text: string): Dose {
  return /L$/.test(text) ? { by: 'volume', volume_uL: volumeOf(text) } : { by: 'mass', mass_ug: amount(text, 'mass') }
}

function doseRate(text: string): DoseRate {
  return /[lL]\//.test(text)
    ? { by: 'volume', rate_uL_per_us: amount(text, 'volume rate') }
    : { by: 'mass', rate_ug_per_us: amount(text, 'mass rate') }
}

function entry(time: string, therapy: Therapy): Entry {
  return { at_us: at(time), text: therapy.mode, confirm: true, kind: 'therapy', therapy }
}

export function therapy(time: string, dose: string): Entry {
  return entry(time, { mode: 'simple-continuous', dose: doseRate(dose) })
}

export function plain(time: string, mode: 'stopped' | 'minimum-rate'): Entry {
  return entry(time, { mode })
}

type Slot = readonly [time: string, dose: string, over: string]

/** A daily pattern; the slots are times of day with their boluses. */
export function flex(time: string, basal: string, slots: readonly Slot[], days: readonly Weekday[] = WEEKDAYS): Entry {
  const boluses = slots.map(([start, dose, over]): DailyBolus => {
    return { at_us: timeOfDay(start), dose: doseOf(dose), over_us: at(over) }
  })
  return entry(time, { mode: 'flex', basal: doseRate(basal), boluses, days })
}

/** The same bolus `count` times a day, evenly from midnight on. */
export function evenFlex(time: string, basal: string, count: number, dose: string, over: string): Entry {
  const boluses = Array.from({ length: count }, (_, k): DailyBolus => {
    return { at_us: as(ratio(BigInt(k) * 86_400_000_000n, BigInt(count))), dose: doseOf(dose), over_us: at(over) }
  })
  return entry(time, { mode: 'flex', basal: doseRate(basal), boluses, days: WEEKDAYS })
}

export function periodic(time: string, dose: string, over: string, every: string, basal?: string): Entry {
  const rate = basal === undefined ? null : doseRate(basal)
  return entry(time, {
    mode: 'periodic-bolus',
    basal: rate,
    dose: doseOf(dose),
    over_us: at(over),
    every_us: at(every),
  })
}

export function bolus(time: string, dose: string, over: string): Entry {
  const given = { dose: doseOf(dose), over_us: at(over) }
  return { at_us: at(time), text: dose, confirm: true, kind: 'bolus', bolus: given }
}

export function prime(time: string, volume: string): Entry {
  const asked: Prime = { volume: volume === 'auto' ? volume : volumeOf(volume) }
  return { at_us: at(time), text: volume, confirm: true, kind: 'prime', prime: asked }
}

export function bridge(time: string, volume: string): Entry {
  const asked: Bridge = { volume: volume === 'auto' ? volume : volumeOf(volume) }
  return { at_us: at(time), text: volume, confirm: true, kind: 'bridge', bridge: asked }
}

export function patientBolus(time: string, dose: string, over: string, lockout: string, maxPerDay: number): Entry {
  const patientBolus = { dose: doseOf(dose), over_us: at(over), lockout_us: at(lockout), maxPerDay }
  return { at_us: at(time), text: dose, confirm: true, kind: 'patient-bolus', patientBolus }
}

/** A run of 30 days of a Monday, baclofen 2000 ug/mL, a filled line of 375 uL; unless told otherwise. */
export function intent(
  prescription: readonly Entry[],
  events: readonly ScenarioEvent[] = [],
  other: Partial<Intent> = {},
): Intent {
  return {
    pump: PUMP,
    fill: filled('2000 ug/mL'),
    catheter_uL: volumeOf('176 uL'),
    line: 'filled',
    clock_us: clockAt('2026-01-05T00:00'),
    limits: NO_LIMITS,
    duration_us: at('30 d'),
    ...other,
    prescription,
    events,
  }
}

/** A first fill of another concentration. */
export function filled(concentration: string): Intent['fill'] {
  return mislabeled('baclofen', concentration)
}
