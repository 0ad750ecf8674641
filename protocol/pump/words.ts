/** The words that fields of the pump's wire choose from, and what each figure of a pump is counted in. */
import type { ChoiceField } from '#protocol/field'

/** Figures of a pump model: their unit on the wire and what each is; their names are those of a scenario's `overrides`. */
export const FIGURES = {
  reservoir_volume: ['pL', 'usable volume of the reservoir'],
  low_reservoir: ['pL', 'believed volume at or below which `low-reservoir` is raised'],
  tolerance: ['ppm', 'flow accuracy that the maker states'],
  step_volume: ['pL', 'volume that one motor step displaces'],
  rate_min: ['pL/d', 'lowest rate that a therapy may ask for'],
  rate_max: ['pL/d', 'highest rate that a therapy may ask for, and the rate of a prime'],
  minimum_rate: ['pL/d', 'rate of `minimum-rate`'],
  tube_volume: ['pL', 'volume of the tube between reservoir and catheter'],
  catheter_volume_per_length: ['pL/cm', 'volume that a centimeter of catheter holds'],
  residual_tolerance: ['pL', 'difference between drawn and expected residual that is accepted'],
  prepare_timeout: ['us', 'how long a prepared program waits for its COMMIT'],
  stall_detection: ['step', 'steps in a row that moved nothing before `motor-stall` is raised'],
  stopped_warning: ['us', 'how long the pump may be stopped before it warns'],
  stopped_alarm: ['us', 'how long the pump may be stopped before `stopped-pump` is raised'],
  silence: ['us', 'how long a silenced alarm stays silent'],
  critical_interval: ['us', 'how often the tone of a critical alarm repeats'],
  noncritical_interval: ['us', 'how often the tone of another alarm repeats'],
  replacement_period: ['us', 'from elective replacement to end of service'],
  service_life: ['us', 'age at which replacement is due however good the cell is'],
  tube_life: ['pL', 'volume after which the tube set is worn out'],
  memory_check: ['us', 'how often the stored record is checked'],
  cell_capacity: ['pC', 'charge of the full cell'],
  cell_voltage: ['mV', 'open-circuit voltage of the full cell'],
  cell_knee: ['ppm', 'part of the capacity used at the knee'],
  cell_knee_voltage: ['mV', 'open-circuit voltage at the knee'],
  cell_empty_voltage: ['mV', 'open-circuit voltage of the used up cell'],
  cell_resistance: ['ohm', 'internal resistance of the full cell'],
  cell_resistance_aged: ['ohm', 'internal resistance of the used up cell'],
  cell_reading: ['us', 'how often the loaded voltage is read'],
  replacement_voltage: ['mV', 'mean loaded voltage at or below which replacement is due'],
  reset_voltage: ['mV', 'loaded voltage at or below which the pump resets'],
  step_charge: ['pC', 'charge of one motor step'],
  step_current: ['uA', 'current of a motor step while it lasts'],
  quiescent_current: ['uA', 'current drawn all the time'],
  telemetry_charge: ['pC', 'charge of one exchange with a programmer'],
  carrier_current: ['uA', 'current while a telemetry carrier is there'],
} as const

export type FigureName = keyof typeof FIGURES

/** Figures that every pump must take, because no therapy can be given or judged without them. */
export const REQUIRED_FIGURES = ['reservoir_volume', 'low_reservoir', 'step_volume', 'rate_min', 'rate_max'] as const

const ALARMS = [
  'low-reservoir',
  'empty-reservoir',
  'motor-stall',
  'stopped-pump',
  'elective-replacement',
  'end-of-service',
  'low-battery-reset',
  'memory-error',
  'tube-set-end-of-life',
] as const

export const CHOICES = {
  figure: Object.keys(FIGURES) as readonly FigureName[],
  limit: ['daily-soft', 'daily-hard', 'change-soft', 'change-hard'],
  by: ['mass', 'volume'],
  measure: ['mass', 'volume', 'part'],
  line: ['filled', 'empty'],
  program: [
    'stopped',
    'minimum-rate',
    'simple-continuous',
    'flex',
    'periodic-bolus',
    'bolus',
    'prime',
    'bridge',
    'patient-bolus',
    'refill',
    'restart',
    'set-clock',
  ],
  to: ['programmer', 'bench'],
  copy: ['first', 'second', 'both'],
  part: ['any', 'therapy', 'reservoir', 'clock', 'patient', 'alarms', 'line'],
  can: ['program', 'input', 'figure', 'limit', 'alarm', 'event', 'option'],
  alarm: ALARMS,
  sounding: ['none', ...ALARMS],
  priority: ['critical', 'non-critical'],
  change: ['raised', 'cleared'],
  reason: ['LACKS', 'RANGE', 'FULL', 'ORDER', 'SUM', 'LATE'],
} as const

/**
 * Names of CAN `option`, and what a pump says with each; sections are those of docs/PROTOCOL.md. They are no list of the
 * catalogue, so a new one changes no schema hash: a bench that does not know an option of a pump does not use it, and one
 * that a pump does not name it must do without.
 */
export const OPTIONS = {
  fractions: 'understands fractions, numbers of any length, and messages of several frames',
  'free-running': 'has a clock of its own and turns its own motor: section 21 holds',
} as const

export type OptionName = keyof typeof OPTIONS

/** The EVENT of a free-running pump that could not keep what it had to say until it was asked; its detail is how many outputs. */
export const OUTPUTS_DROPPED = 'outputs-dropped'

/** A field that holds one of the words of a list. */
export function choice<List extends keyof typeof CHOICES>(list: List, doc: string): ChoiceOf<List> {
  return { kind: 'choice', list, of: CHOICES[list], doc }
}

export interface ChoiceOf<List extends keyof typeof CHOICES> extends ChoiceField {
  readonly of: (typeof CHOICES)[List]
}
