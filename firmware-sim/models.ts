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
  }
}
