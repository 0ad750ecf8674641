/**
 * The tables of docs/PUMP.md, worked out by the pump's own functions so that they can never say anything else.
 *
 * All are of one model; the two that come along differ in nothing but the reservoir.
 */
import { ALARMS, type ClearedBy } from '#firmware-sim/alarms'
import { type Battery, drawing, FULL, READINGS_KEPT, read, replacementDue, sagAt } from '#firmware-sim/battery'
import type { PumpAlarm } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { type Figure, figureTexts, MODEL_KEYS, MODELS, type ModelKey, modelOf } from '#firmware-sim/models'
import { patternText } from '#firmware-sim/sound'
import { PLAYOUT_us } from '#hil/rig/rig'
import { markdownTable } from '#scripts/markdown'
import { decimal, duration } from '#units/format'
import { as, DAY_us, type Time_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  multiply,
  type Rational,
  ratio,
  smaller,
  times,
  toSafeInteger,
  whole,
} from '#units/rational'

const NAME = 'im-20'
const START: Time_us = as(whole(0))

/** The figures of a model that comes along; throws for any other name. */
function figuresOf(name: string): Readonly<Record<ModelKey, Figure>> {
  const figures = MODELS.get(name)
  if (figures === undefined) throw new Error(`${name} is no pump model that comes along`)
  return figures
}

const FIGURES = figuresOf(NAME)

/** The pump model of the tables. */
export const MODEL: PumpModel = modelOf(NAME, figureTexts(FIGURES))

const CLEARED_BY: Readonly<Record<ClearedBy, string>> = {
  refill: 'a refill',
  motion: 'motion of the rotor',
  restart: 'any motion, or leaving `stopped`',
  programming: 'programming',
  never: 'nothing',
}

/** The figures on which an alarm depends. */
const THRESHOLDS: Readonly<Record<PumpAlarm, readonly ModelKey[]>> = {
  'end-of-service': ['replacement_period'],
  'motor-stall': ['stall_detection'],
  'empty-reservoir': [],
  'memory-error': ['memory_check'],
  'low-battery-reset': ['reset_voltage'],
  'stopped-pump': ['stopped_alarm'],
  'low-reservoir': ['low_reservoir'],
  'elective-replacement': ['replacement_voltage', 'service_life', 'tube_life'],
  'tube-set-end-of-life': ['tube_life'],
}

/** Every alarm, the most urgent first. */
export function alarmTable(): string {
  const alarms = (Object.keys(ALARMS) as PumpAlarm[]).toSorted((a, b) => ALARMS[a].rank - ALARMS[b].rank)
  const rows = alarms.map((alarm) => {
    const { rank, priority, cause, clearedBy } = ALARMS[alarm]
    const [condition = cause] = cause.split('; cleared')
    const thresholds = THRESHOLDS[alarm].map((key) => `\`${key}\` ${FIGURES[key].value}`)
    return [`${rank}`, `\`${alarm}\``, priority, condition, thresholds.join(', '), CLEARED_BY[clearedBy]]
  })
  const tones = (['critical', 'non-critical'] as const).map((priority) => {
    const alarm = alarms.find((candidate) => ALARMS[candidate].priority === priority) ?? null
    return `${priority}: ${patternText(MODEL, alarm)}`
  })
  const heads = ['rank', 'alarm', 'priority', 'raised when', 'figures', 'cleared by']
  return `Tones: ${tones.join('; ')}.\n\n${markdownTable(heads, rows)}`
}

const perDay = (rate_uL_per_us: Rational): Rational => divide(multiply(rate_uL_per_us, DAY_us), whole(1000))

/** Milliliters a day between the lowest and the highest rate, both included, from above. */
function ratesInRange(between: readonly Rational[]): readonly Rational[] {
  const { rateMax_uL_per_us, rateMin_uL_per_us, minimumRate_uL_per_us } = MODEL
  return [perDay(rateMax_uL_per_us), ...between, perDay(rateMin_uL_per_us), perDay(minimumRate_uL_per_us)]
}

/** Steps in a microsecond at a rate in milliliters a day. */
function stepRate(rate_mL_per_d: Rational): Rational {
  return divide(divide(times(rate_mL_per_d, 1000), DAY_us), MODEL.step_uL)
}

const ROUND_TRIP = whole(2 * PLAYOUT_us)

/** How long a stall goes unnoticed at most: until enough steps fell due, and the bench has told of the last. */
export function stallTable(): string {
  const rates = ratesInRange([
    ratio(10n, 1n),
    ratio(2n, 1n),
    ratio(1n, 1n),
    ratio(1n, 2n),
    ratio(1n, 5n),
    ratio(1n, 10n),
  ])
  const rows = rates.map((rate_mL_per_d) => {
    const interval_us = divide(whole(1), stepRate(rate_mL_per_d))
    const latency_us = add(times(interval_us, MODEL.stallDetection_steps), ROUND_TRIP)
    const missed = MODEL.stallDetection_steps + toSafeInteger(floor(divide(ROUND_TRIP, interval_us)))
    const missed_uL = times(MODEL.step_uL, missed)
    return [
      `${decimal(rate_mL_per_d)} mL/d`,
      duration(interval_us),
      duration(latency_us),
      `${decimal(missed_uL)} uL in ${missed} ${missed === 1 ? 'step' : 'steps'}`,
    ]
  })
  return markdownTable(['rate', 'one step each', 'alarm at the latest after', 'not delivered by then'], rows)
}

/** When replacement falls due and service ends, for a pump that runs at one rate from the day of its making. */
export function batteryTable(): string {
  const rates = ratesInRange([
    ratio(8n, 1n),
    ratio(3n, 1n),
    ratio(2n, 1n),
    ratio(1n, 1n),
    ratio(1n, 2n),
    ratio(1n, 10n),
  ])
  const rows = rates.map((rate_mL_per_d) => {
    const rate = stepRate(rate_mL_per_d)
    const battery = drawing(FULL(MODEL), MODEL.cell, START, { rate, carrier: false })
    const { byCell_us, byTube_us, due_us } = datesOf(battery, rate)
    const ends_us = add(due_us, MODEL.replacementPeriod_us)
    const sag_us = sagAt(battery, MODEL.cell)
    const before = sag_us !== null && compare(sag_us, ends_us) < 0 ? ', *before*' : ''
    return [
      `${decimal(rate_mL_per_d)} mL/d`,
      `${decimal(battery.current_uA, 4)} uA`,
      days(byCell_us),
      days(byTube_us),
      `${days(due_us)}, by ${reason(due_us, byCell_us, byTube_us)}`,
      days(ends_us),
      sag_us === null ? 'never' : days(sag_us) + before,
    ]
  })
  const heads = ['rate', 'mean current', 'cell due', 'tube due', 'replacement due', 'service ends', 'cell would reset']
  return markdownTable(heads, rows)
}

/** When cell and tube call for replacement, and when it is due: with the first of them, or by age. */
function datesOf(battery: Battery, rate: Rational) {
  const byCell_us = replacementByCell(battery)
  const byTube_us = divide(whole(ceil(divide(MODEL.tubeLife_uL, MODEL.step_uL))), rate)
  return { byCell_us, byTube_us, due_us: smaller(smaller(byCell_us, byTube_us), MODEL.serviceLife_us) }
}

function reason(due_us: Rational, byCell_us: Rational, byTube_us: Rational): string {
  if (compare(due_us, byCell_us) === 0) return 'the cell'
  return compare(due_us, byTube_us) === 0 ? 'the tube' : 'age'
}

function days(time_us: Rational): string {
  return `${floor(divide(time_us, DAY_us))} d`
}

/** More readings than any cell of the tables lives for. */
const MOST_READINGS = 100_000

/** The reading at which the voltage alone calls for replacement: voltage only falls, so halving finds it. */
function replacementByCell(battery: Battery): Time_us {
  let [early, late] = [READINGS_KEPT - 1, MOST_READINGS]
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2)
    if (isDueAtReading(battery, middle)) late = middle
    else early = middle
  }
  return readingAt(late)
}

/** Whether the mean of the readings up to the n-th one calls for replacement, whatever the age. */
function isDueAtReading(battery: Battery, n: number): boolean {
  let judged = battery
  for (let reading = n - READINGS_KEPT + 1; reading <= n; reading += 1) {
    judged = read(judged, MODEL.cell, readingAt(reading))
  }
  return replacementDue(judged, { ...MODEL, serviceLife_us: readingAt(MOST_READINGS) }, readingAt(n))
}

function readingAt(n: number): Time_us {
  return as(times(MODEL.cell.reading_us, n))
}

/** One date worked out in full, for the reader to follow. */
export function batteryExample(): string {
  const { cell } = MODEL
  const rate = stepRate(whole(1))
  const battery = drawing(FULL(MODEL), cell, START, { rate, carrier: false })
  const steps = decimal(multiply(rate, DAY_us))
  const [step_uC, quiescent] = [divide(cell.step_pC, whole(1_000_000)), decimal(cell.quiescent_uA)]
  const daily_C = divide(multiply(battery.current_uA, DAY_us), whole(1_000_000_000_000n))
  const capacity_C = divide(cell.capacity_pC, whole(1_000_000_000_000n))
  const knee_us = divide(multiply(cell.capacity_pC, cell.knee), battery.current_uA)
  const { byCell_us, byTube_us, due_us } = datesOf(battery, rate)
  return [
    `At 1 mL/d the motor makes ${steps} steps of ${decimal(step_uC)} uC a day. With ${quiescent} uA all day long that is`,
    `${decimal(daily_C)} C a day out of ${decimal(capacity_C)} C, a mean current of ${decimal(battery.current_uA)} uA. At rest the`,
    `cell reaches its knee after ${days(knee_us)}; under the load of a step the mean of ten daily readings is at or below`,
    `${decimal(cell.replacement_mV)} mV after ${days(byCell_us)}. Replacement is due after ${days(due_us)}, by ${reason(due_us, byCell_us, byTube_us)}, and service ends`,
    `${days(MODEL.replacementPeriod_us)} later, after ${days(add(due_us, MODEL.replacementPeriod_us))}.`,
  ].join('\n')
}

/** Every figure of the models, with its source. */
export function figureTable(): string {
  const other = figuresOf('im-40')
  const rows = (Object.keys(MODEL_KEYS) as ModelKey[]).map((key) => {
    const { value, confidence, source } = FIGURES[key]
    const both = value === other[key].value ? value : `${value}; im-40: ${other[key].value}`
    return [`\`${key}\``, both, confidence === 'placeholder' ? '**placeholder**' : confidence, source]
  })
  return markdownTable(['figure', 'value', 'firmness', 'source'], rows)
}
