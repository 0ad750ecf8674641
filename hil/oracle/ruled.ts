/**
 * A line drawn on ruled paper: every time and every value a whole number of rulings, so that millions of exact
 * evaluations need no fraction.
 */
import { leastCommonMultiple } from '#hil/oracle/common-unit'
import type { Line } from '#hil/oracle/line'
import { type Rational, ratio } from '#units/rational'

/** The fineness of the paper: rulings in one unit of value and in one microsecond. */
export interface Ruling {
  readonly perUnit: bigint
  readonly perMicrosecond: bigint
}

/** From `from` on the line is `value` and grows by `rate` every ruling of time. */
export interface RuledPiece {
  readonly from: bigint
  readonly value: bigint
  readonly rate: bigint
}

/** As a line, and also flat before its first piece. */
export interface RuledLine extends Ruling {
  readonly pieces: readonly RuledPiece[]
}

/** Rules the line finely enough that the given further values and times are whole numbers of rulings too. */
export function ruled(line: Line, values: Iterable<Rational>, times_us: Iterable<Rational>): RuledLine {
  let [perUnit, perMicrosecond] = [1n, 1n]
  for (const time_us of times_us) perMicrosecond = leastCommonMultiple(perMicrosecond, time_us.d)
  for (const { from_us } of line) perMicrosecond = leastCommonMultiple(perMicrosecond, from_us.d)
  for (const value of values) perUnit = leastCommonMultiple(perUnit, value.d)
  for (const { value, rate } of line) {
    perUnit = leastCommonMultiple(perUnit, value.d)
    perUnit = leastCommonMultiple(perUnit, rate.d * perMicrosecond)
  }
  const ruling = { perUnit, perMicrosecond }
  const pieces = line.map(({ from_us, value, rate }) => ({
    from: timeRulings(ruling, from_us),
    value: valueRulings(ruling, value),
    rate: valueRulings(ruling, rate) / perMicrosecond,
  }))
  return { ...ruling, pieces }
}

/** The same line, every value reached `delay` rulings of time later. */
export function delayed(line: RuledLine, delay: bigint): RuledLine {
  return { ...line, pieces: line.pieces.map((piece) => ({ ...piece, from: piece.from + delay })) }
}

export function timeRulings(ruling: Ruling, t_us: Rational): bigint {
  return t_us.n * (ruling.perMicrosecond / t_us.d)
}

export function valueRulings(ruling: Ruling, value: Rational): bigint {
  return value.n * (ruling.perUnit / value.d)
}

export function toTime_us(ruling: Ruling, rulings: bigint): Rational {
  return ratio(rulings, ruling.perMicrosecond)
}

export function toValue(ruling: Ruling, rulings: bigint): Rational {
  return ratio(rulings, ruling.perUnit)
}

/** The value at time `t` on a piece of a line; before the first piece, on none, it is that of the first. */
export function valueOn(piece: RuledPiece | undefined, first: RuledPiece | undefined, t: bigint): bigint {
  return piece === undefined ? (first?.value ?? 0n) : piece.value + piece.rate * (t - piece.from)
}

/** The value of the line at any time, both in rulings. */
export function ruledAt(line: RuledLine, t: bigint): bigint {
  let [low, high] = [0, line.pieces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const piece = line.pieces[middle]
    if (piece === undefined || piece.from > t) high = middle
    else low = middle + 1
  }
  return valueOn(line.pieces[low - 1], line.pieces[0], t)
}
