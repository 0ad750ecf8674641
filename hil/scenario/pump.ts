/** The pump and catheter of a scenario: a model from the library, the figures that replace its own, and their fit. */
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelFigures, type ModelKey, modelOf } from '#firmware-sim/models'
import type { Findings } from '#hil/scenario/findings'
import { plannedModel } from '#hil/scenario/planned'
import { catheterSchema, overridesSchema, pumpSchema } from '#hil/scenario/pump-language'
import { given, peek, read } from '#hil/scenario/structure'
import { didYouMean, quoted } from '#hil/scenario/wording'
import { as, type Length_cm, type Volume_uL } from '#units/quantity'
import { compare, divide, isPositive, multiply, type Rational, whole } from '#units/rational'

/** Every figure of a pump model, as a file would write it. */
export type FigureTexts = Readonly<Record<ModelKey, string>>

/** A pump with its catheter, and the figures they were made from. */
export interface Pump {
  readonly model: PumpModel
  readonly figures: FigureTexts
  readonly catheter_uL: Volume_uL
}

/** Where the pump comes from when not from the file and the library. */
export interface PumpOptions {
  readonly models?: ReadonlyMap<string, ModelFigures> | undefined
  readonly modelFigures?: FigureTexts | undefined
}

/** The motor cannot make steps faster than this. */
const SHORTEST_STEP_us = whole(1024)
const DEFAULT_LENGTH_cm: Length_cm = as(whole(80))
const LONGEST_CATHETER_cm = whole(1000)

/** The pump of the file with its catheter; undefined when something is wrong, and then the findings say what. */
export function readPump(findings: Findings, options: PumpOptions): Pump | undefined {
  const written = read(findings, ['pump'], pumpSchema)
  const catheter = readCatheter(findings)
  const name = written?.model ?? peek(findings, ['pump', 'model'], pumpSchema.shape.model)
  if (name === undefined) return undefined
  const base = options.modelFigures ?? libraryFigures(findings, name, options.models ?? MODELS)
  if (base === undefined || written === undefined || catheter === undefined) return undefined
  const figures: Record<ModelKey, string> = { ...base }
  if (options.modelFigures === undefined) {
    for (const key of overridesSchema.keyof().options) figures[key] = written.overrides?.[key]?.text ?? figures[key]
  }
  figures.catheter_volume_per_length = catheter.volume_per_length?.text ?? figures.catheter_volume_per_length
  const model = legible(findings, name, figures)
  if (model === undefined || !consistent(findings, model)) return undefined
  const length = catheter.length?.value ?? DEFAULT_LENGTH_cm
  return { model, figures, catheter_uL: as(multiply(length, model.catheterPerLength_uL_per_cm)) }
}

function readCatheter(findings: Findings) {
  const catheter = given(findings, ['catheter']) ? read(findings, ['catheter'], catheterSchema) : {}
  if (catheter?.length !== undefined && compare(catheter.length.value, LONGEST_CATHETER_cm) > 0) {
    findings.add(['catheter', 'length'], `${quoted(catheter.length.text)}: a catheter is at most 1000 cm long`)
    return undefined
  }
  return catheter
}

function libraryFigures(
  findings: Findings,
  name: string,
  models: ReadonlyMap<string, ModelFigures>,
): FigureTexts | undefined {
  const figures = models.get(name)
  if (figures !== undefined) return figureTexts(figures)
  const names = [...models.keys()]
  const rule = `${quoted(name)} is not a pump model; it is one of ${names.join(', ')}${didYouMean(name, names)}`
  findings.add(['pump', 'model'], plannedModel(name) ?? rule)
  return undefined
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

function consistent(findings: Findings, model: PumpModel): boolean {
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
  if (!satisfied(findings, signs)) return false
  return satisfied(findings, [
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
      holds: compare(step_uL, reservoir_uL) <= 0,
      keys: ['step_volume', 'reservoir_volume'],
      message: 'step_volume is above reservoir_volume',
    },
    {
      holds: compare(divide(step_uL, rateMax_uL_per_us), SHORTEST_STEP_us) >= 0,
      keys: ['step_volume', 'rate_max'],
      message: 'step_volume is too small for rate_max: at that rate a step would take less than the 1.024 ms of a rig',
    },
  ])
}

function satisfied(findings: Findings, rules: readonly Rule[]): boolean {
  const broken = rules.filter((rule) => !rule.holds)
  for (const { keys, message } of broken) {
    const paths = keys.map((key) => ['pump', 'overrides', key])
    findings.add(paths.find((path) => given(findings, path)) ?? ['pump', 'model'], message)
  }
  return broken.length === 0
}
