/**
 * A pump model in a file of its own: a plain map of figures, each a quantity, or a map that also says where the figure
 * comes from and how firm it is. With `base`, figures left out are those of a pump model of the library.
 */
import { z } from 'zod'
import { figureTexts, type ModelFigures, type ModelKey } from '#firmware-sim/models'
import { FIGURE_KEYS, figureSchema } from '#hil/scenario/figures'
import type { Findings } from '#hil/scenario/findings'
import { sourceSchema } from '#hil/scenario/names'
import { given, read, unknownKeys, valueIn } from '#hil/scenario/structure'
import { didYouMean, found, quoted } from '#hil/scenario/wording'

/** Every figure of a pump model, as a file would write it. */
export type FigureTexts = Readonly<Record<ModelKey, string>>

/** How a model file begins. */
export const MODEL_OPENING = 'a pump model is a map of figures such as "reservoir_volume: 20 mL"'

const CONFIDENCES = ['published', 'common', 'placeholder'] as const

const baseSchema = z.string().meta({ examples: ['im-40'] })

const explained = (key: ModelKey) =>
  z.strictObject({
    value: figureSchema(key),
    source: sourceSchema.optional(),
    confidence: z.enum(CONFIDENCES).optional(),
  })

/** The figures of the file; undefined when something is wrong, and then its findings say what. */
export function readModelFile(findings: Findings, models: ReadonlyMap<string, ModelFigures>): FigureTexts | undefined {
  const { root } = findings.sheet
  if (root === undefined) return undefined
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    findings.add([], `${MODEL_OPENING}, found ${found(root)}`)
    return undefined
  }
  const known: readonly string[] = ['base', ...FIGURE_KEYS]
  const unknown = Object.keys(root).filter((key) => !known.includes(key))
  unknownKeys(findings, [], unknown, known)
  const base = given(findings, ['base']) ? readBase(findings, models) : {}
  const own = readFigures(findings)
  if (base === undefined) return undefined
  const figures: Partial<Record<ModelKey, string>> = { ...base, ...own }
  const missing = FIGURE_KEYS.filter((key) => figures[key] === undefined && !given(findings, [key]))
  if (missing.length > 0) {
    findings.add([], `without ${missing.join(', ')}; write them, or name a pump model to take them from, base: im-40`)
  }
  return findings.count === 0 ? (figures as FigureTexts) : undefined
}

function readBase(findings: Findings, models: ReadonlyMap<string, ModelFigures>): FigureTexts | undefined {
  const name = read(findings, ['base'], baseSchema)
  if (name === undefined) return undefined
  const figures = models.get(name)
  if (figures !== undefined) return figureTexts(figures)
  const names = [...models.keys()]
  const rule = `is not a pump model of the library; it is one of ${names.join(', ')}`
  findings.add(['base'], `${quoted(name)} ${rule}${didYouMean(name, names)}`)
  return undefined
}

function readFigures(findings: Findings): Partial<Record<ModelKey, string>> {
  const figures: Partial<Record<ModelKey, string>> = {}
  for (const key of FIGURE_KEYS) {
    if (!given(findings, [key])) continue
    const value = valueIn(findings.sheet.root, [key])
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    const written = isMap ? read(findings, [key], explained(key))?.value : read(findings, [key], figureSchema(key))
    if (written !== undefined) figures[key] = written.text
  }
  return figures
}
