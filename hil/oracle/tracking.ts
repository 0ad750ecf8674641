/**
 * Delivered against prescribed, at every instant.
 *
 * With D delivered, P prescribed, d and p their increments since the start of the span and T one tick of the rig, a run
 * tracks within w when at every instant t of the span
 *
 * - it is not ahead:  d(t) - p(t) <= w + [P(start) - P(start - T)]
 * - it is not behind: p(t) - d(t-) <= w + [P(t) - P(t - T)]
 *
 * where d(t-) is what was delivered just before t. The brackets are the volume prescribed in one rig tick: a step due at
 * the exact time x happens at the first tick at or after x, less than T later. So the step due at t may still be on its
 * way, and one due at the start may fall into the span. A pump whose k-th step is due when P reaches k steps, on such a
 * rig, is therefore within one step at every instant, from any start, and across any change of rate; a bound below one
 * step it breaks. P is 0 before the run.
 */
import { crestOf, firstAbove } from '#hil/oracle/beat'
import { risesOf } from '#hil/oracle/common-unit'
import { type Line, lastAtOrBelow } from '#hil/oracle/line'
import {
  delayed,
  type RuledLine,
  ruled,
  ruledAt,
  timeRulings,
  toTime_us,
  toValue,
  valueRulings,
} from '#hil/oracle/ruled'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { stretchesOf } from '#hil/oracle/stretches'
import { add, type Rational, smaller } from '#units/rational'

export interface TrackingQuestion extends Span {
  /** How far delivered and prescribed may part: one motor step as a volume, for example. */
  readonly within: Rational
  /** One tick of the rig in the time of the therapy: 64 us, unless a run is sped up. */
  readonly rigTick_us: Rational
}

export interface Tracking {
  /**
   * Delivered less prescribed where it is furthest out, ahead rather than behind and the first of equals; when behind, just
   * before the step at `at_us`.
   */
  readonly deviation: Rational
  readonly at_us: Rational
  /** The volume prescribed in one rig tick that is allowed there on top of `within`. */
  readonly allowance: Rational
  /** The magnitude of the deviation less the allowance: the largest of all instants, and what `within` bounds. */
  readonly excess: Rational
  /** From when on, or after when, `within` is exceeded for the first time; undefined exactly when it never is. */
  readonly firstViolation_us: Rational | undefined
}

/** The exact worst deviation over all instants of the span. Throws RangeError where what was delivered ever falls. */
export function trackingOf(delivered: Staircase, prescribed: Line, question: TrackingQuestion): Tracking {
  const { from_us, to_us, rigTick_us } = question
  const flights = during(delivered, question)
  mustRise(flights)
  const paper = ruled(prescribed, [...risesOf(flights), question.within], [from_us, to_us, rigTick_us])
  const [from, tick] = [timeRulings(paper, from_us), timeRulings(paper, rigTick_us)]
  const chase: Chase = {
    flights,
    now: paper,
    late: delayed(paper, tick),
    limit: valueRulings(paper, question.within),
    from,
    to: timeRulings(paper, to_us),
    start: ruledAt(paper, from),
    lateStart: ruledAt(paper, from - tick),
  }
  const [ahead, behind] = [furthestAhead(chase), furthestBehind(chase)]
  const worst = ahead.excess >= behind.excess ? ahead : behind
  const due = lastDue(chase, behind, prescribed)
  const late_us = due === undefined ? undefined : add(due, rigTick_us)
  const early_us = ahead.violation === undefined ? undefined : toTime_us(paper, ahead.violation)
  const first = early_us === undefined || late_us === undefined ? (early_us ?? late_us) : smaller(early_us, late_us)
  const allowed =
    worst === ahead ? chase.start - chase.lateStart : ruledAt(paper, worst.at) - ruledAt(paper, worst.at - tick)
  const size = worst.excess + allowed
  return {
    deviation: toValue(paper, worst === ahead ? size : -size),
    at_us: toTime_us(paper, worst.at),
    allowance: toValue(paper, allowed),
    excess: toValue(paper, worst.excess),
    firstViolation_us: first,
  }
}

/** The question on ruled paper: every number is a count of rulings. */
interface Chase {
  readonly flights: Staircase
  readonly now: RuledLine
  /** The prescribed line one rig tick later. */
  readonly late: RuledLine
  readonly limit: bigint
  readonly from: bigint
  readonly to: bigint
  /** The prescribed value at the start, and one rig tick before. */
  readonly start: bigint
  readonly lateStart: bigint
}

/** The largest excess, its time, and at which time (ahead) or at which delivered value (behind) the limit breaks. */
interface Extreme {
  readonly excess: bigint
  readonly at: bigint
  readonly violation: bigint | undefined
}

/** Visits the moments just after each step. */
function furthestAhead(chase: Chase): Extreme {
  let [excess, at] = [chase.lateStart - chase.start, chase.from]
  let violation: bigint | undefined
  for (const stretch of stretchesOf(chase.flights, chase.now)) {
    const base = stretch.below + stretch.rise - stretch.prescribed + chase.lateStart
    const crest = crestOf(stretch.beat)
    if (base + crest.value > excess) [excess, at] = [base + crest.value, stretch.timeOf(crest.index)]
    if (violation !== undefined || base + crest.value <= chase.limit) continue
    const first = firstAbove(stretch.beat, chase.limit - base)
    if (first !== undefined) violation = stretch.timeOf(first)
  }
  return { excess, at, violation }
}

/** Visits the moments just before each step, and the end. */
function furthestBehind(chase: Chase): Extreme {
  let [excess, at, delivered] = [chase.lateStart - chase.start, chase.from, 0n]
  let violation: bigint | undefined
  for (const stretch of stretchesOf(chase.flights, chase.late)) {
    const base = stretch.prescribed - chase.start - stretch.below
    const beat = { ...stretch.beat, a: -stretch.beat.a, b: -stretch.beat.b }
    const crest = crestOf(beat)
    if (base + crest.value > excess) [excess, at] = [base + crest.value, stretch.timeOf(crest.index)]
    if (violation === undefined && base + crest.value > chase.limit) {
      violation = stretch.below + stretch.rise * BigInt(firstAbove(beat, chase.limit - base) ?? 0)
    }
    delivered = stretch.below + stretch.rise * BigInt(beat.count)
  }
  const end = ruledAt(chase.late, chase.to) - chase.start - delivered
  if (end > excess) [excess, at] = [end, chase.to]
  if (violation === undefined && end > chase.limit) violation = delivered
  return { excess, at, violation }
}

/** Until when the volume that broke the limit from behind was prescribed. */
function lastDue(chase: Chase, behind: Extreme, prescribed: Line): Rational | undefined {
  if (behind.violation === undefined) return undefined
  return lastAtOrBelow(prescribed, toValue(chase.now, chase.start + behind.violation + chase.limit))
}
