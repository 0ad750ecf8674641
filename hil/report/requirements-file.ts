/**
 * The file of requirements: what must be true of the pump, what happens to whom where it is not, and where that comes
 * from. Scenarios and checks name the ids; a result says how each of them fared.
 */
import { z } from 'zod'
import { Findings } from '#hil/scenario/findings'
import { requirementSchema, sourceSchema } from '#hil/scenario/names'
import type { Problem } from '#hil/scenario/problem'
import { type Path, positions, readSheet } from '#hil/scenario/sheet'
import { given, read, unknownKeys, valueIn } from '#hil/scenario/structure'
import { listAt } from '#hil/scenario/timeline'
import type { Scenario } from '#hil/scenario/types'
import { didYouMean, found, quoted } from '#hil/scenario/wording'

/** One requirement, as its file gives it. */
export interface Requirement {
  readonly id: string
  readonly text: string
  /** What happens to whom where it is not met. */
  readonly risk: string
  readonly source?: string
}

/** The requirements of a file, or every problem of it in the order of the text. */
export type ParsedRequirements =
  | { readonly ok: true; readonly requirements: readonly Requirement[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** The only version of the file this reader knows. */
const LANGUAGE = 'pumpbench/requirements@1'
const OPENING = `a file of requirements begins with "schema: ${LANGUAGE}"`
const MOST_REQUIREMENTS = 1000
const LONGEST_TEXT = 1000

const sentence = (what: string, example: string) =>
  z
    .string()
    .min(1, { error: `${what} is not empty` })
    .max(LONGEST_TEXT, { error: `${what} is at most ${LONGEST_TEXT} characters` })
    .refine((text) => !/\p{Cc}/u.test(text.trim()), { error: `${what} is one paragraph without control characters` })
    .meta({ examples: [example] })

const schemaSchema = z
  .literal(LANGUAGE, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `${quoted(input)} is not a version this reader knows; write schema: ${LANGUAGE}`
        : undefined,
  })
  .meta({ examples: [LANGUAGE] })

const oneSchema = z.strictObject({
  id: requirementSchema.meta({ examples: ['R4'] }),
  text: sentence('the text of a requirement', 'A stalled motor is noticed within 4 h.'),
  risk: sentence('the risk of a requirement', 'Withdrawal that nobody is warned of.'),
  source: sourceSchema.optional(),
})

const KEYS = ['schema', 'requirements']

/** Reads the text of a file of requirements. `file` is only quoted in problems. Never throws on account of the text. */
export function parseRequirements(text: string, file: string): ParsedRequirements {
  const findings = new Findings(readSheet(text, OPENING))
  const requirements = findings.sheet.root === undefined ? [] : readAll(findings)
  if (findings.count > 0) return { ok: false, problems: findings.problems(file, text) }
  return { ok: true, requirements }
}

function readAll(findings: Findings): readonly Requirement[] {
  const { root } = findings.sheet
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    findings.add([], `${OPENING}, found ${found(root)}`)
    return []
  }
  const unknown = Object.keys(root).filter((key) => !KEYS.includes(key))
  unknownKeys(findings, [], unknown, KEYS)
  read(findings, ['schema'], schemaSchema)
  if (!given(findings, ['requirements'])) findings.add([], 'missing key "requirements"; it takes a list')
  const paths = listAt(findings, ['requirements'], MOST_REQUIREMENTS)
  if (paths.length === 0 && findings.count === 0) {
    findings.add(['requirements'], 'no requirement is listed; write one, or do without the file')
  }
  const seen = new Set<string>()
  return paths.flatMap((path) => readOne(findings, path, seen) ?? [])
}

function readOne(findings: Findings, path: Path, seen: Set<string>): Requirement | undefined {
  const one = read(findings, path, oneSchema)
  if (one === undefined) return undefined
  if (seen.has(one.id)) findings.add([...path, 'id'], `the id ${quoted(one.id)} is already that of another requirement`)
  seen.add(one.id)
  const { id, text, risk, source } = one
  return { id, text: text.trim(), risk: risk.trim(), ...(source === undefined ? {} : { source }) }
}

/** The ids that the scenario names, on itself or on its checks. */
export function requirementsOf(scenario: Scenario): ReadonlySet<string> {
  return new Set([...scenario.requirements, ...scenario.checks.flatMap((check) => check.requirements ?? [])])
}

/** Every id that a scenario names and the file of requirements lacks, where the scenario names it. */
export function unknownRequirements(
  scenario: Scenario,
  file: string,
  requirements: readonly Requirement[],
  requirementsFile: string,
): readonly Problem[] {
  const known = requirements.map(({ id }) => id)
  const findings = new Findings(readSheet(scenario.origin.text, OPENING))
  const { root } = findings.sheet
  const lists: readonly Path[] = [
    ['requirements'],
    ...scenario.checks.map((_, index): Path => ['checks', index, 'requirements']),
  ]
  const position = positions(scenario.origin.text)
  return lists.flatMap((list) => {
    const ids = valueIn(root, list)
    if (!Array.isArray(ids)) return []
    return ids.flatMap((id: unknown, index): Problem[] => {
      if (typeof id !== 'string' || known.includes(id)) return []
      const message = `${quoted(id)} is not a requirement of ${requirementsFile}${didYouMean(id, known)}`
      const hint = message.endsWith('?') ? '' : `; it has ${listed(known)}`
      return [{ file, ...position(findings.sheet.valueAt([...list, index])), message: message + hint }]
    })
  })
}

/** Ids that a message lists at most. */
const MOST_LISTED = 20

function listed(ids: readonly string[]): string {
  const more = ids.length - MOST_LISTED
  return `${ids.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
