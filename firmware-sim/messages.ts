/**
 * What a pump hears and says: the vocabulary between the firmware, its programmer, its motor and its alarms.
 *
 * The transport is not here. The same messages pass in one process, and can be carried as frames.
 */
import type {
  Concentration_ug_per_uL,
  Fraction,
  Mass_ug,
  MassRate_ug_per_us,
  Resistance_ohm,
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

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** A bolus that comes back every day at a time of the pump's clock. */
export interface DailyBolus {
  /** Time since midnight of the pump's clock: 0 <= at_us < 24 h. */
  readonly at_us: Time_us
  readonly dose: Dose
  readonly over_us: Time_us
}

/** What the pump does from its start until the next therapy. */
export type Therapy =
  | { readonly mode: 'stopped' }
  | { readonly mode: 'minimum-rate' }
  | { readonly mode: 'simple-continuous'; readonly dose: DoseRate }
  | {
      readonly mode: 'flex'
      readonly basal: DoseRate
      readonly boluses: readonly DailyBolus[]
      readonly days: readonly Weekday[]
    }
  | {
      readonly mode: 'periodic-bolus'
      readonly basal: DoseRate | null
      readonly dose: Dose
      readonly over_us: Time_us
      readonly every_us: Time_us
    }

/** A dose given once, at the constant rate dose / over, on top of the therapy. */
export interface Bolus {
  readonly dose: Dose
  readonly over_us: Time_us
}

/** Leave for the patient to ask for boluses. */
export interface PatientBolus {
  readonly dose: Dose
  readonly over_us: Time_us
  /** Least time from the start of one grant to the start of the next. */
  readonly lockout_us: Time_us
  /** Most grants in any 24 h. */
  readonly maxPerDay: number
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
  /** Displaces a volume at the highest rate; `auto` is the catheter, and the tube too where nothing was primed yet. */
  | { readonly kind: 'prime'; readonly prime: { readonly volume: 'auto' | Volume_uL } }
  /** Keeps the dose right while the old concentration is in the line; `auto` is tube and catheter. */
  | { readonly kind: 'bridge'; readonly bridge: { readonly volume: 'auto' | Volume_uL } }
  | { readonly kind: 'patient-bolus'; readonly patientBolus: PatientBolus }
  | { readonly kind: 'refill'; readonly refill: Refill }
  /** Resume the last therapy that gave anything; what is read back is that therapy. */
  | { readonly kind: 'restart' }
  /** Set the pump's clock to a local time, in microseconds since 1970-01-01T00:00 local. */
  | { readonly kind: 'set-clock'; readonly to_us: Time_us }

/** Limits that the clinic sets; each is null where none is set. */
export interface Limits {
  /** The largest dose in any sliding 24 h, with its full basal. */
  readonly dailyDose: { readonly soft: Dose | null; readonly hard: Dose | null }
  /** Change of the daily dose against the last that was meant, as a fraction of it. */
  readonly change: { readonly soft: Fraction | null; readonly hard: Fraction | null }
}

/** Parts of the stored record that can be meant. */
export type RecordPart = 'therapy' | 'reservoir' | 'clock' | 'patient' | 'alarms' | 'line'

/** Which copy of the stored record is meant. */
export type MemoryCopy = 'first' | 'second' | 'both'

export type PumpInput =
  /** The instant the pump asked to be woken at has come. */
  | { readonly kind: 'wake' }
  /** First half of a transaction: check and store the program, read it back, change nothing. */
  | { readonly kind: 'prepare'; readonly program: Program }
  /** Second half: make the stored program with this digest the one in force, now. Repeated, it says so again. */
  | { readonly kind: 'commit'; readonly digest: string }
  /** Stop everything that moves. Needs no transaction and is never refused. */
  | { readonly kind: 'stop' }
  /** Report the pump's account. Changes nothing but the charge of the cell that the radio takes. */
  | { readonly kind: 'interrogate' }
  /** As `interrogate`, by the wire of a bench: takes no charge. */
  | { readonly kind: 'observe' }
  /** The patient asks for a bolus. */
  | { readonly kind: 'request-bolus' }
  /** Silence the alarm tones for a while. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'read-log' }
  /** Empty the event log. */
  | { readonly kind: 'clear' }
  /**
   * What the rotor did for the step due at an instant: said of every step that did not move it, and of the first one
   * that moved it again.
   */
  | { readonly kind: 'rotor'; readonly due_us: Time_us; readonly moved: boolean }
  /** What was drawn before the last refill, as measured by whoever drew it. */
  | { readonly kind: 'residual'; readonly measured_uL: Volume_uL }
  /** A telemetry carrier is there, or gone. */
  | { readonly kind: 'carrier'; readonly present: boolean }
  /** The cell is cut off: at once, or at that word write of the next operation that writes so many. */
  | { readonly kind: 'power-fails'; readonly atWrite: number | null }
  | { readonly kind: 'power-returns' }
  /** The supply gives way for a moment: the pump starts again, and was never without power. */
  | { readonly kind: 'brown-out' }
  /** So much more resistance in the cell than before, or less below zero. */
  | { readonly kind: 'cell-resistance'; readonly by_ohm: Resistance_ohm }
  /** The clock jumps, back where it is below zero; nobody has set it. */
  | { readonly kind: 'clock-jumps'; readonly by_us: Time_us }
  /** A bit of the stored record, or of that part of it, turns over; counted from 0, modulo the size of what is meant. */
  | {
      readonly kind: 'bit-flip'
      readonly copy: MemoryCopy
      readonly bit: number
      readonly part?: RecordPart
    }

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
  /** What the pump's clock shows. */
  readonly clock_us: Time_us
}

export interface LogEntry {
  readonly at_us: Time_us
  readonly event: string
  readonly detail: string
}

export type PumpAlarm =
  | 'low-reservoir'
  | 'empty-reservoir'
  | 'motor-stall'
  | 'stopped-pump'
  | 'elective-replacement'
  | 'end-of-service'
  | 'low-battery-reset'
  | 'memory-error'
  | 'tube-set-end-of-life'
export type AlarmPriority = 'critical' | 'non-critical'

/** Everything a pump says, stamped with the instant it belongs to. */
export type PumpOutput = { readonly at_us: Time_us } & PumpUtterance

/** Every event that this pump says; a pump of one's own may say others. */
export const PUMP_EVENTS = [
  'delivery-stopped',
  'safe-state',
  'motor-recovered',
  'stopped-warning',
  'memory-repaired',
  'reservoir-accounted',
  'residual-agrees',
  'residual-differs',
  'therapy-suspended',
  'boluses-ended',
  'patient-bolus-granted',
  'patient-bolus-denied',
  'silenced',
  'nothing-to-silence',
  'carrier-found',
  'carrier-lost',
  'clock-set',
  'log-cleared',
] as const

export type PumpEvent = (typeof PUMP_EVENTS)[number]

export type PumpUtterance =
  /** What the pump has stored, with the volume it gives in 24 h and that which would give the last dose that was meant. */
  | {
      readonly kind: 'readback'
      readonly stored: Program
      readonly digest: string
      readonly daily_uL: Volume_uL
      readonly previousDaily_uL: Volume_uL | null
      /** Soft limits that the program goes beyond; a programmer commits only when somebody confirms them. */
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'applied'; readonly digest: string }
  /** The program was not taken; what was in force goes on. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Motor steps to make: step j at first + j * interval. */
  | { readonly kind: 'order'; readonly first_us: Time_us; readonly interval_us: Time_us; readonly count: number }
  /** Every ordered step due after this instant is taken back. */
  | { readonly kind: 'cancel'; readonly after_us: Time_us }
  | { readonly kind: 'booked'; readonly run: BookedRun }
  /** Steps that were booked and turned out not to have moved the rotor: they are believed no longer. */
  | { readonly kind: 'withdrawn'; readonly run: BookedRun }
  | {
      readonly kind: 'alarm'
      readonly alarm: PumpAlarm
      readonly priority: AlarmPriority
      readonly state: 'raised' | 'cleared'
    }
  | { readonly kind: 'event'; readonly event: string; readonly detail: string }
  | { readonly kind: 'status'; readonly status: Status }
  | { readonly kind: 'log'; readonly entries: readonly LogEntry[]; readonly dropped: number }
  /** The tone that sounds from now on; null when none does. */
  | { readonly kind: 'tone'; readonly alarm: PumpAlarm | null; readonly pattern: string }
  /** Said by the supply rather than the pump: it went dead, or it is alive again. */
  | { readonly kind: 'power'; readonly on: boolean }
