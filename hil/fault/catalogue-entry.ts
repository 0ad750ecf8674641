/**
 * What the catalogue of faults says of each: what happens, with which figures, where that is known from, who should notice
 * first, and how it is put into any scenario.
 *
 * A fault of a device, a line or a clock is a line of `faults`; a programming error is a change of what is programmed, filled
 * or asked for. Either way an entry takes what a scenario file says to what it says with the fault in it, so that the outcome
 * is a file like any other: it is read, run, judged and kept by the same means, and runs alone.
 */
import type { Scenario } from '#hil/scenario/types'

/** Where a fault strikes. */
export type FaultGroup = 'plant' | 'link' | 'power' | 'memory' | 'clock' | 'programming'

/**
 * Who can notice that something is wrong, in the order in which it could stop harm: the pump refuses what it is told; the
 * programmer is shown a warning; the pump alarms; the bench finds the volume wrong; the bench finds the drug at the tip
 * wrong; only the refill shows it; nobody can.
 */
export const DETECTORS = [
  'refused',
  'warned',
  'alarmed',
  'volume-check',
  'dose-check',
  'reconciliation',
  'nobody',
] as const
export type Detector = (typeof DETECTORS)[number]

/** A rig, by the name of its kind: those in process by name, `wire` for those at the end of a cable. */
export type Carrier = 'ideal' | 'avr' | 'wire'

/** A figure of a fault. */
export interface FaultParameter {
  /** The key in a scenario file, or what the figure is called where the file has no key for it. */
  readonly name: string
  readonly meaning: string
  /** What it may be, with units. */
  readonly range: string
  /** What the catalogue's own injection takes. */
  readonly taken: string
}

/** What a scenario file says, as plain data: text, whole numbers, booleans, lists and maps. */
export type WrittenScenario = Readonly<Record<string, unknown>>

/** A scenario with a fault in it, or why it has no place for that fault. */
export type Injected =
  | {
      readonly applicable: true
      readonly written: WrittenScenario
      /** What was done, in words: `simple-continuous 400 ug/d entered as 4000 ug/d at 2 d`. */
      readonly text: string
    }
  | { readonly applicable: false; readonly reason: string }

/** What can make another one notice first than the catalogue expects, each in words that follow "where". */
export const CONDITIONS = {
  refused: 'the pump refuses something of what it is told, by its range or by a limit',
  given: 'the pump can give at once what it is told, and no limit forbids it',
  warned: 'the programmer is warned, by a limit or because what runs cannot go on',
  tolerable: 'it comes to no more than the tolerance of the pump, of all that is prescribed in the run',
  dry: 'the reservoir runs dry before it is filled again',
  enough: 'what is in the reservoir lasts until it is filled again or the run ends',
  lasting: 'what the pump was told lasts until it is filled again or the run ends',
  stronger: 'the reservoir is filled with another concentration, so that drug parts sooner than volume',
  programmed: 'something is programmed at the same instant',
} as const

export type Condition = keyof typeof CONDITIONS

/** Who is expected to notice first instead, where the condition holds. */
export interface Otherwise {
  readonly expected: Detector
  readonly where: Condition
}

/** One entry of the catalogue. */
export interface CatalogueEntry {
  /** Unique slug, such as `motor-stall-permanent` or `ten-fold-dose`. */
  readonly name: string
  readonly group: FaultGroup
  readonly mechanism: string
  readonly parameters: readonly FaultParameter[]
  /** Where it is known from: paper, notice, standard or clause. */
  readonly source: string
  /** Who should notice first, on a bench with default checks, and why nobody sooner. */
  readonly expected: Detector
  readonly because: string
  /** Who else, and where. */
  readonly otherwise?: readonly Otherwise[]
  readonly carriedBy: readonly Carrier[]
  /** The same for the same scenario: nothing is drawn here but from the scenario's seed. */
  readonly inject: (written: WrittenScenario, scenario: Scenario) => Injected
}
