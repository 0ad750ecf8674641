/** The hardware of a scenario as it truly is, every figure that it leaves out filled in. */
import type { Findings } from '#hil/scenario/findings'
import { PLANT_FIGURES } from '#hil/scenario/plant-figures'
import { plantSchema } from '#hil/scenario/plant-language'
import { given, read } from '#hil/scenario/structure'
import type { PlantTruth } from '#hil/scenario/types'
import { type Dimension, parseMeasure } from '#units/measure'
import { as } from '#units/quantity'
import { type Rational, ZERO } from '#units/rational'

type FigureKey = keyof typeof PLANT_FIGURES

const DIMENSIONS: Readonly<Record<FigureKey, Dimension>> = {
  temperature: 'temperature',
  temperature_coefficient: 'temperature coefficient',
  compliance: 'volume',
  overfill_gain: 'percentage',
}

/** What holds of the hardware; undefined when something is wrong, and then the findings say what. */
export function readPlant(findings: Findings): PlantTruth | undefined {
  const written = given(findings, ['plant']) ? read(findings, ['plant'], plantSchema) : {}
  if (written === undefined) return undefined
  const { gain, wear } = written
  const figure = (key: FigureKey) => written[key]?.value ?? assumed(key)
  return {
    gain: as(gain?.value ?? ZERO),
    temperature_degC: as(figure('temperature')),
    temperatureCoefficient_per_degC: as(figure('temperature_coefficient')),
    wear: wear === undefined ? null : { change: as(wear.change.value), stage_uL: as(wear.every.value) },
    overfillGain: as(figure('overfill_gain')),
    compliance_uL: as(figure('compliance')),
  }
}

function assumed(key: FigureKey): Rational {
  const parsed = parseMeasure(PLANT_FIGURES[key].value, [DIMENSIONS[key]])
  if (!parsed.ok) throw new RangeError(`the assumed ${key} of a plant: ${parsed.problem}`)
  return parsed.measure.value
}
