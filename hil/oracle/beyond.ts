/**
 * When delivery was first beyond a tolerance that grows with what is prescribed: 14.5 % of it, say, and a step.
 *
 * A difference that is bounded by a part of the prescription is bounded on either side by a line of its own: delivery is
 * too much when it is more than the step above (1 + part) times the prescription, and too little when it is more than the
 * step below (1 - part) times it. So each side is a question of {@link astrayOf}, exact over all instants.
 */
import { astrayOf } from '#hil/oracle/astray'
import type { Line } from '#hil/oracle/line'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { add, isNegative, multiply, ONE, type Rational, subtract } from '#units/rational'

export interface BeyondQuestion extends Span {
  /** The part of what is prescribed that delivery may differ by, at least nothing. */
  readonly part: Rational
  /** What it may differ by besides: a step, and what is prescribed in a tick of the rig, for example. */
  readonly step: Rational
}

/** The instant after which delivery was beyond for the first time, and on which side. */
export interface Beyond {
  readonly at_us: Rational
  readonly side: 'over' | 'under'
}

/** Compares the increments since the start of the span; undefined where delivery never was beyond. */
export function firstBeyond(delivered: Staircase, prescribed: Line, question: BeyondQuestion): Beyond | undefined {
  const { from_us, to_us, part, step } = question
  if (isNegative(part)) throw new RangeError('a part must not be less than nothing')
  const span = { from_us, to_us, tolerance: step }
  const over_us = astrayOf(delivered, scaled(prescribed, add(ONE, part)), span).ahead.first_us
  const less = subtract(ONE, part)
  const under_us = isNegative(less) ? undefined : astrayOf(delivered, scaled(prescribed, less), span).behind.first_us
  if (over_us === undefined) return under_us && { at_us: under_us, side: 'under' }
  if (under_us === undefined || !isNegative(subtract(under_us, over_us))) return { at_us: over_us, side: 'over' }
  return { at_us: under_us, side: 'under' }
}

function scaled(line: Line, factor: Rational): Line {
  return line.map(({ from_us, value, rate }) => ({
    from_us,
    value: multiply(value, factor),
    rate: multiply(rate, factor),
  }))
}
