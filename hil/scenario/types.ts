/**
 * A scenario after it was read: what a clinician prescribed, what was sent to the pump, what else happened, and what
 * must be true of the outcome.
 *
 * Every quantity is exact and branded, every default is filled in, every rule of the file has been checked. Nothing here
 * knows how a pump works; the oracle reads these types and nothing else.
 */
import type { PumpModel } from '#firmware-sim/model'
import type { ModelKey } from '#firmware-sim/models'
import type { InvariantName } from '#hil/scenario/invariant-names'
import type {
  Concentration_ug_per_uL,
  Fraction,
  Mass_ug,
  MassRate_ug_per_us,
  Resistance_ohm,
  Temperature_degC,
  TemperatureCoefficient_per_degC,
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

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export type Weekday = (typeof WEEKDAYS)[number]

/** A bolus that comes back every day at a time of the pattern clock. */
export interface DailyBolus {
  /** Time since midnight of the pattern clock: 0 <= at_us < 24 h; exact, so not always a whole microsecond. */
  readonly at_us: Time_us
  readonly dose: Dose
  readonly over_us: Time_us
}

/** What holds from its time until the next therapy. */
export type Therapy =
  | { readonly mode: 'stopped' }
  | { readonly mode: 'minimum-rate' }
  | { readonly mode: 'simple-continuous'; readonly dose: DoseRate }
  /** `days` are the days with boluses, each once; all seven unless the scenario says otherwise. */
  | {
      readonly mode: 'flex'
      readonly basal: DoseRate
      readonly boluses: readonly DailyBolus[]
      readonly days: readonly Weekday[]
    }
  /** A bolus at the start of the therapy and every `every_us` after it. */
  | {
      readonly mode: 'periodic-bolus'
      readonly basal: DoseRate | null
      readonly dose: Dose
      readonly over_us: Time_us
      readonly every_us: Time_us
    }

/** A dose given once, on top of the therapy, at the constant rate dose / over. */
export interface Bolus {
  readonly dose: Dose
  readonly over_us: Time_us
}

/** Fills what lies between reservoir and catheter tip, at the highest rate of the pump. */
export interface Prime {
  readonly volume: 'auto' | Volume_uL
}

/** Keeps the dose right while the line still holds older concentrations than that of the last refill. */
export interface Bridge {
  /** From the tip on; `auto` is what is still there of older concentrations. */
  readonly volume: 'auto' | Volume_uL
}

/** Leave for the patient to ask for boluses, until replaced or until a therapy `stopped`. */
export interface PatientBolus {
  readonly dose: Dose
  readonly over_us: Time_us
  /** Least time from the start of one grant to the start of the next. */
  readonly lockout_us: Time_us
  /** Most grants in any 24 h. */
  readonly maxPerDay: number
}

/** What is given once, on top of the therapy or in its place. */
export type OneShot =
  | { readonly kind: 'bolus'; readonly bolus: Bolus }
  | { readonly kind: 'prime'; readonly prime: Prime }
  | { readonly kind: 'bridge'; readonly bridge: Bridge }
  | { readonly kind: 'patient-bolus'; readonly patientBolus: PatientBolus }

/**
 * One line of a prescription or of a programming. `text` is how the file wrote it, for people; `confirm` whether the
 * programmer confirms warnings of the pump; `commit` is false where the session ends before what was read back is
 * committed.
 */
export type Entry = {
  readonly at_us: Time_us
  readonly text: string
  readonly confirm: boolean
  readonly commit?: false
} & ({ readonly kind: 'therapy'; readonly therapy: Therapy } | OneShot)

/** What is in a syringe: the truth, what was meant to be in it, or what the pump is told of it. */
export interface Fill {
  readonly drug: string
  readonly concentration_ug_per_uL: Concentration_ug_per_uL
  readonly volume_uL: Volume_uL
}

/**
 * A fill as it truly is, as it was meant to be, which is what its label says and the prescriber reckons with, and what the
 * pump is told of it; the three are equal unless the scenario says otherwise.
 */
export interface ProgrammedFill {
  readonly actual: Fill
  readonly meant: Fill
  readonly programmed: Fill
}

/** How much is drawn from the reservoir before a refill. */
export type Withdrawal = { readonly amount: 'all' } | { readonly amount: 'volume'; readonly volume_uL: Volume_uL }

/**
 * What people do with a pump that needs nothing but its name. The first is the patient's and follows the prescription;
 * the others are done to the pump and never alter what was prescribed.
 */
export const SIMPLE_EVENTS = [
  'request-bolus',
  'interrogate',
  'stop',
  'restart',
  'silence',
  'read-log',
  'clear',
] as const

export type SimpleEvent = (typeof SIMPLE_EVENTS)[number]

export type ScenarioEvent = { readonly at_us: Time_us } & (
  | { readonly kind: 'refill'; readonly withdraw: Withdrawal; readonly fill: ProgrammedFill }
  /** Moves the pattern clock of oracle and pump to a local time, in microseconds since 1970-01-01T00:00 local. */
  | { readonly kind: 'set-clock'; readonly to_us: Time_us }
  | { readonly kind: SimpleEvent }
)

/** Limits that the clinic sets; each is null where the scenario sets none. */
export interface Limits {
  /** The largest dose in any sliding 24 h, with its full basal. */
  readonly dailyDose: { readonly soft: Dose | null; readonly hard: Dose | null }
  /** Change of the daily dose against the last that was meant, as a fraction of it. */
  readonly change: { readonly soft: Fraction | null; readonly hard: Fraction | null }
}

/** What goes wrong with the setting of a clock. */
export const CLOCK_SETTINGS = ['missed', 'doubled'] as const

export type ClockSetting = (typeof CLOCK_SETTINGS)[number]

/** Which copy of the pump's memory is meant. */
export const MEMORY_COPIES = ['first', 'second', 'both'] as const

export type MemoryCopy = (typeof MEMORY_COPIES)[number]

/** What noise does to the line between host and rig: to single bytes, or to whole pieces of what is sent. */
export const LINE_NOISES = ['drop', 'flip', 'garble', 'duplicate', 'reorder', 'split', 'delay', 'truncate'] as const

/** Which way bytes go on the line between host and rig. */
export const LINE_DIRECTIONS = ['both', 'to-rig', 'to-host'] as const

export type LineDirection = (typeof LINE_DIRECTIONS)[number]

/** A fault that comes again: so long from one beginning to the next, and how often in all; null is to the end of the run. */
export interface Again {
  readonly every_us: Time_us
  readonly times: number | null
}

/** Parts of the record that the pump keeps, by what is in them. */
export const RECORD_PARTS = ['therapy', 'reservoir', 'clock', 'patient', 'alarms', 'line'] as const

export type RecordPart = (typeof RECORD_PARTS)[number]

/** How much too much, or too little, a step moves: as a part of what it should, and how that grows. */
interface Misdelivery {
  readonly by: Fraction
  readonly drift: { readonly by: Fraction; readonly every_us: Time_us } | null
}

/**
 * Something that goes wrong, from its time on. `for_us` is null where the scenario gives no end; of a fault that comes
 * again it is how long it lasts each time.
 */
export type Fault = {
  readonly at_us: Time_us
  readonly for_us: Time_us | null
  readonly text: string
} /** The rotor is held, and stays held for `recovery_us` after what held it has gone. */ & (
  | { readonly fault: 'motor-stall'; readonly again: Again | null; readonly recovery_us: Time_us }
  /** Motor and encoder turn, and each so-many-th step does not reach the rollers: a gear or a shaft that slips. */
  | { readonly fault: 'motor-slip'; readonly every_steps: number }
  /** The motor turns backward: two wires of a coil have changed places. */
  | { readonly fault: 'motor-reverse' }
  /** Each so-many-th step that is made is not seen by the encoder: every one where that is 1. */
  | { readonly fault: 'encoder-loss'; readonly every_steps: number }
  /**
   * The pump loses its power: at once, or, where `write` is given, at that word write (counted from 1) of the first
   * operation at or after `at_us` that writes so many. Power returns `for_us` after the cut; at once where that is null.
   */
  | { readonly fault: 'power-cut'; readonly write: number | null }
  /** A bit of the pump's stored program turns over; which one follows from the seed unless it is given. */
  | {
      readonly fault: 'bit-flip'
      readonly copy: MemoryCopy
      readonly bit: number | null
      /** In which part of the record; anywhere in it where it is null. */
      readonly part: RecordPart | null
    }
  /** The supply sags under its load and is there again at once: the pump is reset without having been without power. */
  | { readonly fault: 'brown-out' }
  /** So much more resistance in the cell: a film on its electrodes. */
  | { readonly fault: 'cell-resistance'; readonly by_ohm: Resistance_ohm }
  /** The clock of the pump jumps, back where it is below zero, and nobody has set it. */
  | { readonly fault: 'clock-step'; readonly by_us: Time_us }
  /** The next setting of the clock never reaches the pump, or is done twice over. */
  | { readonly fault: 'clock-setting'; readonly how: ClockSetting }
  /** The crystal of the pump runs fast (above zero) or slow: 1 + `drift` pump seconds in a true one. */
  | { readonly fault: 'clock-drift'; readonly drift: Fraction }
  /** A telemetry carrier that no programmer sends. */
  | { readonly fault: 'telemetry-carrier' }
  /**
   * The way is blocked: between reservoir and pump (upstream), or between pump and patient (downstream), where the tube
   * gives way by `compliance_uL`; by that of the plant where it is null.
   */
  | { readonly fault: 'occlusion'; readonly side: 'upstream' }
  | { readonly fault: 'occlusion'; readonly side: 'downstream'; readonly compliance_uL: Volume_uL | null }
  /**
   * Of what comes by, `fraction` (above 0, at most 1) leaves through a hole; `position` is 0 at the pump and 1 at the
   * tip, by volume.
   */
  | {
      readonly fault: 'catheter-leak'
      readonly position: Fraction
      readonly fraction: Fraction
      readonly again: Again | null
    }
  /** Of what crosses the line, so large a part is struck: above 0, at most 1; of bytes, or of pieces. */
  | {
      readonly fault: 'line-noise'
      readonly kind: Exclude<(typeof LINE_NOISES)[number], 'delay'>
      readonly share: Fraction
      readonly direction: LineDirection
    }
  | {
      readonly fault: 'line-noise'
      readonly kind: 'delay'
      readonly share: Fraction
      readonly direction: LineDirection
      /** On the clock of the line, however fast therapy runs. */
      readonly upTo_us: Time_us
    }
  /** Nothing crosses the line, and neither end hears of it. */
  | { readonly fault: 'line-mute'; readonly direction: LineDirection }
  /** The line is out, and the host hears of it; it is in again after `for_us`. */
  | { readonly fault: 'line-unplug' }
  /** So much leaves the reservoir to the outside, evenly over `for_us`; at once where that is null. */
  | { readonly fault: 'septum-leak'; readonly volume_uL: Volume_uL }
  /** Of the next refill so much goes beside the reservoir. */
  | { readonly fault: 'pocket-fill'; readonly fraction: Fraction }
  /** The next refill puts so much more into the reservoir than it says. */
  | { readonly fault: 'overfill'; readonly by_uL: Volume_uL }
  /** So much of what the reservoir holds is injected through the side port, straight to the tip. */
  | { readonly fault: 'side-port-injection'; readonly volume_uL: Volume_uL }
  /** The pump takes on this temperature. */
  | { readonly fault: 'temperature'; readonly to_degC: Temperature_degC }
  /** Each step moves 1 + `by` times what it would, and `drift.by` more after each `drift.every_us`; or so much less. */
  | ({ readonly fault: 'over-infusion' } & Misdelivery)
  | ({ readonly fault: 'under-infusion' } & Misdelivery)
)

/** What tube and catheter hold at the start: the first fill, fluid without drug, or nothing. */
export const LINE_CONTENTS = ['filled', 'water', 'empty'] as const

export type LineContent = (typeof LINE_CONTENTS)[number]

/** The hardware as it truly is, which neither pump nor prescription knows. */
export interface PlantTruth {
  /** How much more than its steps say this very pump moves, as a part of it; less below zero. */
  readonly gain: Fraction
  readonly temperature_degC: Temperature_degC
  /** How much more each step moves for each degree above that of a body. */
  readonly temperatureCoefficient_per_degC: TemperatureCoefficient_per_degC
  /** What each stage of wear adds to the gain, and the volume the rotor has turned for in a stage; null without wear. */
  readonly wear: { readonly change: Fraction; readonly stage_uL: Volume_uL } | null
  /** How much more a step moves while the reservoir holds more than it is made for. */
  readonly overfillGain: Fraction
  /** How much the tube gives way before a blockage. */
  readonly compliance_uL: Volume_uL
}

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

/** Alarms with a cause outside of the pump; what its cell holds, and how old it is, is known to the pump alone. */
export const CAUSED_ALARMS = [
  'motor-stall',
  'low-reservoir',
  'empty-reservoir',
  'stopped-pump',
  'low-battery-reset',
  'memory-error',
  'tube-set-end-of-life',
] as const satisfies readonly AlarmName[]

export type CausedAlarm = (typeof CAUSED_ALARMS)[number]

/** Published ways to draw a trumpet. */
export const TRUMPET_PROTOCOL_NAMES = ['ambulatory', 'first-edition', 'second-edition'] as const

export type TrumpetProtocolName = (typeof TRUMPET_PROTOCOL_NAMES)[number]

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
  /** The requirements that this check, and not every check of the scenario, is the evidence for. */
  readonly requirements?: readonly string[]
}

/**
 * Limits of what is missed, or too much, and of the time of it, each null where there is none but not both. A difference up
 * to `beyond` does not count; null leaves it to the resolution of the pump.
 */
export type AmountLimits = { readonly time_us: Time_us | null } & (
  | { readonly of: 'drug'; readonly amount: Mass_ug | null; readonly beyond: Mass_ug | null }
  | { readonly of: 'volume'; readonly amount: Volume_uL | null; readonly beyond: Volume_uL | null }
)

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
    /** `within`: one limit for each window of the protocol. */
    | {
        readonly check: 'trumpet'
        readonly protocol: TrumpetProtocolName
        readonly within: readonly Fraction[]
        readonly settling_us: Time_us
        readonly analysis_us: Time_us
      }
    | {
        readonly check: 'start-up'
        readonly protocol: TrumpetProtocolName
        readonly within: Fraction
        readonly interval_us: Time_us
        readonly after_us: Time_us
      }
    | {
        readonly check: 'bolus-accuracy'
        readonly within: Fraction
        readonly mean: Fraction
        readonly count: number
        readonly measure: 'above-basal' | 'total'
      }
    | { readonly check: 'mean-flow-error'; readonly within: Fraction }
    | { readonly check: 'interruption'; readonly within_us: Time_us }
    | ({ readonly check: 'under-delivery' | 'over-delivery' } & AmountLimits)
    | { readonly check: 'believed-dose'; readonly within_ug: Mass_ug }
    | { readonly check: 'alarm-latency'; readonly alarm: CausedAlarm; readonly within_us: Time_us }
    | { readonly check: 'changeover'; readonly within: Fraction }
    /** `only` are the names of those that are looked at; null for all. */
    | { readonly check: 'invariants'; readonly only: readonly InvariantName[] | null }
    | {
        readonly check: 'event'
        readonly event: string
        /** Words that its detail has to have; null where it may say anything. */
        readonly saying: string | null
        readonly after_us: Time_us
        readonly by_us: Time_us
      }
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
  /** By which scenarios are chosen; they say nothing of the run. */
  readonly tags: readonly string[]
  readonly seed: number
  readonly pump: PumpModel
  /** Volume of the catheter; the line is the tube and the catheter. */
  readonly catheter_uL: Volume_uL
  /** How drug moves along the line: without mixing, or as through so many well-mixed cells in a row. */
  readonly flow: { readonly flow: 'plug' } | { readonly flow: 'dispersive'; readonly cells: number }
  readonly fill: ProgrammedFill
  readonly line: LineContent
  readonly plant: PlantTruth
  /** True local time at the start, in microseconds since 1970-01-01T00:00 local; the pattern clock of the oracle. */
  readonly clock_us: Time_us
  /** What the pump's own clock shows at the start. */
  readonly pumpClock_us: Time_us
  readonly limits: Limits
  /** Whole microseconds, as is `sample_us`. */
  readonly duration_us: Time_us
  /** What the prescriber meant; in order of time, a therapy before one-shots at the same time. */
  readonly prescription: readonly Entry[]
  /** What is sent to the pump, in the same order; the prescription itself when the scenario lists none. */
  readonly programming: readonly Entry[]
  readonly events: readonly ScenarioEvent[]
  readonly faults: readonly Fault[]
  readonly checks: readonly Check[]
  /** Whether `checks` are the defaults, the scenario having given none. */
  readonly defaultChecks: boolean
  readonly sample_us: Time_us
  readonly requirements: readonly string[]
}
