/** What a scenario names: itself, its source, drugs, and requirements it gives evidence for. */
import { z } from 'zod'
import { quoted } from '#hil/scenario/wording'

export const LONGEST_NAME = 64
const LONGEST_SOURCE = 1000
const SLUG_RULE = `at most ${LONGEST_NAME} lower-case letters, digits and single hyphens between them, such as`

const refused = (rule: string) => (issue: { readonly input?: unknown }) =>
  typeof issue.input === 'string' ? `${quoted(issue.input)}: ${rule}` : undefined

const nameRule = refused(`a scenario is named with ${SLUG_RULE} flex-1000`)
const drugRule = refused(`a drug is named with ${SLUG_RULE} baclofen, a letter first`)
const tagRule = refused(`a tag is written with ${SLUG_RULE} nightly`)
const requirementRule = refused(
  'a requirement is named with letters, digits, ".", "_" and "-", a letter first, such as R4',
)

/** Name of a scenario: a slug. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: nameRule, abort: true })
  .max(LONGEST_NAME, { error: nameRule })
  .meta({ description: 'Unique name of the scenario, by which results refer to it.', examples: ['flex-1000'] })

/** Name of a drug: a slug that begins with a letter. */
export const drugSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: drugRule, abort: true })
  .max(LONGEST_NAME, { error: drugRule })
  .meta({ description: 'Name of the drug; the same name is the same drug.', examples: ['baclofen'] })

/** One line of text. */
export const sourceSchema = z
  .string()
  .max(LONGEST_SOURCE, { error: `a source is at most ${LONGEST_SOURCE} characters` })
  .refine((text) => !/\p{Cc}/u.test(text), { error: 'a source is one line of text without control characters' })
  .meta({ description: 'Where the case comes from: authors, year, identifier.' })

/** A tag by which scenarios are chosen: a slug. */
export const tagSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: tagRule, abort: true })
  .max(LONGEST_NAME, { error: tagRule })

/** Identifier of a requirement that the scenario gives evidence for. */
export const requirementSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, { error: requirementRule, abort: true })
  .max(LONGEST_NAME, { error: requirementRule })
