/** What a check observed, before it is held against what was expected of it. */
import type { LedgerPair, Outcome } from '#hil/run/result'
import type { Rational } from '#units/rational'

export interface Observation {
  readonly outcome: Outcome
  readonly measured: Rational | null
  readonly limit: Rational | null
  readonly unit: string
  /** When, if the observation has an instant. */
  readonly at_us: Rational | null
  /** One sentence for a person: what was compared, and what was found. */
  readonly detail: string
  /** Which ledgers were found apart beyond the limit, and since when; for checks that compare ledgers and fail. */
  readonly parted?: readonly PartedLedgers[]
}

export interface PartedLedgers {
  readonly pair: LedgerPair
  /** The first instant at which they were; null where there is none. */
  readonly since_us: Rational | null
}

/** An observation that could not be made. */
export function inconclusive(unit: string, detail: string): Observation {
  return { outcome: 'inconclusive', measured: null, limit: null, unit, at_us: null, detail }
}
