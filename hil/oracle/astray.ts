/**
 * For how long a patient is ahead of the prescription, or behind it: all the time in which what was delivered so far and
 * what was prescribed so far differ by more than a tolerance.
 *
 * What a pump missed it never makes up, so after a stall the time behind runs on to the end; how much was missed in all,
 * see `missed.ts`. Exact: between two steps the difference falls at a constant rate, so it crosses the tolerance at a
 * time that is a fraction, and those are added up as fractions.
 */
import { risesOf } from '#hil/oracle/common-unit'
import type { Line } from '#hil/oracle/line'
import { highestOf, type Lull, lowestOf, lullAfter, type March, partingsOf, partOf } from '#hil/oracle/partings'
import { ruled, timeRulings, toTime_us, valueRulings } from '#hil/oracle/ruled'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { add, isNegative, type Rational, ratio } from '#units/rational'

export interface AstrayQuestion extends Span {
  /** What the two may differ by, at least nothing: a step, and what is prescribed in a tick of the rig, for example. */
  readonly tolerance: Rational
}

/** All time on one side of the tolerance, and when it was first crossed; undefined when it never was. */
export interface TimeBeyond {
  readonly total_us: Rational
  readonly first_us: Rational | undefined
}

export interface Astray {
  /** More than the tolerance below what was prescribed. */
  readonly behind: TimeBeyond
  /** More than the tolerance above it. */
  readonly ahead: TimeBeyond
}

/** Compares the increments since the start of the span. Throws RangeError where what was delivered ever falls. */
export function astrayOf(delivered: Staircase, prescribed: Line, question: AstrayQuestion): Astray {
  const { from_us, to_us, tolerance } = question
  if (isNegative(tolerance)) throw new RangeError('a tolerance must not be less than nothing')
  const flights = during(delivered, question)
  mustRise(flights)
  const paper = ruled(prescribed, [...risesOf(flights), tolerance], [from_us, to_us])
  const limit = valueRulings(paper, tolerance)
  const [ahead, behind] = [new Stopwatch(), new Stopwatch()]
  for (const parting of partingsOf(flights, paper, timeRulings(paper, from_us), timeRulings(paper, to_us))) {
    if (parting.kind === 'lull') time(parting, { limit, ahead, behind })
    else timeMarch(parting, { limit, ahead, behind })
  }
  const inTime = ({ total, first }: Stopwatch): TimeBeyond => ({
    total_us: ratio(total.n, total.d * paper.perMicrosecond),
    first_us: first && add(toTime_us(paper, first.whole), ratio(first.rest.n, first.rest.d * paper.perMicrosecond)),
  })
  return { ahead: inTime(ahead), behind: inTime(behind) }
}

interface Clocks {
  readonly limit: bigint
  readonly ahead: Stopwatch
  readonly behind: Stopwatch
}

/** Marches of so few steps are walked through. */
const SHORT = 16

function timeMarch(march: March, clocks: Clocks): void {
  const { limit, ahead, behind } = clocks
  const { count } = march.beat
  if (count === 1) return
  const [low, high] = [lowestOf(march), highestOf(march)]
  if (low >= -limit && high <= limit) return
  const [from, to] = [march.timeOf(0), march.timeOf(count - 1)]
  // The lowest is at least that before the first step, which is no part of the time between the steps.
  if (low > limit) ahead.run(from, to - from)
  else if (high < -limit) behind.run(from, to - from)
  else if (count <= SHORT) for (let j = 0; j < count - 1; j += 1) time(lullAfter(march, j), clocks)
  else {
    const middle = count >> 1
    timeMarch(partOf(march, 0, middle), clocks)
    time(lullAfter(march, middle - 1), clocks)
    timeMarch(partOf(march, middle, count), clocks)
  }
}

function time({ from, to, start, rate }: Lull, { limit, ahead, behind }: Clocks): void {
  const length = to - from
  const end = start - rate * length
  if (start > limit) {
    if (end >= limit) ahead.run(from, length)
    else ahead.runFor(from, start - limit, rate)
  }
  if (end < -limit) {
    if (start < -limit) behind.run(from, length)
    else behind.runUntil(to, -limit - end, rate)
  }
}

interface Mixed {
  readonly whole: bigint
  readonly rest: Rational
}

const NO_TIME: Rational = { n: 0n, d: 1n }

/** Adds up times that are whole rulings or a quotient of a value by a rate; those of one rate as one fraction. */
class Stopwatch {
  first: Mixed | undefined
  #whole = 0n
  readonly #byRate = new Map<bigint, bigint>()

  run(from: bigint, length: bigint): void {
    if (length <= 0n) return
    this.first ??= { whole: from, rest: NO_TIME }
    this.#whole += length
  }

  /** From an instant on, while the difference falls by `value`. */
  runFor(from: bigint, value: bigint, rate: bigint): void {
    this.first ??= { whole: from, rest: NO_TIME }
    this.#add(value, rate)
  }

  /** Up to an instant, while the difference falls by `value`. */
  runUntil(to: bigint, value: bigint, rate: bigint): void {
    this.first ??= { whole: to, rest: ratio(-value, rate) }
    this.#add(value, rate)
  }

  get total(): Rational {
    let total: Rational = { n: this.#whole, d: 1n }
    for (const [rate, value] of this.#byRate) total = add(total, ratio(value, rate))
    return total
  }

  #add(value: bigint, rate: bigint): void {
    this.#byRate.set(rate, (this.#byRate.get(rate) ?? 0n) + value)
  }
}
