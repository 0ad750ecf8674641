/**
 * Puts an entry of the catalogue of faults into a scenario file: the outcome is a scenario file like any other.
 */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { FAULTS, faultNamed } from '#hil/fault/catalogue'
import type { Carrier, CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import type { RigDefinition } from '#hil/rig/rig'
import { LONGEST_NAME } from '#hil/scenario/names'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import type { Scenario } from '#hil/scenario/types'
import { didYouMean, quoted } from '#hil/scenario/wording'

/** What carries faults on a rig. */
function carrierOf({ name }: Pick<RigDefinition, 'name'>): Carrier {
  return name === 'ideal' || name === 'avr' ? name : 'wire'
}

/** Why a rig cannot carry a fault; null where it can. */
export function uncarried(entry: CatalogueEntry, rig: Pick<RigDefinition, 'name'>): string | null {
  if (entry.carriedBy.includes(carrierOf(rig))) return null
  return `the rig ${rig.name} cannot carry it; ${entry.carriedBy.join(' and ')} can`
}

/** The entry of a name, or what is wrong with the name. */
export function entryNamed(
  name: string,
): { readonly ok: true; readonly entry: CatalogueEntry } | { readonly ok: false; readonly problem: string } {
  const entry = faultNamed(name)
  if (entry !== undefined) return { ok: true, entry }
  const names = FAULTS.map((one) => one.name)
  return {
    ok: false,
    problem: `there is no fault ${quoted(name)}; "pumpbench faults" lists them${didYouMean(name, names)}`,
  }
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
