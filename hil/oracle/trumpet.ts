/**
 * The trumpet: how far the mean flow in a window of time is ever out, wherever the window starts.
 *
 * Pulses make short windows wild and long windows calm, so the extremes plotted over the length of the window look like
 * the bell of a trumpet (after IEC 60601-2-24). Here they are exact over every real start: between two moments at which
 * a step enters or leaves the window the delivered volume is constant and the prescribed one is a straight line, so the
 * extremes lie just before or just after such a moment, or where the prescribed rate changes at an end of the window.
 */
import { type Arithmetic, BIG, PLAIN, SAFE } from '#hil/oracle/arithmetic'
import { Climb } from '#hil/oracle/climb'
import { commonUnit, multipleOf, risesOf } from '#hil/oracle/common-unit'
import { Envelope, type FlowError, type Moment, type Unprescribed } from '#hil/oracle/envelope'
import { type Line, lineDuring } from '#hil/oracle/line'
import { type Reach, reachesOf } from '#hil/oracle/reaches'
import { type RuledLine, ruled, timeRulings, toValue, valueRulings } from '#hil/oracle/ruled'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { ceil, compare, divide, floor, isPositive, type Rational, subtract, toSafeInteger } from '#units/rational'

export interface TrumpetQuestion extends Span {
  /** Length of the window, more than nothing. */
  readonly window_us: Rational
  /** Volume of one motor step: what no window can resolve. */
  readonly step: Rational
  /** One tick of the rig in the time of the therapy. */
  readonly rigTick_us: Rational
}

export interface Trumpet {
  /** Largest and smallest `delivered / prescribed - 1` of all windows in which something is prescribed, if any is. */
  readonly most: FlowError | undefined
  readonly least: FlowError | undefined
  /** The most that any window holds in which nothing is prescribed: an error without bound. */
  readonly unprescribed: Unprescribed | undefined
  /**
   * The error that a faultless motor may show in the leanest window: one step and what is prescribed in one rig tick,
   * relative to the least volume prescribed in any window. Undefined when there is no window, or one without a
   * prescription: then no bound can be resolved.
   */
  readonly floor: Rational | undefined
}

/** Whether errors up to `within` tell a faulty pump from a faultless one. */
export function resolves(trumpet: Trumpet, within: Rational): boolean {
  return trumpet.floor !== undefined && compare(trumpet.floor, within) <= 0
}

/** The exact trumpet of one window over the increments of a span. Throws RangeError where what was delivered ever falls. */
export function trumpetOf(delivered: Staircase, prescribed: Line, question: TrumpetQuestion): Trumpet {
  const { from_us, to_us, window_us, step, rigTick_us } = question
  if (!isPositive(window_us)) throw new RangeError('a window must last longer than nothing')
  if (compare(subtract(to_us, from_us), window_us) < 0) {
    return { most: undefined, least: undefined, unprescribed: undefined, floor: undefined }
  }
  const flights = during(delivered, question)
  mustRise(flights)
  const unit = commonUnit(risesOf(flights))
  const around = lineDuring(prescribed, subtract(from_us, rigTick_us), to_us)
  const paper = ruled(around, [unit, step], [from_us, to_us, window_us, rigTick_us])
  const window = timeRulings(paper, window_us)
  const first = timeRulings(paper, from_us)
  const last = timeRulings(paper, to_us) - window
  const reaches = [...reachesOf(paper, window, first, last)]
  const slide = { flights, unit, window_us, paper, reaches }
  const extremes = sizeOf(slide) < SAFE ? slideOver(slide, PLAIN) : slideOver(slide, BIG)
  const tick = timeRulings(paper, rigTick_us)
  const blur = valueRulings(paper, step) + fastest(paper) * tick
  const least = leanest(reaches)
  return { ...extremes, floor: least > 0n ? divide(toValue(paper, blur), toValue(paper, least)) : undefined }
}

/** The least that is prescribed in any window; growth is steady in a reach, so it is found at an end of one. */
function leanest(reaches: readonly Reach[]): bigint {
  let least: bigint | undefined
  for (const { atFirst, atLast } of reaches) {
    const lower = atFirst < atLast ? atFirst : atLast
    if (least === undefined || lower < least) least = lower
  }
  return least ?? 0n
}

/** The highest rate of the line, which has been cut to the span and the tick before it. */
function fastest(line: RuledLine): bigint {
  return line.pieces.reduce((most, { rate }) => (rate > most ? rate : most), 0n)
}

interface Slide {
  readonly flights: Staircase
  readonly unit: Rational
  readonly window_us: Rational
  readonly paper: RuledLine
  readonly reaches: readonly Reach[]
}

/** A bound of what a window can hold, in units. */
function sizeOf({ flights, unit }: Slide): bigint {
  let total = 0n
  for (const { rise, cadence } of flights) total += multipleOf(unit, rise) * BigInt(cadence.count)
  return total
}

function slideOver<N>(slide: Slide, math: Arithmetic<N>): Omit<Trumpet, 'floor'> {
  const { flights, unit, window_us, paper, reaches } = slide
  const window = timeRulings(paper, window_us)
  const envelope = new Envelope({ paper, window, unit: valueRulings(paper, unit), math })
  const pane = new Pane(flights, unit, window_us, math)
  const [opening] = reaches
  if (opening !== undefined) pane.open(Number((opening.first + window) / paper.perMicrosecond))
  for (const reach of reaches) {
    envelope.enter(reach)
    const lastOut_us = Number(reach.last / paper.perMicrosecond)
    const lastIn_us = Number((reach.last + window) / paper.perMicrosecond)
    let from = FIRST
    for (;;) {
      const held = pane.held
      const to = pane.pass(lastOut_us, lastIn_us)
      envelope.consider(held, from, to)
      if (to === LAST) break
      from = to
    }
  }
  const { most, least, unprescribed } = envelope
  return { most, least, unprescribed }
}

const FIRST: Moment = { side: 'first', mark_us: 0 }
const LAST: Moment = { side: 'last', mark_us: 0 }

/** What the window holds while it slides past the instants of a staircase. */
class Pane<N> {
  held: N
  readonly #head: Climb<N>
  readonly #tail: Climb<N>
  readonly #math: Arithmetic<N>
  /** The window rounded up and, where that loses nothing, the distance at which two instants pass at once. */
  readonly #reach_us: number
  readonly #exact_us: number

  constructor(staircase: Staircase, unit: Rational, window_us: Rational, math: Arithmetic<N>) {
    this.held = math.zero
    this.#head = new Climb(staircase, unit, math)
    this.#tail = new Climb(staircase, unit, math)
    this.#math = math
    this.#reach_us = toSafeInteger(ceil(window_us))
    this.#exact_us = floor(window_us) === ceil(window_us) ? this.#reach_us : Number.NaN
  }

  /** Takes in all instants up to `last_us`. */
  open(last_us: number): void {
    for (; this.#head.at_us <= last_us; this.#head.advance()) this.held = this.#math.plus(this.held, this.#head.rise)
  }

  /** Slides past the next moment at which something enters or leaves, unless both lie beyond the bounds. */
  pass(lastOut_us: number, lastIn_us: number): Moment {
    const [head, tail, math] = [this.#head, this.#tail, this.#math]
    const in_us = head.at_us <= lastIn_us ? head.at_us : Number.POSITIVE_INFINITY
    const out_us = tail.at_us <= lastOut_us ? tail.at_us : Number.POSITIVE_INFINITY
    if (in_us === out_us && in_us === Number.POSITIVE_INFINITY) return LAST
    const apart_us = in_us - out_us
    const enters = apart_us < this.#reach_us || apart_us === this.#exact_us
    const leaves = apart_us >= this.#reach_us
    if (enters) this.open(in_us)
    if (leaves) for (; tail.at_us === out_us; tail.advance()) this.held = math.minus(this.held, tail.rise)
    return leaves ? { side: 'out', mark_us: out_us } : { side: 'in', mark_us: in_us }
  }
}
