/**
 * Physical quantities as the keys of a scenario file take them: text of the form `NUMBER UNIT`, read exactly.
 *
 * Each schema carries its documentation, so that the exported JSON Schema explains every key in an editor.
 */
import { z } from 'zod'
import { type Dimension, offeredUnits, parseMeasure } from '#units/measure'
import { isZero, type Rational } from '#units/rational'

/** A quantity with the text that wrote it. */
export interface Written {
  /** As in the file, with single spaces. */
  readonly text: string
  readonly dimension: Dimension
  /** In the base unit of its dimension. */
  readonly value: Rational
}

/** What is asked of a quantity, and how it is explained. */
export interface QuantityRules {
  /** What the key means; shown by editors. */
  readonly description: string
  /** A value a person might write. */
  readonly example: string
  /** Zero is refused, with this as the reason. */
  readonly zero?: string
}

/** Shape of a quantity for editors; the reader's own grammar is stricter. */
const PATTERN = String.raw`^\s*\d+(\.\d+|/\d+)?\s*[A-Za-zµμ%]`

const typeRule = (accepted: readonly Dimension[]) => (issue: { readonly input?: unknown }) => {
  if (issue.input === undefined || issue.input === null) return undefined
  const parsed = parseMeasure(issue.input, accepted)
  return parsed.ok ? undefined : parsed.problem
}

interface Context {
  readonly issues: { push(issue: { code: 'custom'; input: unknown; message: string }): unknown }
}

function written(input: string, accepted: readonly Dimension[], context: Context, zero?: string): Written {
  const parsed = parseMeasure(input, accepted)
  const text = input.trim().replaceAll(/\s+/g, ' ')
  if (parsed.ok && !(zero !== undefined && isZero(parsed.measure.value))) return { text, ...parsed.measure }
  context.issues.push({ code: 'custom', input, message: parsed.ok ? `"${text}": ${zero}` : parsed.problem })
  return z.NEVER
}

/** A quantity of one of the dimensions. */
export function quantity(accepted: readonly Dimension[], { description, example, zero }: QuantityRules) {
  return z
    .string({ error: typeRule(accepted) })
    .meta({
      description: `${description} Units: ${offeredUnits(accepted)}.`,
      examples: [example],
      pattern: PATTERN,
    })
    .transform((input, context): Written => written(input, accepted, context, zero))
}

/** A volume, or a word in its place. */
export function volumeOr<const W extends string>(word: W, description: string, example: string) {
  return z
    .string({ error: typeRule(['volume']) })
    .meta({
      description: `${description} Units: ${offeredUnits(['volume'])}.`,
      examples: [word, example],
      pattern: String.raw`^\s*${word}\s*$|${PATTERN}`,
    })
    .transform((input, context): W | Written => (input === word ? word : written(input, ['volume'], context)))
}

/** An instant, counted from the start of the run. */
export function instant(description: string, example: string) {
  return quantity(['duration'], { description, example })
}

/** A span of time longer than zero. */
export function span(description: string, example: string) {
  return quantity(['duration'], { description, example, zero: 'a duration here is longer than zero' })
}

/** A volume above zero. */
export function volume(description: string, example: string) {
  return quantity(['volume'], { description, example, zero: 'a volume here is above zero' })
}

/** A percentage above zero. */
export function percentage(description: string, example: string) {
  return quantity(['percentage'], { description, example, zero: 'a percentage here is above zero' })
}
