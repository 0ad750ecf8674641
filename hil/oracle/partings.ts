/**
 * How a staircase and a line drift apart, told completely: lulls, in which nothing steps while the line grows, and
 * marches, in which steps come at a cadence while the line grows at a constant rate.
 *
 * Laid end to end they cover a span. Whoever measures over all instants can settle a march of a million steps at once by
 * its extremes, and goes into its halves only where these do not tell. All numbers are rulings of the line; the
 * difference is that of the increments since the start of the span, staircase less line.
 */
import { type Beat, crestOf } from '#hil/oracle/beat'
import { type RuledLine, valueOn } from '#hil/oracle/ruled'
import type { Staircase } from '#hil/oracle/staircase'
import { stretchesOf } from '#hil/oracle/stretches'

/** From `from` to `to` the difference falls from `start` by `rate` for every ruling of time. */
export interface Lull {
  readonly kind: 'lull'
  readonly from: bigint
  readonly to: bigint
  readonly start: bigint
  readonly rate: bigint
}

export interface March {
  readonly kind: 'march'
  /** The difference after each step, relative to that after the first. */
  readonly beat: Beat
  readonly rise: bigint
  readonly rate: bigint
  /** The difference just before the first step. */
  readonly before: bigint
  readonly timeOf: (index: number) => bigint
}

export type Parting = Lull | March

/** The partings of flights that lie in the span from `from` to `to`, in order of time. */
export function* partingsOf(flights: Staircase, line: RuledLine, from: bigint, to: bigint): Generator<Parting> {
  const pieces = new Pieces(line)
  const start = pieces.valueAt(from)
  let [at, height] = [from, 0n]
  for (const { beat, rise, below, prescribed, timeOf } of stretchesOf(flights, line)) {
    yield* pieces.lulls(at, timeOf(0), start + height)
    const rate = pieces.rateAt(timeOf(0))
    yield { kind: 'march', beat, rise, rate, before: start + below - prescribed, timeOf }
    at = timeOf(beat.count - 1)
    height = below + rise * BigInt(beat.count)
  }
  yield* pieces.lulls(at, to, start + height)
}

/** The pieces of a line visited forward in time. */
class Pieces {
  readonly #line: RuledLine
  #index = -1

  constructor(line: RuledLine) {
    this.#line = line
  }

  valueAt(t: bigint): bigint {
    this.#goTo(t)
    return valueOn(this.#line.pieces[this.#index], this.#line.pieces[0], t)
  }

  rateAt(t: bigint): bigint {
    this.#goTo(t)
    return this.#line.pieces[this.#index]?.rate ?? 0n
  }

  /** The difference of `level` and the line, piece by piece. */
  *lulls(from: bigint, to: bigint, level: bigint): Generator<Lull> {
    for (let at = from; at < to; ) {
      const start = level - this.valueAt(at)
      const next = this.#line.pieces[this.#index + 1]?.from
      const end = next === undefined || next > to ? to : next
      yield { kind: 'lull', from: at, to: end, start, rate: this.rateAt(at) }
      at = end
    }
  }

  #goTo(t: bigint): void {
    const { pieces } = this.#line
    for (let next = pieces[this.#index + 1]; next !== undefined && next.from <= t; next = pieces[this.#index + 1]) {
      this.#index += 1
    }
  }
}

/** The largest difference of a march: just after one of its steps. */
export function highestOf({ before, rise, beat }: March): bigint {
  return before + rise + crestOf(beat).value
}

/** The smallest difference of a march: just before one of its steps. */
export function lowestOf({ before, beat }: March): bigint {
  return before - crestOf({ ...beat, a: -beat.a, b: -beat.b }).value
}

/** The steps of a march from `from` (inclusive) to `to` (exclusive), 0 <= from < to <= count. */
export function partOf(march: March, from: number, to: number): March {
  const { beat } = march
  const ahead = from * beat.remainder - beat.phase
  const carried = Math.ceil(ahead / beat.divisor)
  return {
    ...march,
    beat: { ...beat, count: to - from, phase: carried * beat.divisor - ahead },
    before: march.before + beat.a * BigInt(from) + beat.b * BigInt(carried),
    timeOf: (index) => march.timeOf(from + index),
  }
}

/** The difference just before each step of a march, in order. */
export function* beforeEach({ beat, before }: March): Generator<bigint> {
  let value = before
  let ahead = -beat.phase
  for (let left = beat.count; left > 0; left -= 1) {
    yield value
    value += beat.a
    ahead += beat.remainder
    if (ahead <= 0) continue
    ahead -= beat.divisor
    value += beat.b
  }
}

/** The lull after step `index` of a march that has a next one. */
export function lullAfter(march: March, index: number): Lull {
  const start = partOf(march, index, index + 1).before + march.rise
  return { kind: 'lull', from: march.timeOf(index), to: march.timeOf(index + 1), start, rate: march.rate }
}
