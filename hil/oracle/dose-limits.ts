/**
 * Dose limits: the largest dose in any window of time, wherever it begins, against the most that may be given in one.
 *
 * Several windows at once, because a dose that is harmless in a day may kill in an hour.
 */
import { type Burst, largestBurst } from '#hil/oracle/burst'
import { judged, type Outcome, type Uncertainty } from '#hil/oracle/guard-band'
import type { Span, Staircase } from '#hil/oracle/staircase'
import type { Rational } from '#units/rational'

export interface DoseLimit {
  /** More than nothing. */
  readonly window_us: Rational
  readonly most: Rational
}

export interface HeldLimit extends DoseLimit {
  /** The largest dose of any window, and the end of the first window that has it. */
  readonly largest: Burst
  readonly outcome: Outcome
}

/** One answer for each limit, in order; `uncertainty` is that of a delivered dose. Throws RangeError as the burst does. */
export function heldLimits(
  tip: Staircase,
  limits: readonly DoseLimit[],
  span: Span,
  uncertainty: Uncertainty,
): readonly HeldLimit[] {
  return limits.map(({ window_us, most }) => {
    const largest = largestBurst(tip, window_us, span)
    return { window_us, most, largest, outcome: judged(largest.rise, uncertainty, { atMost: most }) }
  })
}
