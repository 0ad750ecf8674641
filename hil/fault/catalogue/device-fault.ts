/**
 * Entries of the catalogue that are lines of `faults`: what a device, its supply, its memory or its clock does wrong.
 *
 * An entry says which lines stage it in a scenario, with instants and lengths that follow from how long the scenario runs
 * and from when it moves anything; here they are put into the file.
 */
import type { Carrier, CatalogueEntry, Injected, WrittenScenario } from '#hil/fault/catalogue-entry'
import { overlapping } from '#hil/scenario/fault-overlap'
import { MOST_FAULTS } from '#hil/scenario/language'
import type { Again, Fault, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import type { Time_us } from '#units/quantity'

/** Keys of a map of a scenario file. */
export type Keys = Readonly<Record<string, unknown>>

/** A line of `faults`. Times are whole microseconds. */
export interface FaultLine {
  readonly fault: Fault['fault']
  readonly at_us: Time_us
  /** Null where the key is left out: to the end of the run, or at once. */
  readonly for_us: Time_us | null
  /** How it comes again; left out where it does not. */
  readonly again?: Again
  /** What else the line says. */
  readonly keys?: Keys
}

/** What stages a fault in a scenario: lines of `faults`, and what else the file then says. */
export interface Staging {
  readonly lines: readonly FaultLine[]
  /** Changes the rest of the file; left out where the lines are all. */
  readonly also?: (written: WrittenScenario) => WrittenScenario
  /** Said beside the lines. */
  readonly words?: string
}

/** Why a scenario has no place for a fault, as a sentence without its full stop. */
export type NoPlace = string

export type DeviceFault = Omit<CatalogueEntry, 'carriedBy' | 'inject'> & {
  /** Default: every rig. */
  readonly carriedBy?: readonly Carrier[]
  readonly stage: (scenario: Scenario, written: WrittenScenario) => Staging | NoPlace
}

const EVERY_RIG: readonly Carrier[] = ['ideal', 'avr', 'wire']
/** Rigs whose rotor and encoder something can take hold of; a bench would need a hand for it. */
export const RIGS_IN_PROCESS: readonly Carrier[] = ['ideal', 'avr']

/** The entry of a fault that is lines of `faults`. */
export function deviceFault({ stage, carriedBy = EVERY_RIG, ...said }: DeviceFault): CatalogueEntry {
  return { ...said, carriedBy, inject: (written, scenario) => injected(stage(scenario, written), written, scenario) }
}

function injected(staging: Staging | NoPlace, written: WrittenScenario, scenario: Scenario): Injected {
  if (typeof staging === 'string') return { applicable: false, reason: staging }
  const { lines, also, words } = staging
  const own = Array.isArray(written['faults']) ? (written['faults'] as readonly unknown[]) : []
  if (own.length + lines.length > MOST_FAULTS) {
    return { applicable: false, reason: `a scenario has at most ${MOST_FAULTS} faults, and this one has ${own.length}` }
  }
  for (const line of lines) {
    const staged = scenario.faults.find((fault) => overlapping(fault, line))
    if (staged !== undefined) return { applicable: false, reason: `the scenario stages "${staged.text}" at that time` }
  }
  const faulty = { ...written, faults: [...own, ...lines.map(writtenLine)] }
  const said = lines.map(lineText)
  const text = [...(words === undefined ? [] : [words]), ...said].join('; ')
  return { applicable: true, written: also === undefined ? faulty : also(faulty), text }
}

function writtenLine(line: FaultLine): Keys {
  const { fault, at_us, for_us } = line
  return { at: duration(at_us), fault, ...keysOf(line), ...(for_us === null ? {} : { for: duration(for_us) }) }
}

function keysOf({ keys = {}, again }: FaultLine): Keys {
  if (again === undefined) return keys
  return { ...keys, every: duration(again.every_us), ...(again.times === null ? {} : { times: again.times }) }
}

function lineText(line: FaultLine): string {
  const { fault, at_us, for_us } = line
  const said = Object.entries(keysOf(line)).map(([key, value]) => `${key} ${valueText(value)}`)
  const lasts = for_us === null ? [] : [`for ${duration(for_us)}`]
  return [`${[fault, ...said].join(', ')} at ${duration(at_us)}`, ...lasts].join(' ')
}

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${String(inner)}`)
    .join(' ')
}
