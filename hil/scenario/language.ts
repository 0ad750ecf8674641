/**
 * The scenario language: which keys a file may hold, and what each one means.
 *
 * The schemas read one value each and know nothing of their neighbors; rules that tie keys together, such as an entry
 * lying within the run, are applied by the reader. What is documented here is what editors show.
 */
import { z } from 'zod'
import { checkSchema } from '#hil/scenario/check-language'
import { localTime } from '#hil/scenario/clock'
import { eventSchema } from '#hil/scenario/event-language'
import { faultSchema } from '#hil/scenario/fault-language'
import { fillSchema } from '#hil/scenario/fill-language'
import { limitsSchema } from '#hil/scenario/limit-language'
import { nameSchema, requirementSchema, sourceSchema, tagSchema } from '#hil/scenario/names'
import { plantSchema } from '#hil/scenario/plant-language'
import { catheterSchema, pumpSchema } from '#hil/scenario/pump-language'
import { span } from '#hil/scenario/quantities'
import { entrySchema } from '#hil/scenario/therapy-language'
import { LINE_CONTENTS } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'

/** The only language version this reader knows. */
const LANGUAGE = 'pumpbench/scenario@1'
/** Most entries of a prescription or programming. */
export const MOST_ENTRIES = 10_000
/** Most events of a scenario. */
export const MOST_EVENTS = 1000
/** Most faults of a scenario. */
export const MOST_FAULTS = 1000
/** Most checks of a scenario. */
export const MOST_CHECKS = 1000
/** Most tags of a scenario. */
export const MOST_TAGS = 100
/** Most requirements a scenario names. */
export const MOST_REQUIREMENTS = 1000

/** Seeds are 32-bit. */
export const LARGEST_SEED = 2 ** 32 - 1

const seed = z
  .int()
  .min(0, { error: ({ input }) => `${input} is negative; a seed is a whole number from 0 to ${LARGEST_SEED}` })
  .max(LARGEST_SEED, {
    error: ({ input }) => `${input} is too large; a seed is a whole number from 0 to ${LARGEST_SEED}`,
  })
  .meta({ description: 'All randomness of the run derives from it. Default 1.' })

const entries = (description: string) => z.array(entrySchema).max(MOST_ENTRIES).meta({ description })

/** The keys of a scenario file. */
export const scenarioSchema = z.strictObject({
  schema: z
    .literal(LANGUAGE, { error: ({ input }) => schemaRule(input) })
    .meta({ description: 'Version of the scenario language.' }),
  name: nameSchema,
  source: sourceSchema.optional(),
  tags: z
    .array(tagSchema)
    .max(MOST_TAGS)
    .meta({ description: 'Words by which scenarios are chosen: run --tag, list --tag.', examples: [['nightly']] })
    .optional(),
  seed: seed.optional(),
  pump: pumpSchema,
  catheter: catheterSchema.optional(),
  fill: fillSchema,
  line: z
    .enum(LINE_CONTENTS)
    .meta({
      description:
        'What tube and catheter hold at the start: the drug of the fill, fluid without drug, or nothing. Default filled.',
    })
    .optional(),
  plant: plantSchema.optional(),
  clock: localTime('True local time at the start of the run.', '2026-01-05T08:00'),
  pump_clock: localTime(
    'What the clock of the pump shows at the start of the run. Default: the true local time.',
    '2026-01-05T08:00',
  ).optional(),
  limits: limitsSchema.optional(),
  duration: span('How long the run lasts, in simulated time: at most 20 years.', '7 d'),
  prescription: entries('What the prescriber meant.').min(1),
  programming: entries('What is sent to the pump. Left out: the prescription.').optional(),
  events: z.array(eventSchema).max(MOST_EVENTS).meta({ description: 'What else happens.' }).optional(),
  faults: z.array(faultSchema).max(MOST_FAULTS).meta({ description: 'What goes wrong.' }).optional(),
  checks: z
    .array(checkSchema)
    .min(1)
    .max(MOST_CHECKS)
    .meta({
      description:
        'What must be true of the outcome. Left out: tracking within one step over the whole run; with faults, the ' +
        'delivered volume within the tolerance of the pump, and no alarm.',
    })
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
