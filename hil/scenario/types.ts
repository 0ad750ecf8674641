/**
 * A scenario after it was read: what a clinician prescribed, what was sent to the pump, what else happened, and what
 * must be true of the outcome.
 *
 * Every quantity is exact and branded, every default is filled in, every rule of the file has been checked. Nothing here
 * knows how a pump works; the oracle reads these types and nothing else.
 */
import type { PumpModel } from '#firmware-sim/model'
import type { ModelKey } from '#firmware-sim/models'
import type {
  Concentration_ug_per_uL,
  Fraction,
  Mass_ug,
  MassRate_ug_per_us,
  Time_us,
  Volume_uL,
  VolumeRate_uL_per_us,
} from '#units/quantity'

/** An amount of drug, by mass or by volume: the two ways a dose is written. */
export type Dose =
  | { readonly by: 'mass'; readonly mass_ug: Mass_ug }
  | { readonly by: 'volume'; readonly volume_uL: Volume_uL }

/** A dose per time, by mass or by volume. */
export type DoseRate =
  | { readonly by: 'mass'; readonly rate_ug_per_us: MassRate_ug_per_us }
  | { readonly by: 'volume'; readonly rate_uL_per_us: VolumeRate_uL_per_us }

/** What holds from its time until the next therapy. */
export type Therapy =
  | { readonly mode: 'stopped' }
  | { readonly mode: 'minimum-rate' }
  | { readonly mode: 'simple-continuous'; readonly dose: DoseRate }

/** A dose given once, on top of the therapy, at the constant rate dose / over. */
export interface Bolus {
  readonly dose: Dose
  readonly over_us: Time_us
}

/** One line of a prescription or of a programming. `text` is how the file wrote it, for people. */
export type Entry = { readonly at_us: Time_us; readonly text: string } & (
  | { readonly kind: 'therapy'; readonly therapy: Therapy }
  | { readonly kind: 'bolus'; readonly bolus: Bolus }
)

/** What is in a syringe: the truth, or what the pump is told of it. */
export interface Fill {
  readonly drug: string
  readonly concentration_ug_per_uL: Concentration_ug_per_uL
  readonly volume_uL: Volume_uL
}

/** A fill with what the pump is told of it; the two are equal unless the scenario says otherwise. */
export interface ProgrammedFill {
  readonly actual: Fill
  readonly programmed: Fill
}

/** How much is drawn from the reservoir before a refill. */
export type Withdrawal = { readonly amount: 'all' } | { readonly amount: 'volume'; readonly volume_uL: Volume_uL }

export type ScenarioEvent = { readonly at_us: Time_us } & (
  | { readonly kind: 'refill'; readonly withdraw: Withdrawal; readonly fill: ProgrammedFill }
  | { readonly kind: 'interrogate' }
)

export const ALARM_NAMES = [
  'low-reservoir',
  'empty-reservoir',
  'motor-stall',
  'stopped-pump',
  'elective-replacement',
  'end-of-service',
  'low-battery-reset',
  'memory-error',
  'tube-set-end-of-life',
] as const

export type AlarmName = (typeof ALARM_NAMES)[number]

/** A difference in volume, or in motor steps. */
export type VolumeOrSteps =
  | { readonly in: 'steps'; readonly steps: Fraction }
  | { readonly in: 'volume'; readonly volume_uL: Volume_uL }

/** What every check shares: the part of the run it looks at, and whether it is meant to fail. */
export interface CheckScope {
  /** The increments between these instants are judged; the whole run unless the scenario says otherwise. */
  readonly from_us: Time_us
  readonly to_us: Time_us
  readonly expect: 'pass' | 'fail'
}

export type Check = CheckScope &
  (
    | { readonly check: 'tracking'; readonly within: VolumeOrSteps }
    | { readonly check: 'delivered-volume'; readonly within: Fraction; readonly every_us?: Time_us }
    | { readonly check: 'dose-at-tip'; readonly within: Fraction; readonly every_us?: Time_us }
    | { readonly check: 'reservoir-estimate'; readonly within_uL: Volume_uL }
    | { readonly check: 'windowed-flow'; readonly windows_us: readonly Time_us[]; readonly within: Fraction }
    | { readonly check: 'max-dose'; readonly window_us: Time_us; readonly dose_ug: Mass_ug }
    | { readonly check: 'alarm'; readonly alarm: AlarmName; readonly after_us: Time_us; readonly by_us: Time_us }
    | { readonly check: 'no-other-alarms' }
    | { readonly check: 'programmed-as-prescribed' }
    | { readonly check: 'refused'; readonly at_us: Time_us }
  )

/** Where a scenario came from, complete enough to read it again from a trace alone. */
export interface ScenarioOrigin {
  /** The text of the file. */
  readonly text: string
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string
  /** The figures of the pump model after overrides, in the grammar of the file. */
  readonly modelFigures: Readonly<Record<ModelKey, string>>
}

export interface Scenario {
  readonly origin: ScenarioOrigin
  /** Unique slug: lower-case letters, digits and single hyphens. */
  readonly name: string
  readonly source?: string
  readonly seed: number
  readonly pump: PumpModel
  /** Volume of the catheter; the line is the tube and the catheter. */
  readonly catheter_uL: Volume_uL
  readonly fill: ProgrammedFill
  /** What tube and catheter hold at the start: the first fill's drug, or nothing. */
  readonly line: 'filled' | 'empty'
  /** Local wall-clock time at the start, `YYYY-MM-DDTHH:MM[:SS]`. */
  readonly clock: string
  /** Whole microseconds, as is `sample_us`. */
  readonly duration_us: Time_us
  /** What the prescriber meant; in order of time, a therapy before one-shots at the same time. */
  readonly prescription: readonly Entry[]
  /** What is sent to the pump, in the same order; the prescription itself when the scenario lists none. */
  readonly programming: readonly Entry[]
  readonly events: readonly ScenarioEvent[]
  readonly checks: readonly Check[]
  /** Whether `checks` are the defaults, the scenario having given none. */
  readonly defaultChecks: boolean
  readonly sample_us: Time_us
  readonly requirements: readonly string[]
}
