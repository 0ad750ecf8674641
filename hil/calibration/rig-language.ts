/**
 * The rig file: what was measured of one rig, by what, and until when it holds.
 *
 * The schemas read one value each; rules that tie keys together are applied by the reader. What is documented here is what
 * editors show.
 */
import { z } from 'zod'
import { quantity, volume } from '#hil/scenario/quantities'
import { quoted } from '#hil/scenario/wording'
import { compare, ONE, type Rational, ratio, whole } from '#units/rational'

/** The only version of the file this reader knows. */
const LANGUAGE = 'pumpbench/rig@1'
/** How a rig file begins. */
export const RIG_OPENING = `a rig file begins with "schema: ${LANGUAGE}"`

const LONGEST_TEXT = 200
/** Most instruments a calibration rests on, and most lines of its budget. */
const MOST_LINES = 100
/** No encoder is coarser: it would be none. */
const COARSEST_steps = whole(10_000)
const DAY = String.raw`^\d{4}-\d{2}-\d{2}$`
const FACTOR = /^\d{1,6}(\.\d{1,12})?$/

/** Whether the text is `YYYY-MM-DD` and names a day that exists. */
export function isDay(text: string): boolean {
  if (!new RegExp(DAY).test(text)) return false
  const time = new Date(`${text}T00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

function day(description: string, example: string) {
  return z
    .string()
    .refine(isDay, { error: ({ input }) => `${quoted(String(input))}: a day is written as ${example}` })
    .meta({ description, examples: [example], pattern: DAY })
}

function line(what: string, description: string, example: string) {
  return z
    .string()
    .min(1, { error: `${what} is not empty` })
    .max(LONGEST_TEXT, { error: `${what} is at most ${LONGEST_TEXT} characters` })
    .refine((text) => !/\p{Cc}/u.test(text), { error: `${what} is one line of text without control characters` })
    .meta({ description, examples: [example] })
}

const FACTOR_RULE = 'a coverage factor is a plain number of 1 or more, such as 2'

/** A number without a unit, read exactly. */
const coverage = z
  .union([z.string(), z.number()], { error: FACTOR_RULE })
  .transform((input, context): Rational => {
    const text = String(input)
    const value = FACTOR.test(text) ? plainNumber(text) : undefined
    if (value !== undefined && compare(value, ONE) >= 0) return value
    context.issues.push({ code: 'custom', input, message: `${quoted(text)}: ${FACTOR_RULE}` })
    return z.NEVER
  })
  .meta({
    description: 'Factor by which the standard uncertainty was multiplied to give `uncertainty`.',
    examples: [2],
  })

function plainNumber(text: string): Rational {
  const [integer = '', decimals = ''] = text.split('.')
  return ratio(BigInt(integer + decimals), 10n ** BigInt(decimals.length))
}

const coarse = (value: Rational) =>
  compare(value, COARSEST_steps) > 0 ? 'an encoder with one count for more than 10000 steps is none' : undefined

const instrument = z.strictObject({
  instrument: line('the kind of an instrument', 'What it is.', 'balance'),
  serial: line('a serial number', 'Its serial number, as it tells it itself.', 'B021002593'),
  certificate: line('a certificate number', 'Number of its calibration certificate.', 'K-2026-0117'),
  due: day('Last day on which the certificate holds.', '2026-12-31'),
})

const budgetLine = z.strictObject({
  source: line('a source of uncertainty', 'Where the uncertainty comes from.', 'repeats'),
  standard: quantity(['volume'], {
    description: 'Its part of the standard uncertainty of a step.',
    example: '0.0001 uL',
  }),
})

/** The keys of a rig file. */
export const rigSchema = z.strictObject({
  schema: z
    .literal(LANGUAGE, {
      error: ({ input }) =>
        typeof input === 'string'
          ? `${quoted(input)} is not a version this reader knows; write schema: ${LANGUAGE}`
          : undefined,
    })
    .meta({ description: 'Version of the rig file.' }),
  rig: line('the name of a rig', 'Which rig it is, as `--rig` names it.', 'avr'),
  identity: line('an identity', 'Which one of these it is, as the rig tells it itself.', 'in-process motor'),
  step_volume: volume('Volume that one motor step of this rig truly displaces.', '0.2537 uL'),
  uncertainty: quantity(['volume'], {
    description: 'How far the true step volume may be from it on either side: the expanded uncertainty.',
    example: '0.0006 uL',
    zero: 'a measured quantity has an uncertainty',
  }),
  coverage,
  encoder: quantity(['steps'], {
    description: 'Motor steps that one count of the encoder stands for. Left out: the rig has no encoder.',
    example: '1 step',
    zero: 'an encoder counts something',
    refusal: coarse,
  }).optional(),
  instruments: z
    .array(instrument)
    .min(1)
    .max(MOST_LINES)
    .meta({ description: 'The instruments that the calibration rests on.' }),
  calibrated: day('Day of the calibration.', '2026-01-05'),
  due: day('Last day on which the calibration holds.', '2027-01-04'),
  budget: z
    .array(budgetLine)
    .max(MOST_LINES)
    .meta({ description: 'What the uncertainty is made of, for readers; nothing is computed from it.' })
    .optional(),
  note: line('a note', 'Anything a reader should know.', 'tubing set 12').optional(),
})

/** JSON Schema (draft 2020-12) of a rig file. The reader applies further rules that tie keys together. */
export function rigJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(rigSchema, { io: 'input', target: 'draft-2020-12' })
  return {
    ...schema,
    title: 'pumpbench rig',
    description: 'What was measured of one rig, by what, and until when it holds.',
  }
}
