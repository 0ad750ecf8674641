/**
 * The largest and the smallest error of the flow in a sliding window, found among millions of candidates.
 *
 * A candidate is first held against the record in doubles, with a margin hundreds of times their rounding error. Only one
 * that this cannot rule out is compared, exactly, in integers; every record is therefore exact.
 */
import type { Arithmetic } from '#hil/oracle/arithmetic'
import type { Reach } from '#hil/oracle/reaches'
import { type RuledLine, toTime_us, toValue } from '#hil/oracle/ruled'
import { type Rational, ratio, toNumber } from '#units/rational'

/** The error `delivered / prescribed - 1` of the window that starts at `start_us`, or just before or after it. */
export interface FlowError {
  readonly error: Rational
  readonly start_us: Rational
}

/** What a window holds though nothing is prescribed in it. */
export interface Unprescribed {
  readonly delivered: Rational
  readonly start_us: Rational
}

/** A start of the window: an end of the reach, or the instant `mark_us` leaving at its start or entering at its end. */
export interface Moment {
  readonly side: 'first' | 'last' | 'out' | 'in'
  readonly mark_us: number
}

/** How the window slides: all numbers are rulings, `unit` those of one unit of delivered volume. */
export interface Frame<N> {
  readonly paper: RuledLine
  readonly window: bigint
  readonly unit: bigint
  readonly math: Arithmetic<N>
}

interface Candidate {
  readonly delivered: bigint
  readonly prescribed: bigint
  readonly start: bigint
}

/** Relative to doubles of 53 bits: safe for the dozen roundings between a candidate and its record. */
const MARGIN = 2 ** -45

export class Envelope<N> {
  readonly #frame: Frame<N>
  #most: Candidate | undefined
  #least: Candidate | undefined
  #unprescribed: Candidate | undefined
  /** What a double must not lie below, or above, to be a candidate. */
  #mostBound = 0
  #leastBound = Number.POSITIVE_INFINITY
  #reach: Reach = { first: 0n, last: 0n, atFirst: 0n, atLast: 0n, slope: 0n }
  #rising = true
  #flat = true
  /** The reach in doubles: prescribed units at its leaner end and at its richer one, and units a microsecond in between. */
  #lean = 0
  #rich = 0
  #rate = 0
  /** The leaner end on the clock of instants that leave and of those that enter: whole microseconds and the rest. */
  #out_us = 0
  #outRest = 0
  #in_us = 0
  #inRest = 0
  #top: N | undefined
  #bottom: N | undefined

  constructor(frame: Frame<N>) {
    this.#frame = frame
  }

  /** Goes on to the next reach; the intervals considered from now on lie in it. */
  enter(reach: Reach): void {
    const { unit, window, paper } = this.#frame
    const { perMicrosecond } = paper
    const rising = reach.slope >= 0n
    const [lean, rich] = rising ? [reach.atFirst, reach.atLast] : [reach.atLast, reach.atFirst]
    const end = rising ? reach.first : reach.last
    this.#reach = reach
    this.#rising = rising
    this.#flat = reach.slope === 0n
    this.#lean = toNumber({ n: lean, d: unit })
    this.#rich = toNumber({ n: rich, d: unit })
    this.#rate = Math.abs(toNumber({ n: reach.slope * perMicrosecond, d: unit }))
    this.#out_us = Number(end / perMicrosecond)
    this.#outRest = toNumber({ n: end % perMicrosecond, d: perMicrosecond })
    this.#in_us = Number((end + window) / perMicrosecond)
    this.#inRest = toNumber({ n: (end + window) % perMicrosecond, d: perMicrosecond })
    this.#top = undefined
    this.#bottom = undefined
  }

  /** Takes in all windows that start from one moment to another of the reach and hold the same. */
  consider(held: N, from: Moment, to: Moment): void {
    if (this.#flat && !this.#isNew(held)) return
    const near = this.#frame.math.near(held)
    const [lean, rich] = this.#rising ? [from, to] : [to, from]
    const blur = this.#rate * MARGIN
    if (!(near < this.#mostBound * (this.#prescribed(lean) - blur))) this.#high(held, lean, rich)
    if (!(near > this.#leastBound * (this.#prescribed(rich) + blur))) this.#low(held, rich)
  }

  get most(): FlowError | undefined {
    return this.#most && this.#errorOf(this.#most)
  }

  get least(): FlowError | undefined {
    return this.#least && this.#errorOf(this.#least)
  }

  get unprescribed(): Unprescribed | undefined {
    const { paper } = this.#frame
    const most = this.#unprescribed
    return most && { delivered: toValue(paper, most.delivered), start_us: toTime_us(paper, most.start) }
  }

  /** While the prescribed volume of the window is constant, only what it has not yet held can be a record. */
  #isNew(held: N): boolean {
    const { below } = this.#frame.math
    const higher = this.#top === undefined || below(this.#top, held)
    const lower = this.#bottom === undefined || below(held, this.#bottom)
    if (higher) this.#top = held
    if (lower) this.#bottom = held
    return higher || lower
  }

  /** The prescribed volume in units, nearly: but for some roundings, its error is that of the volume of far below 1 us. */
  #prescribed({ side, mark_us }: Moment): number {
    if (side === 'first') return this.#rising ? this.#lean : this.#rich
    if (side === 'last') return this.#rising ? this.#rich : this.#lean
    const away_us = side === 'out' ? mark_us - this.#out_us - this.#outRest : mark_us - this.#in_us - this.#inRest
    return this.#lean + this.#rate * Math.abs(away_us)
  }

  #high(held: N, lean: Moment, rich: Moment): void {
    let candidate = this.#exact(held, lean)
    if (candidate.prescribed === 0n) {
      if (candidate.delivered > (this.#unprescribed?.delivered ?? 0n)) this.#unprescribed = candidate
      if (candidate.delivered > 0n) return
      candidate = this.#exact(held, rich)
      if (candidate.prescribed === 0n) return
    }
    if (this.#most !== undefined && !exceeds(candidate, this.#most)) return
    this.#most = candidate
    this.#mostBound = toNumber({ n: candidate.delivered, d: candidate.prescribed }) * (1 - MARGIN)
  }

  #low(held: N, rich: Moment): void {
    const candidate = this.#exact(held, rich)
    if (candidate.prescribed === 0n) return
    if (this.#least !== undefined && !exceeds(this.#least, candidate)) return
    this.#least = candidate
    this.#leastBound = toNumber({ n: candidate.delivered, d: candidate.prescribed }) * (1 + MARGIN)
  }

  #exact(held: N, { side, mark_us }: Moment): Candidate {
    const { math, unit, window, paper } = this.#frame
    const { first, last, atFirst, slope } = this.#reach
    const mark = BigInt(mark_us) * paper.perMicrosecond
    const start = side === 'first' ? first : side === 'last' ? last : side === 'out' ? mark : mark - window
    return { delivered: math.big(held) * unit, prescribed: atFirst + slope * (start - first), start }
  }

  #errorOf({ delivered, prescribed, start }: Candidate): FlowError {
    return { error: ratio(delivered - prescribed, prescribed), start_us: toTime_us(this.#frame.paper, start) }
  }
}

/** Whether the error of `a` is the larger one. */
function exceeds(a: Candidate, b: Candidate): boolean {
  return a.delivered * b.prescribed > b.delivered * a.prescribed
}
