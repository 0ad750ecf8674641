/**
 * Delivered against prescribed over whole windows: the daily volume, the dose of a week, the total at the end.
 */
import {
  around,
  EXACTLY,
  type Interval,
  type Outcome,
  sizeOf,
  together,
  type Uncertainty,
  verdictOf,
} from '#hil/oracle/guard-band'
import { type Heights, riseOver } from '#hil/oracle/heights'
import { increment, type Line } from '#hil/oracle/line'
import type { Span } from '#hil/oracle/staircase'
import { add, compare, isPositive, magnitude, multiply, type Rational, subtract } from '#units/rational'

/** What was delivered and what was prescribed in a span. */
export interface Delivery extends Span {
  readonly delivered: Rational
  readonly prescribed: Rational
}

export function deliveryOver(delivered: Heights, prescribed: Line, { from_us, to_us }: Span): Delivery {
  return {
    from_us,
    to_us,
    delivered: riseOver(delivered, { from_us, to_us }),
    prescribed: increment(prescribed, from_us, to_us),
  }
}

/** The whole windows of length `every_us` > 0 that a span holds, laid end to end from its start; without it the span. */
export function* windowsOf(span: Span, every_us?: Rational): Generator<Span> {
  if (every_us === undefined) {
    yield { from_us: span.from_us, to_us: span.to_us }
    return
  }
  if (!isPositive(every_us)) throw new RangeError('a window must last longer than nothing')
  for (let from_us = span.from_us; ; ) {
    const to_us = add(from_us, every_us)
    if (compare(to_us, span.to_us) > 0) return
    yield { from_us, to_us }
    from_us = to_us
  }
}

/** How far a delivery may be out: a fraction of what was prescribed, and an amount that no motor can divide. */
export interface Tolerance {
  readonly within: Rational
  readonly step: Rational
}

export interface WorstDelivery extends Delivery {
  /** |delivered - prescribed| and its bound, `within * prescribed + step`. */
  readonly error: Rational
  readonly limit: Rational
  /** All that the error may truly be; undefined when nobody can say. */
  readonly truth: Interval | undefined
  readonly outcome: Outcome
}

/**
 * The window that decides: of those that are outside their limit for certain the one furthest beyond it, else of those that
 * may be outside, else of all the one closest to it; the first of equals. A delivery is outside exactly when its error
 * exceeds the limit. Undefined when the span holds no whole window.
 */
export function worstDelivery(
  delivered: Heights,
  prescribed: Line,
  windows: Iterable<Span>,
  { within, step }: Tolerance,
  uncertainty: Uncertainty = EXACTLY,
): WorstDelivery | undefined {
  let worst: WorstDelivery | undefined
  for (const window of windows) {
    const delivery = deliveryOver(delivered, prescribed, window)
    const limit = add(multiply(within, delivery.prescribed), step)
    const error = magnitude(subtract(delivery.delivered, delivery.prescribed))
    const truth = errorOf(delivery, uncertainty)
    const candidate = { ...delivery, error, limit, truth, outcome: verdictOf(truth, { atMost: limit }) }
    if (worst === undefined || isWorse(candidate, worst)) worst = candidate
  }
  return worst
}

/** Every size that the error of a delivery may truly have. */
function errorOf({ delivered, prescribed }: Delivery, uncertainty: Uncertainty): Interval | undefined {
  const truth = around(delivered, uncertainty)
  return truth && sizeOf({ low: subtract(truth.low, prescribed), high: subtract(truth.high, prescribed) })
}

function isWorse(a: WorstDelivery, b: WorstDelivery): boolean {
  if (a.outcome !== b.outcome) return together([a.outcome, b.outcome]) === a.outcome
  return compare(subtract(a.error, a.limit), subtract(b.error, b.limit)) > 0
}
