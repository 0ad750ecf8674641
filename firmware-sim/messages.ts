/**
 * What a pump hears and says: the vocabulary between the firmware, its programmer, its motor and its alarms.
 *
 * The transport is not here. The same messages pass in one process, and can be carried as frames.
 */
import type {
  Concentration_ug_per_uL,
  Mass_ug,
  MassRate_ug_per_us,
  Time_us,
  Volume_uL,
  VolumeRate_uL_per_us,
} from '#units/quantity'

export type Dose =
  | { readonly by: 'mass'; readonly mass_ug: Mass_ug }
  | { readonly by: 'volume'; readonly volume_uL: Volume_uL }

export type DoseRate =
  | { readonly by: 'mass'; readonly rate_ug_per_us: MassRate_ug_per_us }
  | { readonly by: 'volume'; readonly rate_uL_per_us: VolumeRate_uL_per_us }

/** What the pump does from its start until the next therapy. */
export type Therapy =
  | { readonly mode: 'stopped' }
  | { readonly mode: 'minimum-rate' }
  | { readonly mode: 'simple-continuous'; readonly dose: DoseRate }

/** A dose given once, at the constant rate dose / over, on top of the therapy. */
export interface Bolus {
  readonly dose: Dose
  readonly over_us: Time_us
}

/** What the pump is told to hold. */
export interface Contents {
  readonly drug: string
  readonly concentration_ug_per_uL: Concentration_ug_per_uL
}

/** What the pump is told of a refill. */
export interface Refill {
  /** What was drawn out before: everything, or a volume. */
  readonly withdrawn: 'all' | Volume_uL
  readonly contents: Contents
  readonly volume_uL: Volume_uL
}

/** What a programmer can ask a pump to store. */
export type Program =
  | { readonly kind: 'therapy'; readonly therapy: Therapy }
  | { readonly kind: 'bolus'; readonly bolus: Bolus }
  | { readonly kind: 'refill'; readonly refill: Refill }

export type PumpInput =
  /** The instant the pump asked to be woken at has come. */
  | { readonly kind: 'wake' }
  /** First half of a transaction: check and store the program, read it back, change nothing. */
  | { readonly kind: 'prepare'; readonly program: Program }
  /** Second half: make the stored program with this digest the one in force, now. */
  | { readonly kind: 'commit'; readonly digest: string }
  /** Stop all delivery. Needs no transaction and is never refused. */
  | { readonly kind: 'stop' }
  /** Report the pump's account. Changes nothing. */
  | { readonly kind: 'interrogate' }

/** Steps the pump has booked: step j was due at first + j * interval and gave what is stated of each. */
export interface BookedRun {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  readonly count: number
  readonly step_uL: Volume_uL
  readonly drug: string
  readonly step_ug: Mass_ug
}

/** The pump's account of itself. */
export interface Status {
  readonly state: string
  readonly steps: number
  readonly volume_uL: Volume_uL
  readonly dose_ug: readonly (readonly [drug: string, mass_ug: Mass_ug])[]
  readonly reservoir_uL: Volume_uL
  /** Booked since the last `booked` output; null when there is none. */
  readonly open: BookedRun | null
}

export type PumpAlarm = 'low-reservoir' | 'empty-reservoir'
export type AlarmPriority = 'critical' | 'non-critical'

/** Everything a pump says, stamped with the instant it belongs to. */
export type PumpOutput = { readonly at_us: Time_us } & PumpUtterance

export type PumpUtterance =
  /** What the pump has stored, with the volume it gives in 24 h and that of the last therapy that gave any. */
  | {
      readonly kind: 'readback'
      readonly stored: Program
      readonly digest: string
      readonly daily_uL: Volume_uL
      readonly previousDaily_uL: Volume_uL | null
    }
  | { readonly kind: 'applied'; readonly digest: string }
  /** The program was not taken; what was in force goes on. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Motor steps to make: step j at first + j * interval. */
  | { readonly kind: 'order'; readonly first_us: Time_us; readonly interval_us: Time_us; readonly count: number }
  /** Every ordered step due after this instant is taken back. */
  | { readonly kind: 'cancel'; readonly after_us: Time_us }
  | { readonly kind: 'booked'; readonly run: BookedRun }
  | {
      readonly kind: 'alarm'
      readonly alarm: PumpAlarm
      readonly priority: AlarmPriority
      readonly state: 'raised' | 'cleared'
    }
  | { readonly kind: 'event'; readonly event: string; readonly detail: string }
  | { readonly kind: 'status'; readonly status: Status }
