/**
 * The figures of a pump model as files write them: what each one means, an example, and what it may be.
 *
 * The dimensions are those of the model; the compiler names a figure that lacks its row here.
 */
import { MODEL_KEYS, type ModelKey } from '#firmware-sim/models'
import { type QuantityRules, quantity } from '#hil/scenario/quantities'
import { compare, ONE, type Rational, whole } from '#units/rational'

const MINUTE_us = whole(60_000_000)
const RATE = 'a rate of the pump is above zero'
const VOLUME = 'a volume here is above zero'
const LASTING = 'a duration here is longer than zero'
const CELL = 'a cell begins with more than nothing'

/** What repeats more often than this would fill a run with nothing else. */
const slowly = (value: Rational) =>
  compare(value, MINUTE_us) < 0 ? 'what repeats does so at most once a minute' : undefined

const MOST_STALLED_STEPS = whole(1000)
const wholeSteps = (value: Rational) =>
  value.d !== 1n || compare(value, MOST_STALLED_STEPS) > 0 ? 'a whole number of steps, at most 1000' : undefined

const partOfWhole = (value: Rational) => (compare(value, ONE) >= 0 ? 'a part is less than 100 %' : undefined)

/** The row of every figure. */
export const FIGURES: Readonly<Record<ModelKey, QuantityRules>> = {
  reservoir_volume: { description: 'Usable volume of the reservoir.', example: '20 mL', zero: VOLUME },
  low_reservoir: {
    description: 'Believed volume at or below which the low-reservoir alarm sounds.',
    example: '2 mL',
  },
  tolerance: {
    description: 'Flow accuracy the maker states.',
    example: '14.5 %',
    zero: 'a percentage here is above zero',
  },
  step_volume: { description: 'Volume that one motor step displaces.', example: '0.25 uL', zero: VOLUME },
  rate_min: { description: 'Lowest rate a therapy may ask for.', example: '0.048 mL/d', zero: RATE },
  rate_max: { description: 'Highest rate a therapy may ask for.', example: '24 mL/d', zero: RATE },
  minimum_rate: { description: 'Rate of the minimum-rate mode.', example: '0.006 mL/d', zero: RATE },
  tube_volume: { description: 'Volume of the tube between reservoir and catheter.', example: '0.199 mL' },
  catheter_volume_per_length: {
    description: 'Volume a length of catheter holds.',
    example: '2.2 uL/cm',
    zero: 'a catheter has a bore',
  },
  residual_tolerance: {
    description: 'Difference between drawn and expected residual that a refill accepts.',
    example: '1 mL',
  },
  prepare_timeout: {
    description: 'How long a prepared program waits for its commit.',
    example: '5 min',
    zero: LASTING,
  },
  stall_detection: {
    description: 'Steps in a row that moved nothing before the stall alarm sounds.',
    example: '1 step',
    zero: 'a stall shows in one step at the earliest',
    refusal: wholeSteps,
  },
  stopped_warning: { description: 'How long a stopped pump waits before it warns.', example: '1 h', zero: LASTING },
  stopped_alarm: { description: 'How long a stopped pump waits before it alarms.', example: '48 h', zero: LASTING },
  silence: { description: 'How long a silenced alarm stays silent.', example: '10 min', zero: LASTING },
  critical_interval: {
    description: 'How often the tone of a critical alarm repeats.',
    example: '10 min',
    refusal: slowly,
  },
  noncritical_interval: {
    description: 'How often the tone of another alarm repeats.',
    example: '60 min',
    refusal: slowly,
  },
  replacement_period: {
    description: 'From elective replacement to end of service.',
    example: '90 d',
    zero: LASTING,
  },
  service_life: {
    description: 'Age at which replacement is due however good the cell.',
    example: '4380 d',
    zero: LASTING,
  },
  tube_life: { description: 'Volume after which the tube set is worn out.', example: '12000 mL', zero: VOLUME },
  memory_check: { description: 'How often the stored record is checked.', example: '1 h', refusal: slowly },
  cell_capacity: { description: 'Charge of the full cell.', example: '2500 mAh', zero: CELL },
  cell_voltage: { description: 'Open-circuit voltage of the full cell.', example: '3.2 V', zero: CELL },
  cell_knee: {
    description: 'Part of the capacity used when the voltage begins to fall faster.',
    example: '85 %',
    zero: 'a part here is above zero',
    refusal: partOfWhole,
  },
  cell_knee_voltage: { description: 'Open-circuit voltage at the knee.', example: '2.8 V', zero: CELL },
  cell_empty_voltage: { description: 'Open-circuit voltage of the used up cell.', example: '1.8 V' },
  cell_resistance: { description: 'Internal resistance of the full cell.', example: '50 ohm' },
  cell_resistance_aged: { description: 'Internal resistance of the used up cell.', example: '250 ohm' },
  cell_reading: { description: 'How often the loaded voltage is read.', example: '24 h', refusal: slowly },
  replacement_voltage: {
    description: 'Mean loaded voltage at or below which replacement is due.',
    example: '2.6 V',
  },
  reset_voltage: { description: 'Loaded voltage at or below which the pump resets.', example: '2 V' },
  step_charge: { description: 'Charge of one motor step.', example: '280 uC' },
  step_current: { description: 'Current that a motor step draws while it lasts.', example: '1 mA' },
  quiescent_current: { description: 'Current drawn all the time.', example: '5 uA' },
  telemetry_charge: { description: 'Charge of one exchange with a programmer.', example: '10000 uC' },
  carrier_current: { description: 'Current while a telemetry carrier is there.', example: '50 uA' },
}

/** The names of the figures, in the order of the table. */
export const FIGURE_KEYS = Object.keys(FIGURES) as readonly ModelKey[]

/** How a file writes the figure. */
export function figureSchema(key: ModelKey) {
  return quantity([MODEL_KEYS[key]], FIGURES[key])
}
