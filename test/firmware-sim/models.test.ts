/** The figures of the pumps that come with the bench, once more and in base units, each with how firm it is. */
import { describe, expect, it } from 'vitest'
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODEL_KEYS, MODELS, type ModelFigures, type ModelKey, modelOf } from '#firmware-sim/models'
import { type Rational, ratio, whole } from '#units/rational'

const SECOND = 1_000_000n
const MINUTE = 60n * SECOND
const HOUR = 60n * MINUTE
const DAY = 24n * HOUR
/** Picocoulombs in a microcoulomb, and in a milliampere-hour. */
const MICRO = 1_000_000n
const MILLIAMPERE_HOUR = 3600n * 1000n * MICRO

type Firm = 'published' | 'common' | 'placeholder'
type Place = (model: PumpModel) => Rational | number

const SHARED: Readonly<Record<Exclude<ModelKey, 'reservoir_volume'>, readonly [Place, Rational, Firm]>> = {
  low_reservoir: [(model) => model.lowReservoir_uL, whole(2000), 'published'],
  tolerance: [(model) => model.tolerance, ratio(145n, 1000n), 'published'],
  step_volume: [(model) => model.step_uL, ratio(1n, 4n), 'placeholder'],
  rate_min: [(model) => model.rateMin_uL_per_us, ratio(48n, DAY), 'common'],
  rate_max: [(model) => model.rateMax_uL_per_us, ratio(24_000n, DAY), 'common'],
  minimum_rate: [(model) => model.minimumRate_uL_per_us, ratio(6n, DAY), 'common'],
  tube_volume: [(model) => model.tube_uL, whole(199), 'common'],
  catheter_volume_per_length: [(model) => model.catheterPerLength_uL_per_cm, ratio(22n, 10n), 'common'],
  residual_tolerance: [(model) => model.residualTolerance_uL, whole(1000), 'placeholder'],
  prepare_timeout: [(model) => model.prepareTimeout_us, whole(5n * MINUTE), 'placeholder'],
  stall_detection: [(model) => model.stallDetection_steps, whole(1), 'placeholder'],
  stopped_warning: [(model) => model.stoppedWarning_us, whole(HOUR), 'placeholder'],
  stopped_alarm: [(model) => model.stoppedAlarm_us, whole(2n * DAY), 'published'],
  silence: [(model) => model.silence_us, whole(10n * MINUTE), 'common'],
  critical_interval: [(model) => model.criticalInterval_us, whole(10n * MINUTE), 'common'],
  noncritical_interval: [(model) => model.noncriticalInterval_us, whole(HOUR), 'common'],
  replacement_period: [(model) => model.replacementPeriod_us, whole(90n * DAY), 'published'],
  service_life: [(model) => model.serviceLife_us, whole(12n * 365n * DAY), 'placeholder'],
  tube_life: [(model) => model.tubeLife_uL, whole(12_000_000), 'placeholder'],
  memory_check: [(model) => model.memoryCheck_us, whole(HOUR), 'common'],
  cell_capacity: [({ cell }) => cell.capacity_pC, whole(2500n * MILLIAMPERE_HOUR), 'placeholder'],
  cell_voltage: [({ cell }) => cell.voltage_mV, whole(3200), 'common'],
  cell_knee: [({ cell }) => cell.knee, ratio(85n, 100n), 'placeholder'],
  cell_knee_voltage: [({ cell }) => cell.kneeVoltage_mV, whole(2800), 'placeholder'],
  cell_empty_voltage: [({ cell }) => cell.emptyVoltage_mV, whole(1800), 'placeholder'],
  cell_resistance: [({ cell }) => cell.resistance_ohm, whole(50), 'placeholder'],
  cell_resistance_aged: [({ cell }) => cell.resistanceAged_ohm, whole(250), 'placeholder'],
  cell_reading: [({ cell }) => cell.reading_us, whole(DAY), 'placeholder'],
  replacement_voltage: [({ cell }) => cell.replacement_mV, whole(2600), 'placeholder'],
  reset_voltage: [({ cell }) => cell.reset_mV, whole(2000), 'placeholder'],
  step_charge: [({ cell }) => cell.step_pC, whole(280n * MICRO), 'placeholder'],
  step_current: [({ cell }) => cell.step_uA, whole(1000), 'placeholder'],
  quiescent_current: [({ cell }) => cell.quiescent_uA, whole(5), 'placeholder'],
  telemetry_charge: [({ cell }) => cell.telemetry_pC, whole(10_000n * MICRO), 'placeholder'],
  carrier_current: [({ cell }) => cell.carrier_uA, whole(50), 'placeholder'],
}

function figuresOf(name: string): ModelFigures {
  const figures = MODELS.get(name)
  if (figures === undefined) throw new Error(`there is no pump model ${name}`)
  return figures
}

const textsOf = (changes: Partial<Record<ModelKey, string>>) => ({ ...figureTexts(figuresOf('im-40')), ...changes })

describe.each([
  ['im-20', 20_000],
  ['im-40', 40_000],
])('the pump model %s', (name, reservoir) => {
  const model = modelOf(name, figureTexts(figuresOf(name)))

  it('has the name it is chosen by, and the reservoir it is named after', () => {
    expect([model.name, model.reservoir_uL]).toEqual([name, whole(reservoir)])
    expect(figuresOf(name).reservoir_volume.confidence).toBe('published')
  })

  it.each(Object.entries(SHARED))('has the figure %s', (key, [place, value, confidence]) => {
    expect(place(model)).toEqual(key === 'stall_detection' ? Number(value.n) : value)
    expect(figuresOf(name)[key as ModelKey].confidence).toBe(confidence)
  })

  it('says of every figure where it is from, or that it is from nowhere', () => {
    for (const key of Object.keys(MODEL_KEYS) as ModelKey[]) {
      expect(figuresOf(name)[key].source).toMatch(/\w{4}/)
    }
  })
})

describe('figures of one’s own', () => {
  it('take the place of others', () => {
    expect(modelOf('mine', textsOf({ step_volume: '1 uL', stall_detection: '1000 step' }))).toMatchObject({
      name: 'mine',
      step_uL: whole(1),
      stallDetection_steps: 1000,
    })
  })

  it.each([
    ['step_volume', '1 mL/d'],
    ['rate_max', '1 mL'],
    ['tolerance', '3'],
  ] as const)('of another dimension are refused by name: %s of %s', (key, text) => {
    expect(() => modelOf('mine', textsOf({ [key]: text }))).toThrow(`${key} of pump model mine: `)
    expect(() => modelOf('mine', textsOf({ [key]: text }))).toThrow(RangeError)
  })

  it.each(['0 step', '0.5 step', '3/2 step', '1001 step'])('of a stall are whole steps and some: not %s', (text) => {
    expect(() => modelOf('mine', textsOf({ stall_detection: text }))).toThrow(
      'stall_detection is 1 to 1000 whole steps',
    )
  })
})
