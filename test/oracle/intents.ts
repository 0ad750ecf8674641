/**
 * Prescriptions written briefly, in the units of a scenario file.
 */
import type { Intent } from '#hil/oracle/prescribed'
import type { Dose, Entry, Fill, ScenarioEvent } from '#hil/scenario/types'
import { type Dimension, parseMeasure } from '#units/measure'
import { as, type Quantity } from '#units/quantity'
import { ZERO } from '#units/rational'

function amount<Q extends Quantity<string>>(text: string, dimension: Dimension): Q {
  const parsed = parseMeasure(text, [dimension])
  if (!parsed.ok) throw new Error(parsed.problem)
  return as<Q>(parsed.measure.value)
}

export const at = (text: string) => amount<Entry['at_us']>(text, 'duration')
const zero = <Q extends Quantity<string>>() => as<Q>(ZERO)

const PUMP: Intent['pump'] = {
  name: 'test',
  reservoir_uL: amount('40 mL', 'volume'),
  lowReservoir_uL: zero(),
  tolerance: zero(),
  step_uL: amount('0.25 uL', 'volume'),
  rateMin_uL_per_us: zero(),
  rateMax_uL_per_us: amount('24 mL/d', 'volume rate'),
  minimumRate_uL_per_us: amount('0.006 mL/d', 'volume rate'),
  tube_uL: zero(),
  catheterPerLength_uL_per_cm: zero(),
}

function fill(drug: string, concentration: string): Fill {
  return {
    drug,
    concentration_ug_per_uL: amount(concentration, 'concentration'),
    volume_uL: amount('20 mL', 'volume'),
  }
}

export function refill(time: string, drug: string, concentration: string): ScenarioEvent {
  const actual = fill(drug, concentration)
  return {
    kind: 'refill',
    at_us: at(time),
    withdraw: { amount: 'all' },
    fill: { actual, programmed: fill('water', '9 mg/mL') },
  }
}

export function therapy(time: string, dose: string): Entry {
  const by = /[lL]\//.test(dose) ? 'volume' : 'mass'
  const rate = amount<Quantity<never>>(dose, by === 'mass' ? 'mass rate' : 'volume rate')
  return {
    at_us: at(time),
    text: dose,
    kind: 'therapy',
    therapy: {
      mode: 'simple-continuous',
      dose: by === 'mass' ? { by, rate_ug_per_us: rate } : { by, rate_uL_per_us: rate },
    },
  }
}

export function plain(time: string, mode: 'stopped' | 'minimum-rate'): Entry {
  return { at_us: at(time), text: mode, kind: 'therapy', therapy: { mode } }
}

export function bolus(time: string, dose: string, over: string): Entry {
  const written: Dose = /L$/.test(dose)
    ? { by: 'volume', volume_uL: amount(dose, 'volume') }
    : { by: 'mass', mass_ug: amount(dose, 'mass') }
  return { at_us: at(time), text: dose, kind: 'bolus', bolus: { dose: written, over_us: at(over) } }
}

export function intent(prescription: readonly Entry[], events: readonly ScenarioEvent[] = []): Intent {
  const actual = fill('baclofen', '2000 ug/mL')
  return { pump: PUMP, fill: { actual, programmed: fill('water', '1 ug/mL') }, prescription, events }
}
