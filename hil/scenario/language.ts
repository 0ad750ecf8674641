/**
 * The scenario language: which keys a file may hold, and what each one means.
 *
 * The schemas read one value each and know nothing of their neighbors; rules that tie keys together, such as an entry
 * lying within the run, are applied by the reader. What is documented here is what editors show.
 */
import { z } from 'zod'
import { checkSchema } from '#hil/scenario/check-language'
import { catheterSchema, pumpSchema } from '#hil/scenario/pump-language'
import { instant, quantity, span, volumeOr } from '#hil/scenario/quantities'
import { quoted } from '#hil/scenario/wording'

/** The only language version this reader knows. */
const LANGUAGE = 'pumpbench/scenario@1'
/** Most entries of a prescription or programming. */
export const MOST_ENTRIES = 10_000
/** Most events of a scenario. */
export const MOST_EVENTS = 1000
/** Most checks of a scenario. */
export const MOST_CHECKS = 1000
/** Most requirements a scenario names. */
export const MOST_REQUIREMENTS = 1000

const LONGEST_NAME = 64
const LONGEST_SOURCE = 1000
/** Seeds are 32-bit. */
export const LARGEST_SEED = 2 ** 32 - 1

const SLUG_RULE = `at most ${LONGEST_NAME} lower-case letters, digits and single hyphens between them, such as`
const refused = (rule: string) => (issue: { readonly input?: unknown }) =>
  typeof issue.input === 'string' ? `${quoted(issue.input)}: ${rule}` : undefined

const nameRule = refused(`a scenario is named with ${SLUG_RULE} flex-1000`)
const drugRule = refused(`a drug is named with ${SLUG_RULE} baclofen, a letter first`)

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: nameRule, abort: true })
  .max(LONGEST_NAME, { error: nameRule })
  .meta({ description: 'Unique name of the scenario, by which results refer to it.', examples: ['flex-1000'] })

const drug = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: drugRule, abort: true })
  .max(LONGEST_NAME, { error: drugRule })
  .meta({ description: 'Name of the drug; the same name is the same drug.', examples: ['baclofen'] })

const source = z
  .string()
  .max(LONGEST_SOURCE, { error: `a source is at most ${LONGEST_SOURCE} characters` })
  .refine((text) => !/\p{Cc}/u.test(text), { error: 'a source is one line of text without control characters' })
  .meta({ description: 'Where the case comes from: authors, year, identifier.' })

const seed = z
  .int()
  .min(0, { error: ({ input }) => `${input} is negative; a seed is a whole number from 0 to ${LARGEST_SEED}` })
  .max(LARGEST_SEED, {
    error: ({ input }) => `${input} is too large; a seed is a whole number from 0 to ${LARGEST_SEED}`,
  })
  .meta({ description: 'All randomness of the run derives from it. Default 1.' })

const concentration = quantity(['concentration'], {
  description: 'Drug mass in a volume.',
  example: '500 ug/mL',
  zero: 'a fill contains drug',
})
const filled = quantity(['volume'], {
  description: 'Volume filled into the reservoir.',
  example: '20 mL',
  zero: 'a fill has a volume',
})

/** What the pump is told of a fill; a missing key is as the true fill. */
const programmed = z
  .strictObject({ drug: drug.optional(), concentration: concentration.optional(), volume: filled.optional() })
  .meta({ description: 'What the pump is told, where that differs from the truth. A missing key is as the true fill.' })

/** The fill at the start of the run. */
export const fillSchema = z
  .strictObject({ drug, concentration, volume: filled, programmed: programmed.optional() })
  .meta({ description: 'What is truly in the reservoir at the start.' })

const zeroRate = 'a therapy delivers something; write mode: stopped to deliver nothing'
const doseRate = quantity(['mass rate', 'volume rate'], {
  description: 'Dose per time, as drug mass or as volume.',
  example: '50 ug/d',
  zero: zeroRate,
})

/** What holds until the next therapy. */
export const therapySchema = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('stopped').meta({ description: 'The pump delivers nothing.' }) }),
    z.strictObject({
      mode: z
        .literal('minimum-rate')
        .meta({ description: 'The lowest rate of the pump, which keeps its tube in order.' }),
    }),
    z.strictObject({
      mode: z.literal('simple-continuous').meta({ description: 'One rate, day and night.' }),
      dose: doseRate,
    }),
  ])
  .meta({ description: 'What holds from this time until the next therapy.' })

/** A dose given once, on top of the therapy. */
export const bolusSchema = z
  .strictObject({
    dose: quantity(['mass', 'volume'], {
      description: 'The whole dose, as drug mass or as volume.',
      example: '100 ug',
      zero: 'a bolus has a dose; leave the entry out to give nothing',
    }),
    over: span('How long the bolus takes, at a constant rate.', '10 min'),
  })
  .meta({ description: 'A dose given once, on top of the therapy.' })

const at = instant('When, counted from the start of the run; before its end.', '30 d')

/** One line of `prescription` or `programming`: a time with a therapy or a bolus. */
export const entrySchema = z
  .strictObject({
    at,
    therapy: therapySchema.optional(),
    bolus: bolusSchema.optional(),
    confirm: z
      .boolean()
      .meta({ description: 'Whether the programmer confirms the warnings the pump raises. Default true.' })
      .optional(),
  })
  .meta({ oneOf: [{ required: ['therapy'] }, { required: ['bolus'] }] })

const withdraw = volumeOr('all', 'How much is drawn from the reservoir before the fill. Default all.', '9.8 mL')

/** A refill: what is drawn, what is filled, and what the pump is told. */
export const refillSchema = z
  .strictObject({
    withdraw: withdraw.optional(),
    fill: z.strictObject({ drug, concentration, volume: filled }).meta({ description: 'What is truly filled.' }),
    programmed: programmed.optional(),
  })
  .meta({ description: 'A refill of the reservoir.' })

/** One line of `events`: a time with a refill or something to do. */
export const eventSchema = z
  .strictObject({
    at,
    do: z.enum(['interrogate']).meta({ description: 'interrogate: read the pump by telemetry.' }).optional(),
    refill: refillSchema.optional(),
  })
  .meta({ oneOf: [{ required: ['do'] }, { required: ['refill'] }] })

const requirementRule = refused(
  'a requirement is named with letters, digits, ".", "_" and "-", a letter first, such as R4',
)

/** Identifier of a requirement that the scenario gives evidence for. */
export const requirementSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, { error: requirementRule, abort: true })
  .max(LONGEST_NAME, { error: requirementRule })

const clock = z
  .string()
  .refine(isLocalTime, { error: refused('a clock is a real date and local time, such as 2026-01-05T08:00') })
  .meta({ description: 'True local time at the start of the run.', examples: ['2026-01-05T08:00'] })

/** Whether the text is `YYYY-MM-DDTHH:MM[:SS]` and names a day that exists. */
function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return false
  const time = new Date(`${text}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

const entries = (description: string) => z.array(entrySchema).max(MOST_ENTRIES).meta({ description })

/** The keys of a scenario file. */
export const scenarioSchema = z.strictObject({
  schema: z
    .literal(LANGUAGE, { error: ({ input }) => schemaRule(input) })
    .meta({ description: 'Version of the scenario language.' }),
  name,
  source: source.optional(),
  seed: seed.optional(),
  pump: pumpSchema,
  catheter: catheterSchema.optional(),
  fill: fillSchema,
  line: z
    .enum(['filled', 'empty'])
    .meta({
      description: 'What tube and catheter hold at the start: the drug of the fill, or nothing. Default filled.',
    })
    .optional(),
  clock,
  duration: span('How long the run lasts, in simulated time: at most 20 years.', '7 d'),
  prescription: entries('What the prescriber meant.').min(1),
  programming: entries('What is sent to the pump. Left out: the prescription.').optional(),
  events: z.array(eventSchema).max(MOST_EVENTS).meta({ description: 'What else happens.' }).optional(),
  faults: z.array(z.never()).max(0).meta({ description: 'Not run by this version; an empty list is fine.' }).optional(),
  checks: z
    .array(checkSchema)
    .min(1)
    .max(MOST_CHECKS)
    .meta({ description: 'What must be true of the outcome. Left out: tracking within one step over the whole run.' })
    .optional(),
  sample: span('Spacing of the samples in the result. Default 1 h up to 90 d of duration, else 1 d.', '1 h').optional(),
  requirements: z
    .array(requirementSchema)
    .max(MOST_REQUIREMENTS)
    .meta({ description: 'Requirements the scenario gives evidence for.' })
    .optional(),
})

function schemaRule(input: unknown): string | undefined {
  if (typeof input !== 'string') return undefined
  return `${quoted(input)} is not a language this version reads; write schema: ${LANGUAGE}`
}
