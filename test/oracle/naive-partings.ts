/**
 * How a staircase and a line part, spelled out: every time at which anything changes, with fractions throughout.
 */
import { type Line, valueAt } from '#hil/oracle/line'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { add, compare, divide, isPositive, isZero, multiply, type Rational, subtract, ZERO } from '#units/rational'
import { type Instant, spelledOut } from './naive.ts'

/** From one instant to the next: the difference at its start and just before its end, staircase less line. */
export interface Ramp {
  readonly from: Rational
  readonly to: Rational
  readonly start: Rational
  readonly end: Rational
}

/** The ramps of a span, and the instants of the staircase in it. */
export function rampsOf(
  staircase: Staircase,
  line: Line,
  span: Span,
): { readonly ramps: readonly Ramp[]; readonly instants: readonly Instant[] } {
  const instants = spelledOut(staircase, span)
  const times = [span.from_us, span.to_us, ...instants.map(({ t }) => t), ...line.map(({ from_us }) => from_us)]
  const inside = times.filter((t) => compare(t, span.from_us) >= 0 && compare(t, span.to_us) <= 0)
  const sorted = inside.toSorted(compare).filter((t, index, all) => index === 0 || compare(t, all[index - 1]!) > 0)
  const zero = valueAt(line, span.from_us)
  let height = ZERO
  let taken = 0
  const ramps = sorted.slice(0, -1).map((from, index): Ramp => {
    for (let next = instants[taken]; next !== undefined && compare(next.t, from) <= 0; next = instants[taken]) {
      height = add(height, next.rise)
      taken += 1
    }
    const to = sorted[index + 1]!
    const less = (t: Rational) => subtract(height, subtract(valueAt(line, t), zero))
    return { from, to, start: less(from), end: less(to) }
  })
  return { ramps, instants }
}

/** Every value that the difference ever comes to or comes close to, in order of time. */
export function valuesOf(staircase: Staircase, line: Line, span: Span): readonly Rational[] {
  const { ramps, instants } = rampsOf(staircase, line, span)
  const last = ramps.at(-1)?.end ?? ZERO
  const atEnd = instants.filter(({ t }) => compare(t, span.to_us) === 0).reduce((sum, { rise }) => add(sum, rise), ZERO)
  return [ZERO, ...ramps.flatMap(({ start, end }) => [start, end]), add(last, atEnd)]
}

/** How long of a ramp the difference lies above a level. */
export function timeAbove({ from, to, start, end }: Ramp, level: Rational): Rational {
  const length = subtract(to, from)
  if (compare(end, level) >= 0 && compare(start, level) > 0) return length
  const fall = subtract(start, end)
  if (isZero(fall) || compare(start, level) <= 0) return ZERO
  return divide(multiply(subtract(start, level), length), fall)
}

/** How long of a ramp the difference lies below a level. */
export function timeBelow(ramp: Ramp, level: Rational): Rational {
  const length = subtract(ramp.to, ramp.from)
  if (isZero(subtract(ramp.start, ramp.end))) return compare(ramp.start, level) < 0 ? length : ZERO
  return subtract(length, timeAtLeast(ramp, level))
}

function timeAtLeast({ from, to, start, end }: Ramp, level: Rational): Rational {
  const length = subtract(to, from)
  if (compare(end, level) >= 0) return length
  const part = divide(multiply(subtract(start, level), length), subtract(start, end))
  return isPositive(part) ? part : ZERO
}
