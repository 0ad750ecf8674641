/**
 * A programming error as an operator: from what a scenario file says to the same file with that error in it.
 *
 * Prescription and checks stay what they were, so that what should have happened is still known. An error may be possible
 * at several places of a file, such as each of its entries; the catalogue takes the first that gives a file which can be
 * read, and tests may take them all.
 */
import type { CatalogueEntry, Injected, WrittenScenario } from '#hil/fault/catalogue-entry'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'

/** The error at one place, and what was done, in words. */
export interface Place {
  readonly written: WrittenScenario
  readonly text: string
}

/** Every place at which the error can be made, the one that matters most first; or why there is none. */
export type Places = readonly Place[] | string

/** A programming error. */
export interface ProgrammingError extends Omit<CatalogueEntry, 'group' | 'carriedBy' | 'inject'> {
  readonly places: (written: WrittenScenario, scenario: Scenario) => Places
}

/** The keys that an error may change. */
const CHANGED = ['programming', 'events', 'fill', 'pump_clock'] as const

/** The error at every place where it gives a file that can be read and differs; or why it cannot be made here. */
export function everyPlace(error: ProgrammingError, written: WrittenScenario, scenario: Scenario): Places {
  const tried = triedIn(error, written, scenario)
  if (typeof tried === 'string') return tried
  const all = [...tried]
  const places = all.filter(isPlace)
  return places.length > 0 ? places : (all.filter(isReason)[0] ?? NO_DIFFERENCE)
}

/** The entry of the catalogue that makes the error at its first place. */
export function entryOf(error: ProgrammingError): CatalogueEntry {
  const { places: _, ...described } = error
  return { ...described, group: 'programming', carriedBy: ['ideal', 'avr', 'wire'], inject: injection(error) }
}

const NO_DIFFERENCE = 'it would make no difference to what is programmed'

function injection(error: ProgrammingError): CatalogueEntry['inject'] {
  return (written, scenario): Injected => {
    const tried = triedIn(error, written, scenario)
    if (typeof tried === 'string') return { applicable: false, reason: tried }
    let reason = NO_DIFFERENCE
    for (const one of tried) {
      if (isPlace(one)) return { applicable: true, ...one }
      reason = one
    }
    return { applicable: false, reason }
  }
}

function isPlace(one: Place | string): one is Place {
  return typeof one !== 'string'
}

function isReason(one: Place | string): one is string {
  return typeof one === 'string'
}

/** The places that make a difference, one by one; a place whose file could not be read as what is wrong with it. */
function triedIn(error: ProgrammingError, written: WrittenScenario, scenario: Scenario) {
  const places = error.places(written, scenario)
  return typeof places === 'string' ? places : tried(places, written, scenario)
}

function* tried(places: readonly Place[], written: WrittenScenario, { origin, seed }: Scenario) {
  const said = saying(written)
  for (const place of places) {
    if (saying(place.written) === said) continue
    const { modelFigures } = origin
    const parsed = parseScenario(textOf(place.written), 'the file with the error in it', { modelFigures, seed })
    const [problem] = parsed.ok ? [] : parsed.problems
    yield problem === undefined ? place : `no file can say it: ${problemText(problem)}`
  }
}

/** What an error can make unreadable; JSON is YAML, and what is demanded of the run takes long to read. */
function textOf({ checks: _, faults: __, tags: ___, requirements: ____, ...rest }: WrittenScenario): string {
  return JSON.stringify(rest)
}

function saying(written: WrittenScenario): string {
  const programming = written['programming'] ?? written['prescription']
  return JSON.stringify(CHANGED.map((key) => (key === 'programming' ? programming : written[key]) ?? null))
}
