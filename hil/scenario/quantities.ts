/**
 * Physical quantities as the keys of a scenario file take them: text of the form `NUMBER UNIT`, read exactly.
 *
 * Each schema carries its documentation, so that the exported JSON Schema explains every key in an editor.
 */
import { z } from 'zod'
import { found } from '#hil/scenario/wording'
import { type Dimension, mayBeNegative, offeredUnits, parseMeasure } from '#units/measure'
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
  /** What else is wrong with a value, if anything. */
  readonly refusal?: (value: Rational) => string | undefined
}

/** Shape of a quantity for editors; the reader's own grammar is stricter. */
const PATTERN = String.raw`^\s*\d+(\.\d+|/\d+)?\s*[A-Za-zµμ%]`
const SIGNED_PATTERN = PATTERN.replace(String.raw`\d`, String.raw`[-+]?\d`)

const typeRule = (accepted: readonly Dimension[]) => (issue: { readonly input?: unknown }) => {
  if (issue.input === undefined || issue.input === null) return undefined
  const parsed = parseMeasure(issue.input, accepted)
  return parsed.ok ? undefined : parsed.problem
}

interface Context {
  readonly issues: { push(issue: { code: 'custom'; input: unknown; message: string }): unknown }
}

type Limits = Pick<QuantityRules, 'zero' | 'refusal'>

function written(input: string, accepted: readonly Dimension[], context: Context, { zero, refusal }: Limits): Written {
  const parsed = parseMeasure(input, accepted)
  const text = input.trim().replaceAll(/\s+/g, ' ')
  const wrong = parsed.ok ? ((isZero(parsed.measure.value) ? zero : undefined) ?? refusal?.(parsed.measure.value)) : ''
  if (parsed.ok && wrong === undefined) return { text, ...parsed.measure }
  context.issues.push({ code: 'custom', input, message: parsed.ok ? `"${text}": ${wrong}` : parsed.problem })
  return z.NEVER
}

/** A quantity of one of the dimensions. */
export function quantity(accepted: readonly Dimension[], { description, example, ...limits }: QuantityRules) {
  return z
    .string({ error: typeRule(accepted) })
    .meta({
      description: `${description} Units: ${offeredUnits(accepted)}.`,
      examples: [example],
      pattern: mayBeNegative(accepted) ? SIGNED_PATTERN : PATTERN,
    })
    .transform((input, context): Written => written(input, accepted, context, limits))
}

/** A volume, or a word in its place. */
export function volumeOr<const W extends string>(word: W, { description, example, ...limits }: QuantityRules) {
  return z
    .string({ error: typeRule(['volume']) })
    .meta({
      description: `${description} Units: ${offeredUnits(['volume'])}.`,
      examples: [word, example],
      pattern: String.raw`^\s*${word}\s*$|${PATTERN}`,
    })
    .transform((input, context): W | Written => (input === word ? word : written(input, ['volume'], context, limits)))
}

/** A whole number; `rule` says of one outside of the bounds what it should have been. */
export function count(least: number, most: number, rule: string, description: string) {
  const error = ({ input }: { readonly input?: unknown }) => `${String(input)}: ${rule} from ${least} to ${most}`
  return z.int().min(least, { error }).max(most, { error }).meta({ description })
}

/** One of several shapes; `shapes` names them for a value that has none of them. */
export function choice<const S extends readonly [z.ZodType, ...z.ZodType[]]>(shapes: string, options: S) {
  return z.union(options, {
    error: ({ input }) =>
      input === undefined || input === null ? `; it is ${shapes}` : `${found(input)} is not ${shapes}`,
  })
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
