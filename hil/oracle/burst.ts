/**
 * The most that ever passes in a window of time: the dose a patient gets within 24 hours, wherever those begin.
 */
import { type Arithmetic, BIG, PLAIN, SAFE } from '#hil/oracle/arithmetic'
import { Climb } from '#hil/oracle/climb'
import { commonUnit, multipleOf, risesOf } from '#hil/oracle/common-unit'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { ceil, isPositive, type Rational, ratio, toSafeInteger, whole } from '#units/rational'

export interface Burst {
  readonly rise: Rational
  /** The first instant at which the window before it holds this much; the start of the span if nothing ever rises. */
  readonly at_us: Rational
}

/**
 * The largest sum of rises in any window `(t - window_us, t]`, of the instants in the span. `window_us` > 0.
 * Exact over all t: the sum is largest just after an instant, so only those are visited. Throws RangeError where the
 * staircase ever falls, because then it may be largest just after an instant has left the window.
 */
export function largestBurst(staircase: Staircase, window_us: Rational, span: Span): Burst {
  if (!isPositive(window_us)) throw new RangeError('a window must last longer than nothing')
  const inside = during(staircase, span)
  mustRise(inside)
  const unit = commonUnit(risesOf(inside))
  let total = 0n
  for (const { rise, cadence } of inside) total += multipleOf(unit, rise) * BigInt(cadence.count)
  const reach_us = toSafeInteger(ceil(window_us))
  const found = total < SAFE ? walk(inside, unit, reach_us, PLAIN) : walk(inside, unit, reach_us, BIG)
  return found ?? { rise: { n: 0n, d: 1n }, at_us: span.from_us }
}

/** Instants are whole microseconds, so a window of a fraction more than w holds those of one of w + 1. */
function walk<N>(staircase: Staircase, unit: Rational, reach_us: number, math: Arithmetic<N>): Burst | undefined {
  const [head, tail] = [new Climb(staircase, unit, math), new Climb(staircase, unit, math)]
  let held = math.zero
  let most = math.zero
  let most_us: number | undefined
  while (head.at_us !== Number.POSITIVE_INFINITY) {
    const now_us = head.at_us
    for (; head.at_us === now_us; head.advance()) held = math.plus(held, head.rise)
    for (; tail.at_us <= now_us - reach_us; tail.advance()) held = math.minus(held, tail.rise)
    if (math.below(most, held)) [most, most_us] = [held, now_us]
  }
  if (most_us === undefined) return undefined
  return { rise: ratio(math.big(most) * unit.n, unit.d), at_us: whole(most_us) }
}
