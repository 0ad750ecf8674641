/**
 * The trace: everything that happened in a run, in the order it became known, and enough to judge it again.
 *
 * One record is one line of NDJSON. There is no second log: samples, verdicts, tables and plots are views of this one.
 * Nothing in a trace depends on the wall clock, the machine or the path of a file, so that the same scenario gives the
 * same bytes everywhere. Exact quantities are written as fractions in text, times of the bench in whole microseconds.
 */
import type { WireStatistics } from '#protocol/wire-tally'
import type { Cadence } from '#units/cadence'

/** An exact rational as `n` or `n/d`. */
export type Exact = string

/** Amounts by drug, in the order in which the drugs first appeared. */
export type ByDrug = readonly (readonly [drug: string, amount: Exact])[]

/** A dose, and a dose per time, in base units. */
export interface DoseRecord {
  readonly dose: Exact
  readonly unit: 'ug' | 'uL'
}

export interface RateRecord {
  readonly dose: Exact
  readonly unit: 'ug/us' | 'uL/us'
}

export type WeekdayRecord = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** A therapy in base units. */
export type TherapyRecord =
  | {
      readonly kind: 'therapy'
      readonly mode: 'stopped' | 'minimum-rate' | 'simple-continuous'
      readonly dose: Exact | null
      readonly unit: 'ug/us' | 'uL/us' | null
    }
  | {
      readonly kind: 'therapy'
      readonly mode: 'flex'
      readonly basal: RateRecord
      readonly boluses: readonly (DoseRecord & { readonly at_us: Exact; readonly over_us: Exact })[]
      readonly days: readonly WeekdayRecord[]
    }
  | (DoseRecord & {
      readonly kind: 'therapy'
      readonly mode: 'periodic-bolus'
      readonly basal: RateRecord | null
      readonly over_us: Exact
      readonly every_us: Exact
    })

/** A program in base units, as asked for or as a pump read it back. */
export type ProgramRecord =
  | TherapyRecord
  | (DoseRecord & { readonly kind: 'bolus'; readonly over_us: Exact })
  | { readonly kind: 'prime' | 'bridge'; readonly volume_uL: Exact | 'auto' }
  | (DoseRecord & {
      readonly kind: 'patient-bolus'
      readonly over_us: Exact
      readonly lockout_us: Exact
      readonly max_per_day: number
    })
  | {
      readonly kind: 'refill'
      readonly withdrawn_uL: Exact | 'all'
      readonly drug: string
      readonly concentration_ug_per_uL: Exact
      readonly volume_uL: Exact
    }
  | { readonly kind: 'restart' }
  | { readonly kind: 'set-clock'; readonly to_us: Exact }

/** Evenly spaced steps that the pump believes to have made, or believes no longer. */
export interface BookedSteps {
  readonly t_us: number
  readonly first_us: Exact
  readonly interval_us: Exact
  readonly count: number
  readonly step_uL: Exact
  readonly drug: string
  readonly step_ug: Exact
}

/** An instrument that the calibration of a rig rests on. */
export interface InstrumentRecord {
  /** What it is, such as `balance`. */
  readonly instrument: string
  readonly serial: string
  readonly certificate: string
  /** Last day on which the certificate holds, `YYYY-MM-DD`. */
  readonly due: string
}

/** What a rig file says of the rig: its true step volume, how sure that is, and until when. */
export interface CalibrationRecord {
  /** SHA-256 of the rig file. */
  readonly file_sha256: string
  /** Volume that one motor step of this rig truly displaces. */
  readonly step_uL: Exact
  /** Half the width of the interval that holds the true step volume, and the factor it was expanded by. */
  readonly uncertainty_uL: Exact
  readonly coverage: Exact
  /** Motor steps that one count of the encoder stands for; null where nothing but the commanded steps is counted. */
  readonly encoder_steps: Exact | null
  readonly instruments: readonly InstrumentRecord[]
  /** Day of the calibration, last day on which it holds, and day of this run, `YYYY-MM-DD`. */
  readonly calibrated: string
  readonly due: string
  readonly used: string
}

export interface HeaderRecord {
  readonly kind: 'header'
  readonly schema: 'pumpbench/trace@1'
  readonly scenario: string
  readonly pump: string
  readonly rig: string
  readonly rig_identity: string
  /** Where the rig's figures come from. */
  readonly provenance: {
    readonly displaced: string
    readonly uncertainty_percent: number
    /** How far the instant of a step may be out; absent where each is at its tick. */
    readonly instant_us?: number
  }
  /** How many times faster than the clock on the wall therapy ran; absent where it ran as fast, or on a virtual clock. */
  readonly speed?: Exact
  /** What was measured of the rig, and the date it was used on; absent where no rig file was given. */
  readonly calibration?: CalibrationRecord
  readonly seed: number
  /** SHA-256 of the scenario file. */
  readonly file_sha256: string
  /** The scenario file and the figures of its pump model: the trace is judged without any other file. */
  readonly text: string
  readonly model: Readonly<Record<string, string>>
}

/** A part of the line in which drug is spread evenly; its ends are volumes of line from the pump on. */
export interface StretchRecord {
  readonly from_uL: Exact
  readonly to_uL: Exact
  /** Whether it holds fluid, or nothing as a new line does. */
  readonly fluid: boolean
  readonly mass_ug: ByDrug
}

/** Most entries of one event log: all that a pump on a wire can say in one answer. */
export const MOST_LOG_ENTRIES = 10_000

/** One entry of a pump's event log, as the pump had it. */
export interface LogEntryRecord {
  /** When it was noted. */
  readonly at_us: Exact
  readonly event: string
  readonly detail: string
}

export type TraceRecord =
  | HeaderRecord
  /** Drug put into the reservoir, and what was drawn before; the first one at the start. */
  | {
      readonly kind: 'fill'
      readonly t_us: number
      readonly withdrawn_uL: Exact
      readonly withdrawn_ug: ByDrug
      readonly volume_uL: Exact
      readonly filled_ug: ByDrug
    }
  /** What the line held before the first step. */
  | { readonly kind: 'line'; readonly t_us: number; readonly volume_uL: Exact; readonly mass_ug: ByDrug }
  /** A program the pump applied, as it read back what it stored. */
  | {
      readonly kind: 'applied'
      readonly t_us: number
      readonly at_us: Exact
      /** As the scenario wrote it. */
      readonly text: string
      readonly readback: ProgramRecord
      /** Volume in 24 h with it, and that which would give the dose of the last therapy before it, with the fluid of now. */
      readonly daily_uL: Exact
      readonly previousDaily_uL: Exact | null
      readonly digest: string
    }
  /** A program the pump did not take, and why. */
  | {
      readonly kind: 'refused'
      readonly t_us: number
      readonly at_us: Exact
      readonly text: string
      readonly asked: ProgramRecord
      readonly reason: string
    }
  /** Motion the pump ordered: step j is due at first + j * interval. */
  | {
      readonly kind: 'order'
      readonly t_us: number
      readonly first_us: Exact
      readonly interval_us: Exact
      readonly count: number
    }
  /** The pump takes back every ordered step due after this instant. */
  | { readonly kind: 'cancel'; readonly t_us: number; readonly after_us: Exact }
  /** Steps the rotor made, in rig ticks on the axis of the pump, and what each of them moved. */
  | {
      readonly kind: 'delivered'
      readonly cadence: Cadence
      readonly displaced_uL: Exact
      readonly tip_uL: Exact
      readonly tip_ug: ByDrug
      /** What each of them lost through a leak; absent where that is nothing. */
      readonly leaked_uL?: Exact | undefined
      readonly leaked_ug?: ByDrug | undefined
    }
  /** What left the line at once, without a step, when a blockage gave way. */
  | {
      readonly kind: 'surge'
      readonly t_us: number
      readonly tip_uL: Exact
      readonly tip_ug: ByDrug
      readonly leaked_uL: Exact
      readonly leaked_ug: ByDrug
    }
  /** What left the reservoir to the outside. */
  | { readonly kind: 'escape'; readonly t_us: number; readonly volume_uL: Exact; readonly mass_ug: ByDrug }
  /** What a syringe brought straight to the tip, past reservoir, rotor and line. */
  | { readonly kind: 'injection'; readonly t_us: number; readonly tip_uL: Exact; readonly tip_ug: ByDrug }
  /** Where the line holds what, from the pump to the tip, and what swells the tube in front of a blockage. */
  | {
      readonly kind: 'profile'
      readonly t_us: number
      readonly swelling_uL: Exact
      readonly swelling_ug: ByDrug
      readonly stretches: readonly StretchRecord[]
    }
  /** Steps the pump has booked as delivered, and what it believes each of them gave. */
  | ({ readonly kind: 'booked' } & BookedSteps)
  /** Steps the pump had booked and has learned not to have moved the rotor: from `t_us` on it believes them no longer. */
  | ({ readonly kind: 'withdrawn' } & BookedSteps)
  /** The pump's own account, read by telemetry. */
  | {
      readonly kind: 'status'
      readonly t_us: number
      readonly state: string
      readonly steps: number
      readonly volume_uL: Exact
      readonly dose_ug: ByDrug
      readonly reservoir_uL: Exact
    }
  /** What reservoir and line truly hold, and what has leaked out of the line since the start. */
  | {
      readonly kind: 'truth'
      readonly t_us: number
      readonly reservoir_uL: Exact
      readonly reservoir_ug: ByDrug
      readonly line_uL: Exact
      readonly line_ug: ByDrug
      readonly leaked_uL: Exact
      readonly leaked_ug: ByDrug
    }
  | {
      readonly kind: 'alarm'
      readonly t_us: number
      readonly alarm: string
      readonly priority: 'critical' | 'non-critical'
      readonly state: 'raised' | 'cleared'
    }
  | { readonly kind: 'event'; readonly t_us: number; readonly event: string; readonly detail: string }
  /** The event log of the pump as it was read, the oldest entry first, and how many older ones had given way. */
  | {
      readonly kind: 'log'
      readonly t_us: number
      readonly dropped: number
      readonly entries: readonly LogEntryRecord[]
    }
  /** A fault of the scenario began, ended, or was seen to have its effect. */
  | {
      readonly kind: 'fault'
      readonly t_us: number
      /** Which of the scenario's faults, from 1. */
      readonly number: number
      readonly fault: string
      readonly state: 'begun' | 'fired' | 'ended'
      readonly detail: string
    }
  /** What crossed the wire between host and rig, at the end; none where the rig has no wire. */
  | ({ readonly kind: 'wire'; readonly t_us: number } & WireStatistics)
  /** A law of physics that the bench's own books broke: a defect of the bench, never of the pump. */
  | { readonly kind: 'violation'; readonly t_us: number; readonly law: string; readonly detail: string }
  /** The run is over. A trace without this record was cut short. */
  | {
      readonly kind: 'end'
      readonly t_us: number
      readonly complete: boolean
      readonly reason: string
      /** How many lines come before this one, and their SHA-256. */
      readonly lines: number
      readonly sha256: string
    }

/** Where a trace breaks off that was read back and has no end. */
export interface BrokenOff {
  /** How many whole lines there are. */
  readonly lines: number
  /** Bytes of half a line after them, which are lost. */
  readonly lost_bytes: number
}

export interface Trace {
  readonly records: readonly TraceRecord[]
  /** SHA-256 of the lines. */
  readonly sha256: string
  /** Absent where nothing is missing. */
  readonly brokenOff?: BrokenOff
}
