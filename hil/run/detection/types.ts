/**
 * Who noticed that something was wrong, how soon, and what it did to the patient: a statement on every run, and no verdict.
 */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { LedgerPair } from '#hil/run/ledger-pair'

/** Who can notice; `nobody` is what is said when none of them did. */
export type Noticing = Exclude<Detector, 'nobody'>

/** What a finding is of. */
export interface Origin {
  /** For people. */
  readonly text: string
  readonly at_s: number
}

/** Something that one of them noticed. */
export interface Finding {
  readonly detector: Noticing
  /** What it is, shortly: the name of the alarm, the warning, the drug. */
  readonly what: string
  readonly at_s: number
  /** Since what it is of: the first thing that went wrong, or `of`; null where nothing is known to have, or nobody can tell. */
  readonly latency_s: number | null
  readonly detail: string
  /**
   * What it is of where that is not the first thing that went wrong: a later one, or what an alarm is raised of in any run, such
   * as a low level; null where it can be of several. Left out where it is of the first, or nothing is known to have gone wrong.
   */
  readonly of?: Origin | null
  /** By which yardstick, of the volume check. */
  readonly yardstick?: Yardstick
}

/**
 * What a volume check goes by: one motor step, as tracking has it, or the tolerance of the device, as a part of all that was
 * prescribed since the start, and a step.
 */
export type Yardstick = 'step' | 'tolerance'

/** What the volume check of a bench finds. */
export interface VolumeCheck {
  readonly judged_by: Yardstick
  readonly because: string
  /** When the volume at the rotor was first off by more, by either yardstick; null: never. */
  readonly step_s: number | null
  readonly tolerance_s: number | null
}

/** The 24 h at whose end the most was missing of what was prescribed in them. */
export interface LeastDay {
  readonly tip_ug: number
  readonly prescribed_ug: number
  readonly to_s: number
}

/** What a drug did more or less than it was meant to, at the tip. */
export interface Harm {
  readonly drug: string
  /** All that was too much, and all that was missed; neither makes up for the other. */
  readonly over_ug: number
  readonly under_ug: number
  /** In how long as much is prescribed, at the mean rate of the run; null where nothing is. */
  readonly over_equivalent_s: number | null
  readonly under_equivalent_s: number | null
  /** All time until it was made good, or the end: ahead of the prescription by more than a step, and behind it. */
  readonly over_s: number
  readonly under_s: number
  /** What of it is not made good at the end, beyond a step: too much then, and owed. */
  readonly surplus_ug: number
  readonly owed_ug: number
  /** The most that left the tip in any 24 h, and the most that was prescribed in any 24 h. */
  readonly tip_24h_ug: number
  readonly prescribed_24h_ug: number
  /** Null where nothing was missed. */
  readonly least_24h: LeastDay | null
}

/** Two ledgers that parted by more than a step, and since when. */
export interface Parting {
  readonly pair: LedgerPair
  readonly since_s: number
}

/** Who noticed one of several things that went wrong. */
export interface CauseNoticed extends Origin {
  /** Whose finding was the first that is of it or can be; of those of one instant the one that comes first in the order of detectors. */
  readonly first: Detector
  readonly first_s: number | null
  /** Null where nobody noticed, and where the finding can be of something else as well. */
  readonly latency_s: number | null
}

export interface Detection {
  /** What went wrong first, in words, and when; null where nothing is known to have. */
  readonly cause: string | null
  readonly cause_s: number | null
  /** Who noticed it first, as {@link CauseNoticed} has it. */
  readonly first: Detector
  readonly first_s: number | null
  readonly latency_s: number | null
  /** All that went wrong where that is more than one thing, in order of time; a bounded number. */
  readonly causes?: readonly CauseNoticed[]
  /** All that was noticed since the cause, in order of time; a bounded number for each detector. */
  readonly findings: readonly Finding[]
  /** What was noticed before the cause, so not of it; bounded as well. */
  readonly earlier: readonly Finding[]
  readonly volume_check: VolumeCheck
  /** What the next refill would show by its residual; null where it would show nothing. */
  readonly next_refill: string | null
  /**
   * Why neither pump nor programmer noticed the cause; null where one of them did or may have, where nothing was wrong, and where
   * what parted may be of a later cause.
   */
  readonly unnoticed_because: string | null
  readonly harm: readonly Harm[]
  readonly parted: readonly Parting[]
}
