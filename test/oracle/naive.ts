/**
 * The oracle's questions answered the slow way: every instant spelled out, every candidate evaluated as a fraction.
 */
import { type Line, valueAt } from '#hil/oracle/line'
import type { Flight, Span, Staircase } from '#hil/oracle/staircase'
import { type Cadence, cadencesOf } from '#units/cadence'
import {
  add,
  compare,
  divide,
  equal,
  floor,
  isPositive,
  larger,
  multiply,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

export interface Instant {
  readonly t: Rational
  readonly rise: Rational
}

function ticksOf({ first, phase, count, quotient, remainder, divisor }: Cadence): bigint[] {
  const [p, q, r, d] = [BigInt(phase), BigInt(quotient), BigInt(remainder), BigInt(divisor)]
  const exact = Array.from({ length: count }, (_, j) => ratio(BigInt(j) * (q * d + r) - p, d))
  return exact.map((value) => BigInt(first) - floor({ n: -value.n, d: value.d }))
}

/** Every instant of the staircase that belongs to the span. */
export function spelledOut(staircase: Staircase, span: Span): Instant[] {
  return staircase
    .flatMap(({ cadence, tick_us, rise }) => ticksOf(cadence).map((k) => ({ t: whole(k * BigInt(tick_us)), rise })))
    .filter(({ t }) => compare(t, span.to_us) <= 0 && (!isPositive(span.from_us) || compare(t, span.from_us) > 0))
}

/** What rises at the instants that a condition holds for. */
export function sumWhere(instants: readonly Instant[], condition: (t: Rational) => boolean): Rational {
  return instants.filter(({ t }) => condition(t)).reduce((total, { rise }) => add(total, rise), ZERO)
}

/** The steps of a pump whose k-th is due when the line reaches k steps, on a clock of whole ticks. */
export function idealSteps(
  line: Line,
  step: Rational,
  tick_us: number,
  to_us: Rational,
  gain: Rational = ratio(1n, 1n),
): Flight[] {
  const flights: Flight[] = []
  for (const [index, piece] of line.entries()) {
    const rate = multiply(piece.rate, gain)
    const end = smaller(line[index + 1]?.from_us ?? to_us, to_us)
    if (!isPositive(rate) || compare(end, piece.from_us) <= 0) continue
    const start = multiply(piece.value, gain)
    const before = floor(divide(start, step))
    const after = floor(divide(add(start, multiply(rate, subtract(end, piece.from_us))), step))
    if (after === before) continue
    const due = add(piece.from_us, divide(subtract(times(step, before + 1n), start), rate))
    const ticks = whole(tick_us)
    const cadences = cadencesOf(divide(due, ticks), divide(divide(step, rate), ticks), toSafeInteger(after - before))
    flights.push(...cadences.map((cadence) => ({ tick_us, cadence, rise: step })))
  }
  return flights
}

/** The largest excess of the two inequalities of tracking, over every instant and just before it. */
export function naiveExcess(staircase: Staircase, line: Line, span: Span, tick_us: Rational): Rational {
  const instants = spelledOut(staircase, span)
  const candidates = [span.from_us, ...instants.map(({ t }) => t), span.to_us]
  return candidates.map((t) => excessAt(instants, line, span, tick_us, t)).reduce(larger)
}

export function excessAt(
  instants: readonly Instant[],
  line: Line,
  span: Span,
  tick_us: Rational,
  t: Rational,
): Rational {
  const increment = (from: Rational, to: Rational) => subtract(valueAt(line, to), valueAt(line, from))
  const p = increment(span.from_us, t)
  const d = sumWhere(instants, (at) => compare(at, t) <= 0)
  const before = sumWhere(instants, (at) => compare(at, t) < 0)
  const ahead = subtract(subtract(d, p), increment(subtract(span.from_us, tick_us), span.from_us))
  const last = equal(t, span.to_us) ? smaller(before, d) : before
  const behind = subtract(subtract(p, last), increment(subtract(t, tick_us), t))
  return larger(ahead, behind)
}

/** Every start of a window at which the trumpet can be extreme, with what the window holds just before and at it. */
export function naiveWindows(
  staircase: Staircase,
  line: Line,
  span: Span,
  window: Rational,
): { start: Rational; delivered: Rational; prescribed: Rational }[] {
  const instants = spelledOut(staircase, span)
  const last = subtract(span.to_us, window)
  const ends = [...instants.map(({ t }) => t), ...line.map(({ from_us }) => from_us)]
  const starts = [span.from_us, last, ...ends, ...ends.map((t) => subtract(t, window))]
  return starts
    .filter((start) => compare(start, span.from_us) >= 0 && compare(start, last) <= 0)
    .flatMap((start) => {
      const end = add(start, window)
      const opening = equal(start, span.from_us)
      const prescribed = subtract(valueAt(line, end), valueAt(line, start))
      const at = sumWhere(instants, (t) => compare(t, start) > 0 && compare(t, end) <= 0)
      const before = sumWhere(
        instants,
        (t) => compare(t, start) >= 0 && (opening ? compare(t, end) <= 0 : compare(t, end) < 0),
      )
      return [at, before].map((delivered) => ({ start, delivered, prescribed }))
    })
}
