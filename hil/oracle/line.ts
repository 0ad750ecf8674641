/**
 * A quantity that grows at a constant rate between changes: volume or drug as a prescriber means it.
 *
 * A line is exact everywhere, so an oracle can ask for it at any instant and never at samples. Before its first piece a
 * line holds the value at which that piece starts.
 */
import { add, compare, divide, equal, larger, multiply, type Rational, subtract, ZERO } from '#units/rational'

/** From `from_us` on the quantity is `value` and grows by `rate` every microsecond, never by less than nothing. */
export interface LinePiece {
  readonly from_us: Rational
  readonly value: Rational
  readonly rate: Rational
}

/** At least one piece; their times strictly increase, each starts where the one before it ends, the last never ends. */
export type Line = readonly LinePiece[]

/** The value of the line at an instant, before its first piece and after its last change included. */
export function valueAt(line: Line, t_us: Rational): Rational {
  const piece = pieceAt(line, t_us)
  if (piece === undefined) throw new RangeError('a line has at least one piece')
  return compare(t_us, piece.from_us) <= 0 ? piece.value : onPiece(piece, t_us)
}

/** How much the line grows from one instant to another; negative when `to_us` lies before `from_us`. */
export function increment(line: Line, from_us: Rational, to_us: Rational): Rational {
  return subtract(valueAt(line, to_us), valueAt(line, from_us))
}

/** The latest instant at which the line is not above `value`, or undefined when it never rises above it. */
export function lastAtOrBelow(line: Line, value: Rational): Rational | undefined {
  const after = firstWhere(line, (piece) => compare(piece.value, value) > 0)
  const piece = line[after - 1]
  if (piece === undefined) throw new RangeError('the line lies above the value from its start')
  if (piece.rate.n === 0n) return undefined
  return add(piece.from_us, divide(subtract(value, piece.value), piece.rate))
}

/**
 * Lets the line, whose pieces so far are given, grow at `rate` from `at_us` on. Changes must come in order of time; a
 * later one at the same instant replaces the earlier.
 */
export function changeRate(pieces: LinePiece[], at_us: Rational, rate: Rational): void {
  const last = pieces.at(-1)
  if (last === undefined) throw new RangeError('a line has at least one piece')
  if (equal(last.rate, rate)) return
  const order = compare(at_us, last.from_us)
  if (order < 0) throw new RangeError('the changes of a line must come in order of time')
  if (order === 0) pieces.pop()
  pieces.push({ from_us: at_us, value: order === 0 ? last.value : onPiece(last, at_us), rate })
}

/** The pieces of a line that hold from `from_us` on, as a list of their own. Takes time for the tail only. */
export function tailFrom(line: Line, from_us: Rational): LinePiece[] {
  let first = line.length - 1
  for (let piece = line[first]; piece !== undefined && first > 0; piece = line[first]) {
    if (compare(piece.from_us, from_us) <= 0) break
    first -= 1
  }
  return line.slice(Math.max(first, 0))
}

/** The pieces of a line that hold at some instant from `from_us` to `to_us`; at least one. */
export function lineDuring(line: Line, from_us: Rational, to_us: Rational): Line {
  const after = (at_us: Rational) => firstWhere(line, (piece) => compare(piece.from_us, at_us) > 0)
  const first = Math.max(after(from_us) - 1, 0)
  return line.slice(first, Math.max(after(to_us), first + 1))
}

/** The highest rate that a line has at some instant from `from_us` to `to_us`. */
export function highestRate(line: Line, from_us: Rational, to_us: Rational): Rational {
  return lineDuring(line, from_us, to_us).reduce((most, { rate }) => larger(most, rate), ZERO)
}

/** Index of the last piece that begins by `at_us`, no earlier than `index`; -1 before the first. For walks in order of time. */
export function lastStarted(line: Line, index: number, at_us: Rational): number {
  let found = index
  for (let next = line[found + 1]; next !== undefined && compare(next.from_us, at_us) <= 0; next = line[found + 1]) {
    found += 1
  }
  return found
}

/** The value that a piece would have at an instant, were it to hold there. */
export function onPiece(piece: LinePiece, t_us: Rational): Rational {
  return add(piece.value, multiply(piece.rate, subtract(t_us, piece.from_us)))
}

function pieceAt(line: Line, t_us: Rational): LinePiece | undefined {
  const after = firstWhere(line, (piece) => compare(piece.from_us, t_us) > 0)
  return line[Math.max(after - 1, 0)]
}

/** Index of the first piece that meets a condition which, once met, stays met; the number of pieces when none does. */
function firstWhere(line: Line, condition: (piece: LinePiece) => boolean): number {
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const piece = line[middle]
    if (piece === undefined || condition(piece)) high = middle
    else low = middle + 1
  }
  return low
}
