/** The pump and catheter of a scenario: a model from the library, the figures that replace its own, and their fit. */
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelFigures, type ModelKey, modelOf } from '#firmware-sim/models'
import type { Findings } from '#hil/scenario/findings'
import { type FigureTexts, MODEL_OPENING, readModelFile } from '#hil/scenario/model-file'
import { catheterSchema, OVERRIDE_KEYS, pumpSchema } from '#hil/scenario/pump-language'
import { readSheet } from '#hil/scenario/sheet'
import { given, peek, read } from '#hil/scenario/structure'
import type { Scenario } from '#hil/scenario/types'
import { didYouMean, quoted } from '#hil/scenario/wording'
import { as, type Length_cm, type Volume_uL } from '#units/quantity'
import { compare, divide, isPositive, multiply, ONE, type Rational, times, whole } from '#units/rational'

/** A pump with its catheter, and the figures they were made from. */
export interface Pump {
  readonly model: PumpModel
  readonly figures: FigureTexts
  readonly catheter_uL: Volume_uL
  readonly flow: Scenario['flow']
}

/** The text of a pump model file, with the name to quote in problems; or why there is none. */
export type ModelFile = { readonly file: string; readonly text: string } | { readonly problem: string }

/** Where the pump comes from when not from the file and the library. */
export interface PumpOptions {
  readonly models?: ReadonlyMap<string, ModelFigures> | undefined
  readonly modelFigures?: FigureTexts | undefined
  readonly modelFile?: ((path: string) => ModelFile) | undefined
}

/** The motor cannot make steps faster than this. */
const SHORTEST_STEP_us = whole(1024)
/** Fewer steps than these in a full reservoir are a slip of the unit: a step would be as coarse as what is measured. */
const LEAST_STEPS = 1000
const DEFAULT_LENGTH_cm: Length_cm = as(whole(80))
const LONGEST_CATHETER_cm = whole(1000)
/** Gives a front whose slope is about as wide as a fifth of the line each way. An assumption: no source gives it. */
const DEFAULT_CELLS = 20

/** The pump of the file with its catheter; undefined when something is wrong, and then the findings say what. */
export function readPump(findings: Findings, options: PumpOptions): Pump | undefined {
  const written = read(findings, ['pump'], pumpSchema)
  const catheter = readCatheter(findings)
  const name = written?.model ?? peek(findings, ['pump', 'model'], pumpSchema.shape.model)
  if (name === undefined) return undefined
  const source = sourceOf(findings, name, options)
  const base = source?.figures
  if (base === undefined || written === undefined || catheter === undefined) return undefined
  const figures: Record<ModelKey, string> = { ...base }
  if (options.modelFigures === undefined) {
    for (const key of OVERRIDE_KEYS) figures[key] = written.overrides?.[key]?.text ?? figures[key]
  }
  figures.catheter_volume_per_length = catheter.volume_per_length?.text ?? figures.catheter_volume_per_length
  const model = legible(findings, name, figures)
  if (model === undefined || !consistent({ scenario: findings, file: source?.findings }, model)) return undefined
  const length = catheter.length?.value ?? DEFAULT_LENGTH_cm
  const catheter_uL = as<Volume_uL>(multiply(length, model.catheterPerLength_uL_per_cm))
  return { model, figures, catheter_uL, flow: flowOf(catheter) }
}

function readCatheter(findings: Findings) {
  const catheter = given(findings, ['catheter']) ? read(findings, ['catheter'], catheterSchema) : {}
  if (catheter?.length !== undefined && compare(catheter.length.value, LONGEST_CATHETER_cm) > 0) {
    findings.add(['catheter', 'length'], `${quoted(catheter.length.text)}: a catheter is at most 1000 cm long`)
    return undefined
  }
  if (catheter?.cells !== undefined && catheter.flow !== 'dispersive') {
    const remedy = 'say "flow: dispersive" as well, or leave cells out'
    findings.add(['catheter', 'cells'], `${catheter.cells}: cells belong to dispersive flow; ${remedy}`)
    return undefined
  }
  return catheter
}

function flowOf({
  flow,
  cells,
}: {
  flow?: 'plug' | 'dispersive' | undefined
  cells?: number | undefined
}): Scenario['flow'] {
  return flow === 'dispersive' ? { flow, cells: cells ?? DEFAULT_CELLS } : { flow: 'plug' }
}

/** The figures that the scenario begins with, and the findings of the file they are from, if from one. */
interface Source {
  readonly figures: FigureTexts | undefined
  readonly findings?: Findings
}

function sourceOf(findings: Findings, name: string, options: PumpOptions): Source | undefined {
  const { modelFigures, models = MODELS } = options
  if (modelFigures !== undefined) return { figures: modelFigures }
  const known = models.get(name)
  if (known !== undefined) return { figures: figureTexts(known) }
  if (!isPath(name)) {
    const names = [...models.keys()]
    const rule = `is not a pump model; it is one of ${names.join(', ')}, or a file such as ./mine.yaml`
    findings.add(['pump', 'model'], `${quoted(name)} ${rule}${didYouMean(name, names)}`)
    return undefined
  }
  const found = isUrl(name)
    ? { problem: 'a pump model is a file on this machine and not an address' }
    : (options.modelFile?.(name) ?? { problem: 'nothing here reads files; give the text of the model' })
  if ('problem' in found) {
    findings.add(['pump', 'model'], `${quoted(name)}: ${found.problem}`)
    return undefined
  }
  const own = findings.beside(found.file, found.text, readSheet(found.text, MODEL_OPENING))
  return { figures: readModelFile(own, models), findings: own }
}

function isPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/i.test(name)
}

function isUrl(name: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(name)
}

/** The model of the figures; figures that are not quantities can only come from outside the file. */
function legible(findings: Findings, name: string, figures: FigureTexts): PumpModel | undefined {
  try {
    return modelOf(name, figures)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    findings.add(['pump'], error.message)
    return undefined
  }
}

interface Rule {
  readonly holds: boolean
  /** The figures it ties together; the first one that the file overrides is where the problem is shown. */
  readonly keys: readonly ModelKey[]
  readonly message: string
}

/** The files that figures may come from. */
interface Places {
  readonly scenario: Findings
  readonly file: Findings | undefined
}

function consistent(places: Places, model: PumpModel): boolean {
  const { step_uL, reservoir_uL, lowReservoir_uL, rateMin_uL_per_us, rateMax_uL_per_us, minimumRate_uL_per_us } = model
  const positive = (value: Rational, key: ModelKey): Rule => ({
    holds: isPositive(value),
    keys: [key],
    message: `the ${key} of a pump is above zero`,
  })
  const signs = [
    positive(step_uL, 'step_volume'),
    positive(reservoir_uL, 'reservoir_volume'),
    positive(rateMax_uL_per_us, 'rate_max'),
    positive(model.tolerance, 'tolerance'),
    positive(model.catheterPerLength_uL_per_cm, 'catheter_volume_per_length'),
  ]
  if (!satisfied(places, signs)) return false
  return satisfied(places, [
    ...cellRules(model),
    {
      holds: compare(rateMin_uL_per_us, rateMax_uL_per_us) <= 0,
      keys: ['rate_min', 'rate_max'],
      message: 'rate_min is above rate_max, so that no rate could be delivered',
    },
    {
      holds: compare(minimumRate_uL_per_us, rateMin_uL_per_us) <= 0,
      keys: ['minimum_rate', 'rate_min'],
      message: 'minimum_rate is above rate_min; it is the lowest rate of the pump',
    },
    {
      holds: compare(lowReservoir_uL, reservoir_uL) < 0,
      keys: ['low_reservoir', 'reservoir_volume'],
      message: 'low_reservoir is not below reservoir_volume, so that a full reservoir would be low',
    },
    {
      holds: compare(times(step_uL, LEAST_STEPS), reservoir_uL) <= 0,
      keys: ['step_volume', 'reservoir_volume'],
      message: `step_volume is above a thousandth of reservoir_volume: a full reservoir is ${LEAST_STEPS} steps or more`,
    },
    {
      holds: compare(model.tolerance, ONE) < 0,
      keys: ['tolerance'],
      message: 'tolerance is not below 100 %, so that a pump that gives nothing would be within it',
    },
    {
      holds: compare(divide(step_uL, rateMax_uL_per_us), SHORTEST_STEP_us) >= 0,
      keys: ['step_volume', 'rate_max'],
      message: 'step_volume is too small for rate_max: at that rate a step would take less than the 1.024 ms of a rig',
    },
  ])
}

/** What ties the figures of time and of the cell together. */
function cellRules(model: PumpModel): Rule[] {
  const { cell } = model
  return [
    {
      holds: compare(model.stoppedWarning_us, model.stoppedAlarm_us) <= 0,
      keys: ['stopped_warning', 'stopped_alarm'],
      message: 'stopped_warning is after stopped_alarm; a warning comes first',
    },
    {
      holds: compare(cell.voltage_mV, cell.kneeVoltage_mV) >= 0,
      keys: ['cell_knee_voltage', 'cell_voltage'],
      message: 'cell_knee_voltage is above cell_voltage; the voltage of a cell falls',
    },
    {
      holds: compare(cell.kneeVoltage_mV, cell.emptyVoltage_mV) >= 0,
      keys: ['cell_empty_voltage', 'cell_knee_voltage'],
      message: 'cell_empty_voltage is above cell_knee_voltage; the voltage of a cell falls',
    },
    {
      holds: compare(cell.resistance_ohm, cell.resistanceAged_ohm) <= 0,
      keys: ['cell_resistance_aged', 'cell_resistance'],
      message: 'cell_resistance_aged is below cell_resistance; the resistance of a cell rises',
    },
    {
      holds: compare(cell.reset_mV, cell.replacement_mV) <= 0,
      keys: ['reset_voltage', 'replacement_voltage'],
      message: 'reset_voltage is above replacement_voltage; the pump would reset before it asks to be replaced',
    },
  ]
}

function satisfied({ scenario, file }: Places, rules: readonly Rule[]): boolean {
  const broken = rules.filter((rule) => !rule.holds)
  for (const { keys, message } of broken) {
    const written = keys.find((key) => given(scenario, ['pump', 'overrides', key]))
    const inFile = keys.find((key) => file !== undefined && given(file, [key]))
    if (written !== undefined) scenario.add(['pump', 'overrides', written], message)
    else if (file !== undefined && inFile !== undefined) file.add([inFile], message)
    else scenario.add(['pump', 'model'], message)
  }
  return broken.length === 0
}
