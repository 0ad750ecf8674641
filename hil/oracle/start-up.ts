/**
 * The start-up curve: how the flow settles after a start, in windows of one sample interval laid end to end.
 *
 * And the mean flow error A, the one figure of the whole analysis. Both are taken from the exact heights at the ends of
 * the windows, so no sample in between is missed.
 */
import { deliveryOver, windowsOf } from '#hil/oracle/delivery'
import type { Heights } from '#hil/oracle/heights'
import type { Line } from '#hil/oracle/line'
import type { Span } from '#hil/oracle/staircase'
import {
  ceil,
  divide,
  floor,
  isPositive,
  isZero,
  ONE,
  type Rational,
  subtract,
  times,
  toSafeInteger,
} from '#units/rational'

/** What flowed in a window; rates in uL/us. */
export interface MeanFlow extends Span {
  readonly delivered_uL_per_us: Rational
  readonly prescribed_uL_per_us: Rational
  /** `delivered / prescribed - 1`; undefined where nothing is prescribed. */
  readonly error: Rational | undefined
  /** One step of the prescribed volume, as a fraction: an error within it says nothing; undefined as the error is. */
  readonly floor: Rational | undefined
}

export interface StartUpQuestion extends Span {
  /** S, more than nothing: the length of every window. */
  readonly interval_us: Rational
  /** Volume of one motor step. */
  readonly step: Rational
}

/** More points than any chart shows; a longer curve is asked for with a longer interval. */
const MOST_POINTS = 100_000

/** The flow in every whole window from the start of the span. Throws RangeError for more than 100,000 windows. */
export function startUpCurve(delivered: Heights, prescribed: Line, question: StartUpQuestion): readonly MeanFlow[] {
  const { interval_us, step } = question
  if (!isPositive(interval_us)) throw new RangeError('a window must last longer than nothing')
  const points = floor(divide(subtract(question.to_us, question.from_us), interval_us))
  if (points > MOST_POINTS) {
    throw new RangeError(
      `a start-up curve of ${points} windows is too long: at most ${MOST_POINTS}; widen the interval`,
    )
  }
  return Array.from(windowsOf(question, interval_us), (span) => meanFlow(delivered, prescribed, span, step))
}

/** The mean flow of a span, and its error A. The span lasts longer than nothing. */
export function meanFlow(delivered: Heights, prescribed: Line, span: Span, step: Rational): MeanFlow {
  const lasts_us = subtract(span.to_us, span.from_us)
  const found = deliveryOver(delivered, prescribed, span)
  const isMeant = !isZero(found.prescribed)
  return {
    from_us: span.from_us,
    to_us: span.to_us,
    delivered_uL_per_us: divide(found.delivered, lasts_us),
    prescribed_uL_per_us: divide(found.prescribed, lasts_us),
    error: isMeant ? subtract(divide(found.delivered, found.prescribed), ONE) : undefined,
    floor: isMeant ? divide(step, found.prescribed) : undefined,
  }
}

/**
 * The shortest whole number of cycles of a pulsing pump that lasts at least `least_us`: an average over a part of a
 * cycle shows the pulses and not the flow. Both are more than nothing.
 */
export function wholeCycles(cycle_us: Rational, least_us: Rational): Rational {
  return times(cycle_us, toSafeInteger(ceil(divide(least_us, cycle_us))))
}
