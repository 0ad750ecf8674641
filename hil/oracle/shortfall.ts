/**
 * The leanest day: the window of time in which the most was missing of what was prescribed in it, wherever it begins.
 *
 * The largest dose of 24 hours says what a patient got too much at once; this is its counterpart for withdrawal. Between two
 * instants at which a step enters or leaves the window, or the prescribed rate changes at an end of it, what is missing
 * grows or falls in a straight line, so the most is just before or at one of them. Which one is found in doubles; what the
 * window holds is then taken exactly.
 */
import { PLAIN } from '#hil/oracle/arithmetic'
import { Climb } from '#hil/oracle/climb'
import { commonUnit, risesOf } from '#hil/oracle/common-unit'
import { heightAt, indexHeights } from '#hil/oracle/heights'
import { increment, type Line, type LinePiece } from '#hil/oracle/line'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { add, compare, isPositive, larger, ONE, type Rational, subtract, toNumber, whole, ZERO } from '#units/rational'

export interface Shortfall {
  readonly prescribed: Rational
  readonly delivered: Rational
  /** The end of the window. */
  readonly to_us: Rational
}

/** Which window lacks most, of those that end at the instant or just before it. */
interface Place {
  readonly at_us: Rational
  readonly before: boolean
}

/** What is closer is a tie, of which the first one counts. */
const TIE = 1e-12

/**
 * Of all windows `(t - window_us, t]` with t in the span the one that lacks most, counting from the start of the span;
 * undefined where none lacks anything. `window_us` is a whole number above nothing. Throws RangeError where what was
 * delivered ever falls.
 */
export function largestShortfall(
  delivered: Staircase,
  prescribed: Line,
  window_us: Rational,
  span: Span,
): Shortfall | undefined {
  if (!isPositive(window_us) || window_us.d !== 1n) throw new RangeError('a window lasts whole microseconds')
  const flights = during(delivered, span)
  mustRise(flights)
  const place = leanest(flights, prescribed, window_us, span)
  if (place === undefined) return undefined
  const heights = indexHeights(flights)
  const { at_us, before } = place
  const from_us = subtract(at_us, window_us)
  const height = (t_us: Rational) => heightAt(heights, before ? subtract(t_us, ONE) : t_us)
  const meant = increment(prescribed, larger(from_us, span.from_us), at_us)
  const given = subtract(height(at_us), height(from_us))
  return compare(meant, given) > 0 ? { prescribed: meant, delivered: given, to_us: at_us } : undefined
}

function leanest(flights: Staircase, line: Line, window_us: Rational, span: Span): Place | undefined {
  const unit = commonUnit(risesOf(flights))
  const [head, tail] = [new Climb(flights, unit, PLAIN), new Climb(flights, unit, PLAIN)]
  const [step, reach, start] = [toNumber(unit), toNumber(window_us), toNumber(span.from_us)]
  const [now, then] = [new Growing(line), new Growing(line)]
  const marks = marksOf(line, window_us, span)
  const end_us = toNumber(span.to_us)
  let [most, held, mark] = [0, 0, 0]
  let found: Place | undefined
  for (;;) {
    const marked = marks[mark]
    const t = Math.min(head.at_us, tail.at_us + reach, marked?.t ?? Number.POSITIVE_INFINITY)
    if (t > end_us) return found
    const meant = now.at(t) - then.at(Math.max(t - reach, start))
    const at_us = marked?.t === t ? marked.at_us : whole(t)
    const look = (before: boolean) => {
      const lacking = meant - held * step
      if (lacking <= most * (1 + TIE)) return
      most = lacking
      found = { at_us, before }
    }
    look(true)
    for (; head.at_us === t; head.advance()) held += head.rise
    for (; tail.at_us + reach === t; tail.advance()) held -= tail.rise
    for (; marks[mark]?.t === t; ) mark += 1
    look(false)
  }
}

/** The ends of the span, and where the prescribed rate changes at an end of the window. */
function marksOf(line: Line, window_us: Rational, { from_us, to_us }: Span) {
  const changes = line.flatMap((piece) => [piece.from_us, add(piece.from_us, window_us)])
  return [from_us, to_us, add(from_us, window_us), ...changes]
    .filter((at_us) => compare(at_us, from_us) >= 0 && compare(at_us, to_us) <= 0)
    .toSorted(compare)
    .map((at_us) => ({ at_us, t: toNumber(at_us) }))
}

/** The value of a line at instants that never go back, in doubles. */
class Growing {
  readonly #line: Line
  #index = 0
  #piece: { readonly from: number; readonly value: number; readonly rate: number }
  #until = Number.NEGATIVE_INFINITY

  constructor(line: Line) {
    this.#line = line
    this.#piece = inNumbers(line[0])
    this.#until = startOf(line[1])
  }

  at(t: number): number {
    while (t >= this.#until) {
      this.#index += 1
      this.#piece = inNumbers(this.#line[this.#index])
      this.#until = startOf(this.#line[this.#index + 1])
    }
    const { from, value, rate } = this.#piece
    return value + rate * Math.max(0, t - from)
  }
}

function inNumbers(piece: LinePiece = { from_us: ZERO, value: ZERO, rate: ZERO }) {
  return { from: toNumber(piece.from_us), value: toNumber(piece.value), rate: toNumber(piece.rate) }
}

function startOf(piece: LinePiece | undefined): number {
  return piece === undefined ? Number.POSITIVE_INFINITY : toNumber(piece.from_us)
}
