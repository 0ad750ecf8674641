/**
 * Who noticed that something was wrong, how soon, and what it did to the patient: a statement on every run, and no verdict.
 */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { LedgerPair } from '#hil/run/ledger-pair'

/** Who can notice; `nobody` is what is said when none of them did. */
export type Noticing = Exclude<Detector, 'nobody'>

/** Something that one of them noticed. */
export interface Finding {
  readonly detector: Noticing
  /** What it is, shortly: the name of the alarm, the warning, the drug. */
  readonly what: string
  readonly at_s: number
  /** Since the first thing that went wrong; null where nothing is known to have. */
  readonly latency_s: number | null
  readonly detail: string
}

/** What a drug did more or less than it was meant to, at the tip. */
export interface Harm {
  readonly drug: string
  /** All that was too much, and all that was missed; neither makes up for the other. */
  readonly over_ug: number
  readonly under_ug: number
  /** All time in which the patient was ahead of the prescription, and behind it. */
  readonly over_s: number
  readonly under_s: number
  /** The most that left the tip in any 24 h, and the most that was prescribed in any 24 h. */
  readonly tip_24h_ug: number
  readonly prescribed_24h_ug: number
}

/** Two ledgers that parted by more than a step, and since when. */
export interface Parting {
  readonly pair: LedgerPair
  readonly since_s: number
}

export interface Detection {
  /** What went wrong first, in words, and when; null where nothing is known to have. */
  readonly cause: string | null
  readonly cause_s: number | null
  /** Who noticed first; of those of one instant the one that comes first in the order of detectors. */
  readonly first: Detector
  readonly first_s: number | null
  readonly latency_s: number | null
  /** All that was noticed since the cause, in order of time; a bounded number for each detector. */
  readonly findings: readonly Finding[]
  /** What the next refill would show by its residual; null where it would show nothing. */
  readonly next_refill: string | null
  /** Why neither pump nor programmer noticed; null where one of them did, or nothing was wrong. */
  readonly unnoticed_because: string | null
  readonly harm: readonly Harm[]
  readonly parted: readonly Parting[]
}
