/**
 * Puts an entry of the catalogue of faults into a scenario file: the outcome is a scenario file like any other.
 */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { FAULTS as DEVICE_ENTRIES } from '#hil/fault/catalogue'
import type { Carrier, CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import { PROGRAMMING_ENTRIES } from '#hil/fault/programming/errors'
import type { RigDefinition } from '#hil/rig/rig'
import { LONGEST_NAME } from '#hil/scenario/names'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import type { Scenario } from '#hil/scenario/types'
import { closest, quoted } from '#hil/scenario/wording'

/** Every entry, each name once. */
export const ENTRIES: readonly CatalogueEntry[] = [
  ...new Map([...DEVICE_ENTRIES, ...PROGRAMMING_ENTRIES].map((entry) => [entry.name, entry])).values(),
]

/** What carries faults on a rig. */
function carrierOf({ name }: Pick<RigDefinition, 'name'>): Carrier {
  return name === 'ideal' || name === 'avr' ? name : 'wire'
}

/** Why a rig cannot carry a fault; null where it can. */
export function uncarried(entry: CatalogueEntry, rig: Pick<RigDefinition, 'name'>): string | null {
  if (entry.carriedBy.includes(carrierOf(rig))) return null
  return `the rig ${rig.name} cannot carry it; ${entry.carriedBy.join(' and ')} can`
}

/** Names that a message lists at most. */
const MOST_LISTED = 5

/** The entry of a name, or what is wrong with the name and which are closest to it. */
export function entryNamed(
  name: string,
): { readonly ok: true; readonly entry: CatalogueEntry } | { readonly ok: false; readonly problem: string } {
  const entry = ENTRIES.find((one) => one.name === name)
  if (entry !== undefined) return { ok: true, entry }
  const names = nearest(
    name,
    ENTRIES.map((one) => one.name),
  ).slice(0, MOST_LISTED)
  return {
    ok: false,
    problem: `no fault of the catalogue is named ${quoted(name)}; the closest are ${names.join(', ')}`,
  }
}

/** The names in the order of how much they share with what was written. */
function nearest(word: string, names: readonly string[]): readonly string[] {
  const meant = closest(word, names)
  const shared = (name: string) => {
    const pieces = piecesOf(name)
    return piecesOf(word).filter((piece) => pieces.includes(piece)).length / Math.sqrt(Math.max(1, pieces.length))
  }
  const rest = names.filter((name) => name !== meant).toSorted((a, b) => shared(b) - shared(a))
  return meant === undefined ? rest : [meant, ...rest]
}

function piecesOf(word: string): readonly string[] {
  return Array.from({ length: Math.max(0, word.length - 2) }, (_, n) => word.slice(n, n + 3).toLowerCase())
}

/** A scenario with a fault in it. */
export type Faulty =
  | {
      readonly ok: true
      readonly scenario: Scenario
      readonly text: string
      readonly sha256: string
      readonly words: string
    }
  | { readonly ok: false; readonly reason: string }

/** The scenario with the fault in it, under a name of its own; or why it has no place for it. */
export function faulty(entry: CatalogueEntry, scenario: Scenario, file: string): Faulty {
  const { text: original, modelFigures } = scenario.origin
  const written = readSheet(original, SCENARIO_OPENING).root as WrittenScenario
  const injected = entry.inject(written, scenario)
  if (!injected.applicable) return { ok: false, reason: injected.reason }
  const text = stringify({ ...injected.written, name: nameWith(scenario.name, entry.name) }, { lineWidth: 0 })
  const sha256 = createHash('sha256').update(text).digest('hex')
  const parsed = parseScenario(text, file, { sha256, seed: scenario.seed, modelFigures })
  if (!parsed.ok)
    return { ok: false, reason: `the file with it cannot be read: ${parsed.problems.map(problemText).join('; ')}` }
  return { ok: true, scenario: parsed.scenario, text, sha256, words: injected.text }
}

/** `flex-1000-with-motor-stall`, cut where a name may be no longer. */
function nameWith(scenario: string, fault: string): string {
  const tail = `-with-${fault}`
  const head = scenario.slice(0, Math.max(1, LONGEST_NAME - tail.length))
  return `${head}${tail}`.slice(0, LONGEST_NAME).replaceAll(/-+/g, '-').replace(/-$/, '')
}
