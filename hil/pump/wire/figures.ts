/** The figures of a pump model as they cross the pump's wire: where each stands in the model, and its scale. */
import type { CellModel, PumpModel } from '#firmware-sim/model'
import { fromWire, type Scale, toWire } from '#hil/pump/wire/scale'
import { type FigureName, REQUIRED_FIGURES } from '#protocol/pump/words'
import { type Rational, toSafeInteger, whole } from '#units/rational'

type Place =
  | {
      readonly of: 'pump'
      readonly field: Exclude<keyof PumpModel, 'name' | 'cell' | 'stallDetection_steps'>
      readonly scale: Scale
    }
  | { readonly of: 'cell'; readonly field: keyof CellModel; readonly scale: Scale }
  | { readonly of: 'stall detection' }

function pump(field: Extract<Place, { of: 'pump' }>['field'], scale: Scale): Place {
  return { of: 'pump', field, scale }
}

function cell(field: keyof CellModel, scale: Scale = 'same'): Place {
  return { of: 'cell', field, scale }
}

const PLACES: Readonly<Record<FigureName, Place>> = {
  reservoir_volume: pump('reservoir_uL', 'micro'),
  low_reservoir: pump('lowReservoir_uL', 'micro'),
  tolerance: pump('tolerance', 'micro'),
  step_volume: pump('step_uL', 'micro'),
  rate_min: pump('rateMin_uL_per_us', 'daily'),
  rate_max: pump('rateMax_uL_per_us', 'daily'),
  minimum_rate: pump('minimumRate_uL_per_us', 'daily'),
  tube_volume: pump('tube_uL', 'micro'),
  catheter_volume_per_length: pump('catheterPerLength_uL_per_cm', 'micro'),
  residual_tolerance: pump('residualTolerance_uL', 'micro'),
  prepare_timeout: pump('prepareTimeout_us', 'same'),
  stall_detection: { of: 'stall detection' },
  stopped_warning: pump('stoppedWarning_us', 'same'),
  stopped_alarm: pump('stoppedAlarm_us', 'same'),
  silence: pump('silence_us', 'same'),
  critical_interval: pump('criticalInterval_us', 'same'),
  noncritical_interval: pump('noncriticalInterval_us', 'same'),
  replacement_period: pump('replacementPeriod_us', 'same'),
  service_life: pump('serviceLife_us', 'same'),
  tube_life: pump('tubeLife_uL', 'micro'),
  memory_check: pump('memoryCheck_us', 'same'),
  cell_capacity: cell('capacity_pC'),
  cell_voltage: cell('voltage_mV'),
  cell_knee: cell('knee', 'micro'),
  cell_knee_voltage: cell('kneeVoltage_mV'),
  cell_empty_voltage: cell('emptyVoltage_mV'),
  cell_resistance: cell('resistance_ohm'),
  cell_resistance_aged: cell('resistanceAged_ohm'),
  cell_reading: cell('reading_us'),
  replacement_voltage: cell('replacement_mV'),
  reset_voltage: cell('reset_mV'),
  step_charge: cell('step_pC'),
  step_current: cell('step_uA'),
  quiescent_current: cell('quiescent_uA'),
  telemetry_charge: cell('telemetry_pC'),
  carrier_current: cell('carrier_uA'),
}

/** Every figure there is. */
export const FIGURE_NAMES = Object.keys(PLACES) as readonly FigureName[]

/** A figure of a model in the unit of the wire. */
export function figureOf(model: PumpModel, name: FigureName): Rational {
  const place = PLACES[name]
  switch (place.of) {
    case 'pump':
      return toWire(model[place.field], place.scale)
    case 'cell':
      return toWire(model.cell[place.field], place.scale)
    case 'stall detection':
      return whole(model.stallDetection_steps)
  }
}

/** The model with another value of a figure, which is in the unit of the wire. Throws RangeError for part of a step. */
export function withFigure(model: PumpModel, name: FigureName, value: Rational): PumpModel {
  const place = PLACES[name]
  switch (place.of) {
    case 'pump':
      return { ...model, [place.field]: fromWire(value, place.scale) }
    case 'cell':
      return { ...model, cell: { ...model.cell, [place.field]: fromWire(value, place.scale) } }
    case 'stall detection':
      if (value.d !== 1n) throw new RangeError('steps are whole')
      return { ...model, stallDetection_steps: toSafeInteger(value.n) }
  }
}

/** Whether every pump takes the figure. */
export function isRequired(name: FigureName): boolean {
  return REQUIRED_FIGURES.some((required) => required === name)
}
