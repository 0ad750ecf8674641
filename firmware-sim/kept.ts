/** What survives without power, and the parts it is made of. */
import type { PumpClock } from '#firmware-sim/clock'
import type { Contents, PatientBolus, PumpAlarm, Therapy } from '#firmware-sim/messages'
import type { OperatingState } from '#firmware-sim/operating'
import type { Reservoir } from '#firmware-sim/reservoir'
import type { Concentration_ug_per_uL, Time_us, Volume_uL } from '#units/quantity'
import type { Rational } from '#units/rational'

/** A place in the line, by the position of the delivery, in steps, at which it comes to the tip. */
export interface Mark {
  readonly until: Rational
  /** Since when it is known: a step lost from then on moved it no nearer, one lost before has nothing to do with it. */
  readonly since_us: Time_us
}

/** Fluid of an earlier concentration in the line, up to a mark. */
export interface Plug extends Mark {
  readonly concentration_ug_per_uL: Concentration_ug_per_uL
}

/** Leave for the patient to ask for boluses, and when they were granted, in order of time. */
export interface Patient {
  readonly permission: PatientBolus | null
  readonly grants_us: readonly Time_us[]
}

/** What a refill expects of whoever draws the reservoir empty. */
export interface ExpectedResidual {
  readonly expected_uL: Volume_uL
  /** Volume dispensed since the refill before. */
  readonly dispensed_uL: Volume_uL
}

/** A dose as it was meant: a therapy, and the fluid it was programmed for. */
export interface MeantDose {
  readonly therapy: Therapy
  readonly contents: Contents
}

/** What survives without power, in the pump's two copies: everything but counters, motion and sound. */
export interface Kept {
  readonly operating: OperatingState
  /** The therapy in force. */
  readonly therapy: Therapy
  /** The last therapy that gave anything: for a restart. */
  readonly lastGiving: Therapy | null
  /** The last one that was to give a dose, which minimum rate is not: the percent change of the next is against it. */
  readonly lastDose: MeantDose | null
  readonly patient: Patient
  readonly clock: PumpClock
  readonly contents: Contents
  readonly reservoir: Reservoir
  readonly residual: ExpectedResidual | null
  /** Earlier concentrations in the line, nearest the tip first; those that have left may still be among them. */
  readonly plugs: readonly Plug[]
  /** Up to where bridges keep the dose right; null while none does. */
  readonly covered: Mark | null
  /** Whether tube and catheter were ever filled. */
  readonly primed: boolean
  /** Alarms that are on, in the order of their raising. */
  readonly alarms: readonly PumpAlarm[]
  /** Transactions begun, and the digest of the last one carried out: asked again, the pump knows it did it. */
  readonly transactions: number
  readonly committed: string | null
}
