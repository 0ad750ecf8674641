/**
 * The pump models that come with pumpbench, as data.
 *
 * Both are generic 20 and 40 mL peristaltic pumps after what has been published of implantable intrathecal pumps.
 * `confidence` says how firm a figure is: `published` was read at its source, `common` is widely stated without a source
 * that could be read, `placeholder` stands in for a figure that nobody has published.
 */

import type { PumpModel } from '#firmware-sim/model'
import { type Dimension, parseMeasure } from '#units/measure'
import { as } from '#units/quantity'
import type { Rational } from '#units/rational'

export interface Figure {
  /** The value in the grammar of scenario files. */
  readonly value: string
  readonly source: string
  readonly confidence: 'published' | 'common' | 'placeholder'
}

/** The keys of a pump model in scenario files, each with the dimension of its value. */
export const MODEL_KEYS = {
  reservoir_volume: 'volume',
  low_reservoir: 'volume',
  tolerance: 'percentage',
  step_volume: 'volume',
  rate_min: 'volume rate',
  rate_max: 'volume rate',
  minimum_rate: 'volume rate',
  tube_volume: 'volume',
  catheter_volume_per_length: 'volume per length',
  residual_tolerance: 'volume',
  prepare_timeout: 'duration',
  stall_detection: 'steps',
  stopped_warning: 'duration',
  stopped_alarm: 'duration',
  silence: 'duration',
  critical_interval: 'duration',
  noncritical_interval: 'duration',
  replacement_period: 'duration',
  service_life: 'duration',
  tube_life: 'volume',
  memory_check: 'duration',
  cell_capacity: 'charge',
  cell_voltage: 'voltage',
  cell_knee: 'percentage',
  cell_knee_voltage: 'voltage',
  cell_empty_voltage: 'voltage',
  cell_resistance: 'resistance',
  cell_resistance_aged: 'resistance',
  cell_reading: 'duration',
  replacement_voltage: 'voltage',
  reset_voltage: 'voltage',
  step_charge: 'charge',
  step_current: 'current',
  quiescent_current: 'current',
  telemetry_charge: 'charge',
  carrier_current: 'current',
} as const satisfies Readonly<Record<string, Dimension>>

export type ModelKey = keyof typeof MODEL_KEYS
export type ModelFigures = Readonly<Record<ModelKey, Figure>>

const SHARED = {
  low_reservoir: {
    value: '2 mL',
    source: 'the maker’s default as reported in PMID 15271246; 4 mL is also used clinically',
    confidence: 'published',
  },
  tolerance: {
    value: '14.5 %',
    source: 'TGA recall RC-2014-RN-00357-1: over-infusion is a rate above the programmed one by more than 14.5 %',
    confidence: 'published',
  },
  step_volume: {
    value: '0.25 uL',
    source: 'no source gives the volume of one motor step; chosen between 0.25 and 1 uL',
    confidence: 'placeholder',
  },
  rate_min: { value: '0.048 mL/d', source: 'flow range commonly stated for this class of pump', confidence: 'common' },
  rate_max: { value: '24 mL/d', source: 'flow range commonly stated for this class of pump', confidence: 'common' },
  minimum_rate: { value: '0.006 mL/d', source: 'minimum-rate mode commonly stated', confidence: 'common' },
  tube_volume: { value: '0.199 mL', source: 'internal tubing commonly used for priming', confidence: 'common' },
  catheter_volume_per_length: {
    value: '2.2 uL/cm',
    source: 'catheter of 0.53 mm bore: 2.2 uL in a centimeter',
    confidence: 'common',
  },
  residual_tolerance: {
    value: '1 mL',
    source: 'clinics act on 1 to 2 mL; the tolerance on what was dispensed applies where it is larger',
    confidence: 'placeholder',
  },
  prepare_timeout: {
    value: '5 min',
    source: 'no source; longer than a programming session takes',
    confidence: 'placeholder',
  },
  stall_detection: { value: '1 step', source: 'no source gives the detection period', confidence: 'placeholder' },
  stopped_warning: {
    value: '1 h',
    source: 'a pump stopped by error was found after three days; chosen to be heard the same day',
    confidence: 'placeholder',
  },
  stopped_alarm: {
    value: '48 h',
    source: 'HSA safety notice of 8 Nov 2016: a rotor at rest for more than 48 h harms the tube',
    confidence: 'published',
  },
  silence: { value: '10 min', source: 'Open PCA requirements: audible silence ends by itself', confidence: 'common' },
  critical_interval: { value: '10 min', source: 'interval of critical alarms commonly stated', confidence: 'common' },
  noncritical_interval: {
    value: '60 min',
    source: 'interval of non-critical alarms commonly stated',
    confidence: 'common',
  },
  replacement_period: {
    value: '90 d',
    source: 'TGA RC notices: end of service follows elective replacement by 90 days',
    confidence: 'published',
  },
  service_life: {
    value: '4380 d',
    source: 'implanted pumps serve 3 to 9 years; longer here so that runs of ten years stay about delivery',
    confidence: 'placeholder',
  },
  tube_life: {
    value: '12000 mL',
    source: 'no source gives the revolutions a tube endures; ten years at 3 mL/d',
    confidence: 'placeholder',
  },
  memory_check: {
    value: '1 h',
    source: 'Generic Infusion Pump 1.0 requirements: memory is checked every 60 min',
    confidence: 'common',
  },
  cell_capacity: {
    value: '2500 mAh',
    source: 'no source; ten years at 1 mL/d use two thirds',
    confidence: 'placeholder',
  },
  cell_voltage: { value: '3.2 V', source: 'lithium cell of about 3 V, flat and then a knee', confidence: 'common' },
  cell_knee: { value: '85 %', source: 'no source', confidence: 'placeholder' },
  cell_knee_voltage: { value: '2.8 V', source: 'no source', confidence: 'placeholder' },
  cell_empty_voltage: { value: '1.8 V', source: 'no source', confidence: 'placeholder' },
  cell_resistance: { value: '50 ohm', source: 'no source', confidence: 'placeholder' },
  cell_resistance_aged: {
    value: '250 ohm',
    source: 'no source; at full depth of discharge',
    confidence: 'placeholder',
  },
  cell_reading: { value: '24 h', source: 'no source; the mean of ten readings is judged', confidence: 'placeholder' },
  replacement_voltage: { value: '2.6 V', source: 'no source', confidence: 'placeholder' },
  reset_voltage: { value: '2 V', source: 'no source', confidence: 'placeholder' },
  step_charge: { value: '280 uC', source: 'no source; makes a step cost 0.08 uAh', confidence: 'placeholder' },
  step_current: { value: '1 mA', source: 'no source; what a step draws while it lasts', confidence: 'placeholder' },
  quiescent_current: { value: '5 uA', source: 'no source', confidence: 'placeholder' },
  telemetry_charge: {
    value: '10000 uC',
    source: 'no source; one exchange with a programmer',
    confidence: 'placeholder',
  },
  carrier_current: {
    value: '50 uA',
    source: 'no source; listening while a carrier is there',
    confidence: 'placeholder',
  },
} as const satisfies Readonly<Record<Exclude<ModelKey, 'reservoir_volume'>, Figure>>

const RECALL = 'models 8637-20 and 8637-40 hold 20 and 40 mL: device records of the recalls'

export const MODELS: ReadonlyMap<string, ModelFigures> = new Map<string, ModelFigures>([
  ['im-20', { ...SHARED, reservoir_volume: { value: '20 mL', source: RECALL, confidence: 'published' } }],
  ['im-40', { ...SHARED, reservoir_volume: { value: '40 mL', source: RECALL, confidence: 'published' } }],
])

/** The values of a model's figures, as a scenario writes them. */
export function figureTexts(figures: ModelFigures): Record<ModelKey, string> {
  const keys = Object.keys(MODEL_KEYS) as ModelKey[]
  return Object.fromEntries(keys.map((key) => [key, figures[key].value])) as Record<ModelKey, string>
}

/** Throws RangeError where a number of steps is not a whole one above zero. */
function wholeSteps(value: Rational): number {
  if (value.d !== 1n || value.n < 1n || value.n > 1000n)
    throw new RangeError('stall_detection is 1 to 1000 whole steps')
  return Number(value.n)
}

/** The pump model with the given figures; throws RangeError when a text is not a quantity of its key's dimension. */
export function modelOf(name: string, texts: Readonly<Record<ModelKey, string>>): PumpModel {
  const read = (key: ModelKey) => {
    const parsed = parseMeasure(texts[key], [MODEL_KEYS[key]])
    if (!parsed.ok) throw new RangeError(`${key} of pump model ${name}: ${parsed.problem}`)
    return parsed.measure.value
  }
  return {
    name,
    reservoir_uL: as(read('reservoir_volume')),
    lowReservoir_uL: as(read('low_reservoir')),
    tolerance: as(read('tolerance')),
    step_uL: as(read('step_volume')),
    rateMin_uL_per_us: as(read('rate_min')),
    rateMax_uL_per_us: as(read('rate_max')),
    minimumRate_uL_per_us: as(read('minimum_rate')),
    tube_uL: as(read('tube_volume')),
    catheterPerLength_uL_per_cm: as(read('catheter_volume_per_length')),
    residualTolerance_uL: as(read('residual_tolerance')),
    prepareTimeout_us: as(read('prepare_timeout')),
    stallDetection_steps: wholeSteps(read('stall_detection')),
    stoppedWarning_us: as(read('stopped_warning')),
    stoppedAlarm_us: as(read('stopped_alarm')),
    silence_us: as(read('silence')),
    criticalInterval_us: as(read('critical_interval')),
    noncriticalInterval_us: as(read('noncritical_interval')),
    replacementPeriod_us: as(read('replacement_period')),
    serviceLife_us: as(read('service_life')),
    tubeLife_uL: as(read('tube_life')),
    memoryCheck_us: as(read('memory_check')),
    cell: {
      capacity_pC: as(read('cell_capacity')),
      voltage_mV: as(read('cell_voltage')),
      knee: as(read('cell_knee')),
      kneeVoltage_mV: as(read('cell_knee_voltage')),
      emptyVoltage_mV: as(read('cell_empty_voltage')),
      resistance_ohm: as(read('cell_resistance')),
      resistanceAged_ohm: as(read('cell_resistance_aged')),
      reading_us: as(read('cell_reading')),
      replacement_mV: as(read('replacement_voltage')),
      reset_mV: as(read('reset_voltage')),
      step_pC: as(read('step_charge')),
      step_uA: as(read('step_current')),
      quiescent_uA: as(read('quiescent_current')),
      telemetry_pC: as(read('telemetry_charge')),
      carrier_uA: as(read('carrier_current')),
    },
  }
}
